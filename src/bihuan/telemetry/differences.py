"""What a mine's own system said of its readings, and how it differs from what is seen (T24)."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from bihuan.telemetry.entries import Entry
from bihuan.telemetry.notation import iso_of, time_of
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.sheets import sheet_of

HEAD: Final = (
    *("mine", "point", "kind", "finding", "abnormal", "started_at", "ended_at"),
    *("told", "seen", "path", "record"),
)


class Finding(StrEnum):
    """What differs."""

    UNSEEN = "unseen"  # an alarm was said and no episode of its level is near
    UNSAID = "unsaid"  # an episode, and no alarm of its level was said near it
    NEVER_SAID = "never_said"  # a mine with episodes that sent no file of abnormal states
    HIGHEST = "highest"
    LOWEST = "lowest"
    MEAN = "mean"
    NO_READINGS = "no_readings"  # statistics of a time without readings that count
    NO_DEFINITION = "no_definition"  # of a point without readings under a definition
    UNREADABLE = "unreadable"  # a time that is none, or an end before its beginning


class Difference(NamedTuple):
    """One difference; times in seconds, `told` and `seen` as they are shown."""

    mine: str
    point: str
    kind: str
    finding: Finding
    abnormal: str = ""
    started_at: int | None = None
    ended_at: int | None = None
    told: str = ""
    seen: str = ""
    path: str = ""
    record: int | None = None


class Said(NamedTuple):
    """An entry about a point, by number, from a time to a time, both included."""

    entry: Entry
    point: int
    started_at: int
    ended_at: int

    def difference(self, finding: Finding, *, told: str = "", seen: str = "") -> Difference:
        """What differs from this."""
        return of_entry(self.entry, finding)._replace(
            started_at=self.started_at, ended_at=self.ended_at, told=told, seen=seen
        )


def said_of(entries: Iterable[Entry], points: Sequence[str]) -> tuple[list[Said], list[Difference]]:
    """What entries say of points that are judged, and those that can't be compared.

    Without an end, an entry says that something still lasted at its data time.
    """
    numbers = {point: number for number, point in enumerate(points)}
    found, wrong = [], []
    for one in entries:
        cells = one.cells
        begin, end = time_of(cells["started_at"]), time_of(cells["ended_at"] or cells["data_at"])
        if begin is None or end is None or end < begin:
            wrong.append(of_entry(one, Finding.UNREADABLE))
        elif not cells["point"].startswith(one.name.mine) or cells["point"] not in numbers:
            wrong.append(of_entry(one, Finding.NO_DEFINITION))
        else:
            found.append(Said(one, numbers[cells["point"]], begin, end))
    return found, wrong


def of_entry(one: Entry, finding: Finding) -> Difference:
    """A finding about an entry."""
    return Difference(
        mine=one.name.mine,
        point=one.cells["point"],
        kind=one.name.kind,
        finding=finding,
        abnormal=one.cells.get("abnormal", ""),
        path=one.path,
        record=one.record,
    )


def mine_of(point: str) -> str:
    """The mine that a point belongs to."""
    return point[:MINE_LENGTH]


def differences_sheet(found: Iterable[Difference]) -> bytes:
    """`compare.csv`, in order of its columns."""
    return sheet_of(HEAD, sorted(map(cells_of, found)))


def cells_of(one: Difference) -> tuple[str, ...]:
    """All columns of a difference."""
    begin, end = ("" if at is None else iso_of(at) for at in (one.started_at, one.ended_at))
    record = "" if one.record is None else str(one.record)
    path = one.path.encode(errors="surrogateescape").decode(errors="replace")
    head = (one.mine, one.point, one.kind, one.finding.value, one.abnormal, begin, end)
    return (*head, one.told, one.seen, path, record)
