"""A judge that was killed, or never kept what it carried, comes to where the ledger is.

The ledger has every episode up to its watermark, the segments every reading. What a judge carries
beyond them, at each point, is judged again from the point's newest reading on: it finds what is
told already, takes up what lasts, and changes nothing.
"""

from collections.abc import Iterable

import numpy as np
import polars as pl

from bihuan.telemetry import silence
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.identity import WITHDRAWN, Standing
from bihuan.telemetry.live.rejudging import Rejudging
from bihuan.telemetry.live.state import NEVER, State
from bihuan.telemetry.live.terms import Held, Terms


def resume(
    state: State, terms: Terms, frames: Iterable[pl.DataFrame], history: History, *, number: int
) -> list[Standing]:
    """Bring the state to where the history is; episodes that the history has otherwise.

    `frames` have at least the rows (point, time, is_ahead) of the commits up to `number` that the
    state doesn't know. All of them are settled.
    """
    state.next_id = max(state.next_id, history.last_id() + 1)
    touched = _newest(state, frames)
    held, redefined = _in_force(state, terms, history)
    changed: list[Standing] = []
    for mine in sorted(touched | redefined):
        # A point that was defined and has sent nothing yet has nothing to be judged.
        affected = {
            point: int(state.of.last[point])
            for point in state.points.of_mines(np.array([mine])).tolist()
            if point in held and state.of.last[point] != NEVER
        }
        _know_silences(state, history, list(affected))
        rejudging = Rejudging(state, terms, history, commit=number)
        of_mine = {point: held[point] for point in affected}
        pairs = rejudging.judge(affected, of_mine) if affected else []
        changed += [after for _before, after in pairs]
    return changed


def _newest(state: State, frames: Iterable[pl.DataFrame]) -> set[int]:
    """Take in the newest reading of each point and mine; the mines that were touched."""
    touched = set[int]()
    for frame in frames:
        newest = frame.group_by("point").agg(
            pl.col("time").max(), told=pl.col("time").filter(~pl.col("is_ahead")).max()
        )
        numbers = state.points.numbers(newest["point"])
        state.make_room()
        state.of.last[numbers] = np.maximum(state.of.last[numbers], newest["time"].to_numpy())
        mine = state.points.mine[numbers]
        told = newest["told"].fill_null(NEVER).to_numpy()
        np.maximum.at(state.newest, mine, told)
        touched.update(mine.tolist())
    return touched


def _know_silences(state: State, history: History, points: list[int]) -> None:
    """The newest silence of each point that proved to be none, in case it comes back."""
    numbers = np.array(points, np.int64)
    since = int(state.of.last[numbers].min()) if points else 0
    known = dict(zip(state.points.names(numbers), points, strict=True))
    for one in history.episodes(list(known), since=since):
        if one.kind == silence.KIND and one.state == WITHDRAWN:
            state.gone[known[one.point]] = one


def _in_force(state: State, terms: Terms, history: History) -> tuple[dict[int, Held], set[int]]:
    """What is in force at each defined point, carried from now on; mines where that is news."""
    told = history.definitions()
    numbers = state.points.known(list(told))
    state.make_room()
    of, held, redefined = state.of, dict[int, Held](), set[int]()
    for number, definitions in zip(numbers, told.values(), strict=True):
        found = held[number] = terms.held(definitions)
        news = (*found[-1], max(one.moment for one in definitions))
        if news != (of.since[number], of.terms[number], of.told_at[number]):
            of.since[number], of.terms[number], of.told_at[number] = news
            redefined.add(int(state.points.mine[number]))
    return held, redefined
