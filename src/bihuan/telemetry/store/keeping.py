"""How long readings stay: whole days are let go, and what was let go is written down first."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.telemetry.store import disk
from bihuan.telemetry.store.segments import Segment

NAME: Final = "kept.json"
_KINDS: Final = {"rows": "readings_from", "ten_minutes": "rollups_from", "hour": "rollups_from"}


class Kept(NamedTuple):
    """The first day of which readings, and of which roll-ups, are kept; 0 keeps all."""

    readings_from: int = 0
    rollups_from: int = 0


class Left(NamedTuple):
    """What is left of a kind: days as segments count them, both included."""

    first_day: int
    last_day: int
    rows: int
    bytes: int


def kept(folder: Path) -> Kept:
    """What is kept in this folder."""
    path = folder / NAME
    return Kept(*json.loads(path.read_bytes())) if path.exists() else Kept()


def write_kept(folder: Path, found: Kept) -> None:
    """Write down what is kept, durable before anything is deleted."""
    disk.put(folder / NAME, json.dumps(found).encode())


def kept_after(
    before: Kept, *, today: int, readings_days: int | None, rollups_days: int | None
) -> Kept:
    """What is kept when so many days before today are; never more than before."""
    ends = [0 if days is None else today - days for days in (readings_days, rollups_days)]
    return Kept(max(before.readings_from, ends[0]), max(before.rollups_from, ends[1]))


def let_go(segments: list[Segment], found: Kept) -> list[Segment]:
    """Files made by compaction whose day isn't kept any more, the oldest day first."""
    gone = [
        one for one in segments if one.kind in _KINDS and one.day < getattr(found, _KINDS[one.kind])
    ]
    return sorted(gone, key=_day_of)


def left(segments: list[Segment]) -> dict[str, Left]:
    """What there is of readings and of each roll-up, by kind; commits count as readings."""
    by_kind: dict[str, list[Segment]] = defaultdict(list)
    for one in segments:
        if one.days and one.kind != "remarks":
            by_kind["rows" if one.kind == "commit" else one.kind].append(one)
    return {
        kind: Left(
            first_day=min(one.days[0][0] for one in found),
            last_day=max(one.days[-1][0] for one in found),
            rows=sum(one.rows for one in found),
            bytes=sum(one.bytes for one in found),
        )
        for kind, found in by_kind.items()
    }


def _day_of(one: Segment) -> tuple[int, str]:
    return one.day, one.name
