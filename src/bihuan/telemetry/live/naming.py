"""The ids of what a commit raised, by point, kind and start.

A judge that resumed numbers its points in another order than one that didn't, and must give the
same ids: people and matters know episodes by them.
"""

import numpy as np

from bihuan.telemetry.live.identity import HINTS_FROM, OWN_BITS, OWN_FROM, Changes, Standing
from bihuan.telemetry.live.state import State


def put_in_order(state: State, changes: Changes, *, commit: int, first: int) -> None:
    """Give the episodes that this commit raised the ids that they should have.

    `first` was the next id before the commit. The state takes them over.
    """
    slot_of = state.slots.slot_of
    new = [one for one in changes.episodes if one.raised_in == commit]
    new.sort(key=lambda one: (one.point, slot_of[one.kind, one.level], one.started_at))
    begins = first, OWN_FROM + (commit << OWN_BITS)
    named: dict[int, int] = {}
    for begin, is_own in zip(begins, (False, True), strict=True):
        given = [one.id for one in new if (one.id >= HINTS_FROM) == is_own]
        named |= {key: begin + number for number, key in enumerate(given) if key != begin + number}
    if not named:
        return
    held = state.lasting
    rows = np.flatnonzero((held.raised_in == commit) & (held.id != 0))
    held.id[rows] = [named.get(key, key) for key in held.id[rows].tolist()]
    changes.episodes[:] = [_renamed(one, named) for one in changes.episodes]
    changes.amendments[:] = [
        one._replace(episode=named.get(one.episode, one.episode)) for one in changes.amendments
    ]


def _renamed(one: Standing, named: dict[int, int]) -> Standing:
    """The same with the ids that it should have."""
    merged = one.merged_into
    if one.id not in named and merged not in named:
        return one
    merged = None if merged is None else named.get(merged, merged)
    return one._replace(id=named.get(one.id, one.id), merged_into=merged)
