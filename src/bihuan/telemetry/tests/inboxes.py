"""A mine's files written by hand, judged by the slow oracle and by the fast replay at once."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.oracle.replaying import judge
from bihuan.telemetry.tests.oracle.words import KINDS, Answer

MINE = "620823009203"
POINT = f"{MINE}01MN000100000001"
DAY = "2026-03-01"
PLACES = {"kind": 4, "unit": 5, "low": 7, "upper": 8, "upper_off": 9, "lower": 10, "lower_off": 11}
PLACES |= {"cut": 12, "cut_off": 13, "lower_cut": 14, "lower_cut_off": 15, "at": 23}
PLACES |= {"on_words": 16, "off_words": 17, "location": 18, "relations": 22}


def at(clock: str | int) -> str:
    """A time of the day of the tests; a number is a minute."""
    if isinstance(clock, int):
        clock = f"{clock // 60:02}:{clock % 60:02}:00"
    return clock if len(clock) > 8 else f"{DAY} {clock}"


def reading(clock: str | int, value: str, status: str = "0", *, point: str = POINT) -> str:
    """A record of CDSS."""
    return f"{point};环境瓦斯;东翼回风巷;{value};%CH4;{status};{at(clock)}"


def readings(first: int, values: Iterable[str], *, step_s: int = 30) -> list[str]:
    """Records from a minute of the day on, so many seconds apart."""
    found = []
    for number, value in enumerate(values):
        second = first * 60 + number * step_s
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        found.append(reading(clock, value))
    return found


def definition(point: str = POINT, **told: str) -> str:
    """A record of CDDY: methane, alarm at 1.0, nothing else unless told."""
    fields = [""] * 24
    fields[:8] = [point, "01", f"{point[:12]}00001", point[16:20], "MN", "%CH4", "4", "0"]
    fields[18], fields[23] = "东翼回风巷", at("00:00:00")
    for name, text in {"upper": "1.0", **told}.items():
        fields[PLACES[name]] = text
    return ";".join(fields)


@dataclass(frozen=True)
class Inbox:
    """A folder that fills with files."""

    folder: Path

    def put(self, name: str, data: bytes | str) -> None:
        """A file as it is."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    def send(
        self, kind: str, clock: str | int, *records: str, mine: str = MINE, within: str = ""
    ) -> None:
        """A file in order, its name at this time; `within` is a folder ended by `/`."""
        digits = "".join(mark for mark in at(clock) if mark.isdigit())
        text = "~".join((f"{mine};青石岭煤矿;{at(clock)}", *records, "||"))
        self.put(f"{within}{mine}_{kind}_{digits}.txt", text)

    def define(self, clock: str | int = 0, /, **told: str) -> None:
        """A definition of the point."""
        self.send("CDDY", clock, definition(**told))

    def read(self, first: int, *values: str, step_s: int = 30) -> None:
        """Readings of the point in one file."""
        records = readings(first, values, step_s=step_s)
        self.send("CDSS", records[-1].split(";")[-1], *records)

    def judged(self, *, only: tuple[str, ...] = KINDS) -> Answer:
        """What both say, which is the same."""
        slow, fast = judge(self.folder, only=only), replay(self.folder, only=only)
        assert fast.rejected_csv().decode() == slow.rejected
        assert fast.episodes_csv().decode() == slow.episodes
        assert str(fast.counts) == slow.summary
        return slow

    def rejected(self) -> list[tuple[str, str]]:
        """Record and reason of what is rejected."""
        rows = list(csv.reader(self.judged().rejected.splitlines()))
        return [(record, reason) for _path, record, reason in rows[1:]]

    def counts(self) -> dict[str, int]:
        """The last line."""
        pairs = (part.split("=") for part in self.judged().summary.split())
        return {name: int(count) for name, count in pairs}

    def rows(self, kind: str) -> list[str]:
        """`level start end peak peak_at samples calibration`, of times only those of the day."""
        rows = csv.reader(self.judged(only=(kind,)).episodes.splitlines())
        return [" ".join(_short(cell) for cell in row[3:]).strip() for row in list(rows)[1:]]


def _short(cell: str) -> str:
    return (cell[11:19] if len(cell) == 25 else cell) or "-"
