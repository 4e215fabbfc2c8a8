"""Readings whose value was altered after receipt: two files say different things of one moment."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

from bihuan.monitoring.alarms.readings import ledger_folder, moment_of
from bihuan.monitoring.screens.store_reader import reading
from bihuan.telemetry.notation import DAY_S, decimal_of
from bihuan.telemetry.store.defined import newest_definitions, received_in, repeats_of
from bihuan.telemetry.store.glance import born

_JOINED_S: Final = 600  # altered readings so near to each other are one suspicion


@dataclass(frozen=True, kw_only=True)
class Altered:
    """Readings of a point that were altered one near the other; the first one as an example."""

    point: str
    since: int
    until: int
    count: int
    before: str
    after: str
    received_at: datetime | None
    altered_at: datetime | None


def altered_on(mine: str, days: list[tuple[str, int]]) -> Iterator[Altered]:
    """What was altered of a mine's readings of days: each as it is written, and in seconds."""
    folder = ledger_folder()
    repeats = repeats_of(folder, mine, [day for day, _at in days])
    for day, at in days:
        if day in repeats:
            yield from _altered(str(folder), born(folder), mine, at, repeats[day])


@lru_cache(maxsize=2_000)
def _altered(_folder: str, _born: int, mine: str, since: int, _repeats: int) -> tuple[Altered, ...]:
    """Read anew only when more readings of the day came twice, in this ledger or another."""
    folder = ledger_folder()
    points = [one.point for one in newest_definitions(folder, mine)]
    with reading() as reader:
        if reader is None or not points:
            return ()
        rows = reader.versions(points, since=since, until=since + DAY_S - 1)
    twice = rows.filter(rows.select("point", "time").is_duplicated())
    told = twice.sort("point", "time", "commit", "lag", "record").to_dicts()
    changed = [found for _key, held in groupby(told, _moment) if (found := _change(list(held)))]
    received = received_in(folder, {number for one in changed for number in one["commits"]})
    by_point = defaultdict(list)
    for one in changed:
        by_point[one["point"]].append(one)
    return tuple(_span(run, received) for held in by_point.values() for run in _runs(held))


def _moment(row: dict[str, Any]) -> tuple[str, int]:
    return row["point"], row["time"]


def _change(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first and the last of what was said of one moment, where they differ."""
    values = {row["value"] for row in rows}
    if len(values) == 1:
        return None
    last = rows[-1]
    first = next((row for row in rows if row["value"] != last["value"]), rows[0])
    commits = (first["commit"], last["commit"])
    held = {"point": last["point"], "time": last["time"], "commits": commits}
    return {**held, "before": first["value"], "after": last["value"]}


def _runs(changed: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    run: list[dict[str, Any]] = []
    for one in changed:
        if run and one["time"] - run[-1]["time"] > _JOINED_S:
            yield run
            run = []
        run.append(one)
    yield run


def _span(run: list[dict[str, Any]], received: dict[int, int]) -> Altered:
    first = run[0]
    before, after = first["commits"]
    return Altered(
        point=first["point"],
        since=first["time"],
        until=run[-1]["time"],
        count=len(run),
        before=_value(first["before"]),
        after=_value(first["after"]),
        received_at=moment_of(received.get(before)),
        altered_at=moment_of(received.get(after)),
    )


def _value(number: float | None) -> str:
    """A value that was not told is none, never 0."""
    return "缺数" if number is None else decimal_of(number)
