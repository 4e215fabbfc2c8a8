"""Compares clocks and the rungs that acted with what the trails of their matters tell."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from bihuan.matters.journal import rest_digest
from bihuan.matters.models import RungFired, Timer
from bihuan.matters.verify_reading import loaded, rows_of, told_moment
from bihuan.matters.verify_rows import (
    ADDED,
    PAST,
    Finding,
    Row,
    Stretch,
    columns_that_differ,
    judged,
)
from bihuan.matters.verify_told import (
    BUDGET,
    DONE,
    DUE,
    REASON,
    REST,
    STARTED,
    STATE,
    UNTIL,
    Walk,
    late_of,
)

_TOLD = (
    "state",
    "started_at",
    "due_at",
    "amount",
    "unit",
    "counting",
    "extension_reason",
    "extended_to",
    "done_at",
    "late_from",
)
_REST = (
    "param",
    "origin",
    "version",
    "late_from",
    "first_due_at",
    "suspensions",
    "is_provisional",
    "ladder",
    "fired",
    "next_at",
)
_AT = 2 + len(_TOLD)


def clocks(stretch: Stretch) -> Iterator[Finding]:
    """Clocks and rungs, both what is missing and what is there too much."""
    timers = stretch.many_of(Timer, ("id", "key", *_TOLD, *_REST))
    keys = {row[0]: (matter_id, row[1]) for matter_id, rows in timers.items() for row in rows}
    rungs = _rungs(keys)
    for walk in stretch.sound:
        found, acted = timers.get(walk.matter_id, []), rungs.get(walk.matter_id, [])
        if found or walk.clocks:
            yield from judged(walk, _clocks_of(walk, found))
        if acted or walk.rungs:
            yield from judged(walk, _rungs_of(walk, acted))
    yield from stretch.strange(timers, "a clock")


def _rungs(keys: dict[int, tuple[int, str]]) -> dict[int, list[Row]]:
    names = ("timer", "started_at", "offset", "act", "due_at")
    found: dict[int, list[Row]] = defaultdict(list)
    for timer_id, *rung in rows_of(RungFired, names, key="timer", ids=[*keys]):
        matter_id, key = keys[timer_id]
        found[matter_id].append((key, *rung))
    return found


def _clocks_of(walk: Walk, found: list[Row]) -> Iterator[str]:
    rows = {row[1]: row for row in found}
    for key in sorted({*rows, *walk.clocks}):
        if key not in rows:
            yield f"clock {key!r} is gone"
        elif key not in walk.clocks:
            yield f"clock {key!r} {ADDED}"
        else:
            differing = _differing(walk.clocks[key], rows[key])
            yield from (f"clock {key!r}: {what}" for what in differing)


def _differing(told: list[Any], row: Row) -> Iterator[str]:
    amount, unit, counting = told[BUDGET].split()
    values = (
        told[STATE],
        told_moment(told[STARTED]),
        told_moment(told[DUE]),
        int(amount),
        unit,
        counting,
        told[REASON],
        told[UNTIL],
        told_moment(told[DONE]),
        late_of(told),
    )
    yield from columns_that_differ(_TOLD, values, row[2:_AT])
    # Entries of earlier releases don't tell the rest.
    if len(told) > REST and _rest(row[_AT:]) != told[REST]:
        yield f"one of {', '.join(_REST)} {PAST}"


def _rest(row: Sequence[Any]) -> str:
    values = dict(zip(_REST, row, strict=True))
    for name in ("suspensions", "fired"):
        values[name] = loaded(values[name])
    values["is_provisional"] = {"0": False, "1": True}.get(values["is_provisional"])
    return rest_digest(tuple(values.values()))


def _rungs_of(walk: Walk, acted: list[Row]) -> Iterator[str]:
    found, told = Counter(acted), Counter(walk.rungs)
    for key, _started, offset, *_rest in sorted((told - found), key=repr):
        yield f"clock {key!r}: its rung {offset} is gone or {PAST}"
    for key, _started, offset, *_rest in sorted((found - told), key=repr):
        yield f"clock {key!r}: a rung {offset} {ADDED}"
