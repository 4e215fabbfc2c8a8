"""Numbers, names and rows of the oracle (T18)."""

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

DAY = 86_400
PERIOD_S, FROZEN_S, AHEAD_S, WINDOW, DISTINCT = 30, 7_200, 600, 40, 8
KINDS = ("upper_limit", "lower_limit", "disconnected", "frozen", "replayed")
HEAD = "mine point kind level started_at ended_at peak peak_at samples calibration".split()  # noqa: SIM905
# kind, level, CDDY field of the limit, CDDY field of its end
MACHINES = (
    ("upper_limit", "alarm", 8, 9),
    ("lower_limit", "alarm", 10, 11),
    ("upper_limit", "power_off", 12, 13),
    ("lower_limit", "power_off", 14, 15),
)
Key = tuple[bytes, bytes, bytes, int]


@dataclass(frozen=True)
class Reading:
    """One record of CDSS."""

    point: str
    time: int
    value: float | None
    status: int
    moment: int
    path: str
    record: int
    unit: str = ""


@dataclass(frozen=True)
class Definition:
    """One record of CDDY with the moment in its file's name."""

    moment: int
    fields: tuple[str, ...]


@dataclass
class Folder:
    """What was read of a folder, before it is judged."""

    files: int = 0
    rejected_files: int = 0
    records: int = 0
    rejected_records: int = 0
    rejected: list[tuple[str, int | None, str]] = field(default_factory=list)
    readings: list[tuple[Key, Reading]] = field(default_factory=list)
    definitions: list[tuple[Key, str, Definition]] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """The two files and the last line of a replay."""

    episodes: str
    rejected: str
    summary: str


def t18_row(
    kind: str,
    level: str,
    span: tuple[int, int | None],
    *,
    peak: float | None,
    peak_at: int | None,
    held: list[Reading],
) -> list[str]:
    """All columns but mine and point."""
    return [
        kind,
        level,
        t18_time(span[0]),
        "" if span[1] is None else t18_time(span[1]),
        "" if peak is None else t18_number(peak),
        "" if peak_at is None else t18_time(peak_at),
        str(len(held)),
        "yes" if any(one.status & 4 for one in held) else "no",
    ]


def t18_time(time: int) -> str:
    """ISO 8601 with the zone."""
    days, rest = divmod(time, DAY)
    day = datetime.fromordinal(days)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{day.date().isoformat()}T{clock}+08:00"


def t18_number(number: float) -> str:
    """The shortest decimal that reads back the same, without an exponent."""
    text = f"{Decimal(repr(number)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def t18_csv(head: list[str], rows: list[list[str]]) -> str:
    """RFC 4180 with LF."""
    page = io.StringIO()
    csv.writer(page, lineterminator="\n").writerows([head, *rows])
    return page.getvalue()
