"""What the trail of one matter tells, gathered entry by entry for `verify`."""

import json
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from bihuan.matters import trail
from bihuan.matters.models import Timer
from bihuan.matters.verify_reading import moment_text, told_moment

DESTROYED = ("matter", "retention", "what", "digest", "size")
STATE, STARTED, DUE, BUDGET, REASON, UNTIL, DONE, REST = range(8)
_decoded = json.JSONDecoder().raw_decode
_SECOND = timedelta(seconds=1)


class Paper(NamedTuple):
    """An issued paper, and who issued it when."""

    told: dict[str, Any]
    version: int
    actor_id: int
    at: str


class File(NamedTuple):
    """An attached file, and who attached it when."""

    told: dict[str, Any]
    actor_id: int
    at: str


@dataclass(slots=True)
class Walk:
    """Where the reading stands within one matter, and what its entries have told so far."""

    matter_id: int = 0
    seq: int = 0
    head: bytes = trail.GENESIS
    days: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    is_broken: bool = False
    ledger: str = ""
    moved: int = 0
    tells_recusals: bool = False  # an older opening doesn't, so further rows aren't a fault
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, list[Any]] = field(default_factory=dict)
    rungs: list[tuple[Any, ...]] = field(default_factory=list)
    recusals: set[tuple[Any, ...]] = field(default_factory=set)
    papers: list[Paper] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    destroyed: list[tuple[Any, ...]] = field(default_factory=list)


def take_in(walk: Walk, row: tuple[Any, ...]) -> str:
    """Take in what an entry tells; returns what is wrong with it, if anything."""
    raw = row[3]
    try:
        _version, matter_id, seq, happened, recorded, actor_id = trail.HEAD.unpack_from(raw)
        step, changes = trail.step_and_changes(raw)
        at = moment_text(happened)
        recorded_at = at if recorded == happened else moment_text(recorded)
        told = (matter_id, seq, step, actor_id, at, recorded_at)
        if told != (walk.matter_id, walk.seq + 1, *row[4:]) or _version != trail.FORMAT:
            return f"entry {walk.seq + 1}: its columns differ from its bytes"
        told_changes, end = _decoded(changes)
        if end != len(changes):
            raise ValueError("more than its changes")
        _gather(walk, told_changes, step=step, happened=happened, actor_id=actor_id)
    except (ValueError, OverflowError, struct.error) as error:
        return f"entry {walk.seq + 1}: {error}"
    except (AttributeError, KeyError, IndexError, TypeError):
        return f"entry {walk.seq + 1}: its changes aren't those of an entry"
    return ""


def due_of(clock: list[Any]) -> tuple[str, str] | None:
    """Due and late moment of a running clock, else None."""
    if clock[STATE] != Timer.State.RUNNING or not clock[DUE]:
        return None
    return told_moment(clock[DUE]) or "", late_of(clock) or ""


def late_of(clock: list[Any]) -> str | None:
    """From when a clock is late: a day's end at once, a moment one second later."""
    if not clock[DUE]:
        return None
    due = datetime.fromisoformat(clock[DUE]).astimezone(UTC)
    late = due if clock[BUDGET].split()[1] == "DAYS" else due + _SECOND
    return late.isoformat(" ", "microseconds")[:26]


def _gather(
    walk: Walk, changes: dict[str, Any], *, step: str, happened: int, actor_id: int
) -> None:
    if "columns" in changes:
        walk.columns.update({key: pair[1] for key, pair in changes["columns"].items()})
    if "facts" in changes:
        walk.facts.update({key: pair[1] for key, pair in changes["facts"].items()})
    if step.startswith("clock."):
        if "rung" in changes:
            _gather_rung(walk, changes, step=step)
    else:
        # A file may come in under an earlier moment than the step before it.
        walk.moved = max(walk.moved, happened) if "files" in changes else happened
    if changes.keys() & _SELDOM:
        _gather_seldom(walk, changes, happened=happened, actor_id=actor_id)
    if changes.get("clocks"):
        walk.clocks.update(changes["clocks"])


_SELDOM = {"ledger", "recusals", "papers", "files", "destroyed"}


def _gather_rung(walk: Walk, changes: dict[str, Any], *, step: str) -> None:
    """A rung acts on the clock as it stood before."""
    key = changes["clock"]
    clock = walk.clocks[key]
    act = step.removeprefix("clock.")
    started, due = told_moment(clock[STARTED]), told_moment(clock[DUE])
    walk.rungs.append((key, started, changes["rung"], act, due))


def _gather_seldom(walk: Walk, changes: dict[str, Any], *, happened: int, actor_id: int) -> None:
    at = moment_text(happened)
    walk.ledger = changes.get("ledger", walk.ledger)
    if "recusals" in changes:
        walk.tells_recusals = walk.tells_recusals or walk.seq == 0
        walk.recusals.update(tuple(told) for told in changes["recusals"])
    for told in changes.get("papers", ()):
        known = [one for one in walk.papers if one.told["number"] == told["number"]]
        walk.papers.append(Paper(told, len(known) + 1, actor_id, at))
    walk.files += [File(told, actor_id, at) for told in changes.get("files", ())]
    walk.destroyed += [
        (*(told[key] for key in DESTROYED), at) for told in changes.get("destroyed", ())
    ]
