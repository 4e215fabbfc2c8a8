"""What people were told otherwise before: a line for each field that changed late (T20)."""

from collections.abc import Iterator
from typing import Final

from bihuan.telemetry import frozen
from bihuan.telemetry.live.identity import MERGED, STANDING, Amendment, Pair, Standing
from bihuan.telemetry.live.slots import Slots
from bihuan.telemetry.notation import decimal_of, stamp_of

SILENT_S: Final = 120
_BOTH: Final = 2


def amended(
    pair: Pair, *, newest: int, told: int, commit: int, slots: Slots
) -> Iterator[Amendment]:
    """The lines for an episode before and after a commit.

    `told` was the mine's newest reading before the commit, `newest` is that after it. What begins
    or ends within SILENT_S of the former, or later, is silent, where a delay waits so much
    longer; so is a silence that only begins later because its point caught up.
    """
    before, after = pair
    is_lower = slots.is_lower(after.kind, after.level)
    told -= SILENT_S + slots.delay_of(after.kind, after.level)
    for what, at in _differences(before, after, is_lower=is_lower):
        if at < told:
            yield Amendment(
                after.id,
                commit,
                newest,
                what,
                "" if before is None else _text(before, what),
                _text(after, what),
            )


def _differences(
    before: Standing | None, after: Standing, *, is_lower: bool
) -> Iterator[tuple[str, int]]:
    """Each field that differs, and the moment that it is about."""
    if before is None:
        yield from _raised(after)
        return
    if before.state != after.state:
        yield "state", after.started_at
        return
    ends = [end for end in (before.ended_at, after.ended_at) if end is not None]
    is_tail = before.ended_at is None and before.peak_at is None
    moments = {"started_at": min(before.started_at, after.started_at)} if not is_tail else {}
    if ends:
        moments["ended_at"] = min(ends)
    moments["peak"] = _peak_moment(before, after, sign=-1 if is_lower else 1)
    if len(ends) == _BOTH:
        moments |= dict.fromkeys(("samples", "is_calibrated"), min(ends))
    for what, moment in moments.items():
        if getattr(before, what) != getattr(after, what):
            yield what, moment


def _raised(after: Standing) -> Iterator[tuple[str, int]]:
    """An episode of which nothing was said."""
    # A run is frozen only once it is long: that it began long ago isn't late.
    moment = after.ended_at if after.kind == frozen.KIND else after.started_at
    if moment is not None:
        yield "state", moment
        if after.split_from is not None:
            yield "split_from", moment


def _peak_moment(before: Standing, after: Standing, *, sign: int) -> int:
    """When the reading was that came, or that is no longer there."""
    is_higher = sign * (after.peak or 0) > sign * (before.peak or 0)
    moment = after.peak_at if is_higher else before.peak_at
    return after.started_at if moment is None else moment


def _text(one: Standing, what: str) -> str:
    """A field as a page shows it."""
    value = getattr(one, what)
    if value is None:
        return ""
    if what == "state":
        merged = f"并入第{one.merged_into}号"
        return {STANDING: "成立", MERGED: merged}.get(one.state, "依据已不存在")
    if what.endswith("_at"):
        return stamp_of(value)
    if what == "is_calibrated":
        return "有标校" if value else "无标校"
    return decimal_of(value) if what == "peak" else str(value)
