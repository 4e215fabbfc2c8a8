"""The table of soak runs in bench/README.md: one row per suite and database, newest result."""

from dataclasses import astuple, dataclass, fields
from pathlib import Path

BEGIN, END = "<!-- soak: written by ./bihuan soak -->", "<!-- end of soak -->"
HEADING = """## Full counts
Written by `./bihuan soak`: one row per suite and database, the newest full run. The same suites
run with fewer rounds in `./bihuan test --all`, with seeds drawn from the commit; `SOAK_SEED=N`
repeats another run there, `--seed N` here.

- **presses**: twenty threads press one step at once; one is taken, nineteen get a sentence.
- **property**: people take whatever steps they are offered, with generated answers; afterwards
  `verify` is clean, every clock computes to the same moments, every story can be told, and the
  trail leaves one stage that a matter can be in.
- **mutations**: one tampering at a time, straight in the tables; `verify` names the matter or the
  seal, and is clean once it is undone.
- **migrations**: the rows of a filled deployment, carried into the oldest state that an upgrade
  may start from, then migrated; no row lost or changed, the shape of a new database, `verify`
  clean, append-only tables still closed.
- **kills**: kill -9 of web, worker or everything under load, at random moments and at named points
  (around a commit, a file's rename, a mail); judged by the clients' own log of what was
  acknowledged.
- **telemetry**: generated folders of readings with every trouble that the meaning names, half of
  them with bytes changed at random besides; the fast replay says what the slow oracle says, byte by
  byte. No database takes part: SQLite stands for it.
- **spoilt**: files of readings with bytes changed, cut off, doubled, packed, in other encodings,
  endless, too large, through the live door; each is delivered once, taken as the slow oracle reads
  it or refused for its reasons, the counts add up, the episodes are a replay's.
- **shortage**: the disk of inbox and store becomes full while readings come, with and without a
  kill on the full disk, and gets room again; episodes and counts are a replay's.
- **clocks**: the server's clock jumps an hour or a day back, or ahead (libfaketime), while readings
  come, with and without kills between; episodes and counts are a replay's.
- **protections**: each protection is taken out of a scratch copy of the code; the tests named for
  it fail, and pass with nothing taken out. On PostgreSQL only what is in use there alone.
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
