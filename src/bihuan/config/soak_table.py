"""The table of soak runs in bench/README.md: one row per suite and database, newest result."""

from dataclasses import astuple, dataclass, fields
from pathlib import Path

BEGIN, END = "<!-- soak: written by ./bihuan soak -->", "<!-- end of soak -->"
HEADING = """## Full counts
Written by `./bihuan soak`; one row per suite and database, the newest full run.
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    suite: str
    database: str
    count: str
    result: str
    seed: str
    minutes: str
    commit: str
    date: str


def write_row(page: Path, row: Row) -> None:
    """Put the row into the page's table, in place of the one before it."""
    text = page.read_text("utf-8") if page.exists() else ""
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n{HEADING}\n{BEGIN}\n{END}\n".lstrip()
    before, _, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END)
    rows = {key: one for one in inside.splitlines() if (key := _key(one))}
    line = f"| {' | '.join(astuple(row))} |"
    rows[row.suite, row.database] = line
    heads = [one.name for one in fields(Row)]
    table = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    table += [rows[key] for key in sorted(rows)]
    page.write_text(f"{before}{BEGIN}\n{'\n'.join(table)}\n{END}{after}", "utf-8")


def _key(line: str) -> tuple[str, str] | None:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if len(cells) != len(fields(Row)) or cells[0] in ("suite", "---"):
        return None
    return cells[0], cells[1]
