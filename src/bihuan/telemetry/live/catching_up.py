"""Commits that are settled and that a snapshot doesn't know: the state follows the store."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import polars as pl

from bihuan.telemetry.definitions import BEGINNING
from bihuan.telemetry.live.arrivals import Pieces
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.identity import STANDING, WITHDRAWN, Standing
from bihuan.telemetry.live.judging import Judging
from bihuan.telemetry.live.rejudging import Rejudging
from bihuan.telemetry.live.state import NEVER, SILENT, SLOT_OF, State
from bihuan.telemetry.live.terms import Terms
from bihuan.telemetry.store.commits import Commit, Told


def caught_up(
    state: State, terms: Terms, history: History, commits: Iterable[Commit]
) -> tuple[list[Standing], int]:
    """What the store lacks after these commits, which it has all settled, and the last's number.

    They are judged as if they were one, with the episodes of the store as those that were told:
    so each gets its id back, and normally nothing is lacking.
    """
    state.next_id = history.last_id() + 1
    first, told, number = dict[int, int](), list[Told](), 0
    for commit in commits:
        number = commit.number
        told += commit.definitions
        for point, time in _earliest(state, commit.rows):
            first[point] = min(time, first.get(point, time))
    affected = _affected(state, terms, history, first, told)
    held = {
        point: terms.held(tolds)
        for point, tolds in _told_of(state, history, list(affected)).items()
    }
    mines = np.unique(state.points.mine[[*first, *affected]])
    points = state.points.of_mines(mines)
    _know_silences(state, history, points[state.of.last[points] != NEVER].tolist(), affected)
    pairs = Rejudging(state, terms, history, commit=number).judge(affected, held)
    judging = Judging(state, terms, commit=number, told=state.newest.copy())
    judging.fall_silent(points)
    lacking = {one.id: one for one in judging.episodes()}
    return list((lacking | {after.id: after for _before, after in pairs}).values()), number


def _earliest(state: State, rows: pl.DataFrame) -> Iterable[tuple[int, int]]:
    """The points of a commit with the time of the earliest reading; moves the newest of mines."""
    numbers = state.points.numbers(rows["point"])
    state.make_room()
    pieces = Pieces.of(rows, numbers, state.points)
    np.maximum.at(state.newest, pieces.mine, pieces.newest)
    order = np.lexsort((rows["time"].to_numpy(), numbers))
    points = numbers[order]
    begins = np.flatnonzero(np.diff(points, prepend=-1))
    times = rows["time"].to_numpy()[order[begins]]
    return zip(points[begins].tolist(), times.tolist(), strict=True)


def _affected(
    state: State, terms: Terms, history: History, first: dict[int, int], told: list[Told]
) -> dict[int, int]:
    """Defined points that may read otherwise, and from when on; puts definitions in force."""
    of = state.of
    new = defaultdict[int, list[int]](list)
    for one in told:
        new[state.points.known([one.point])[0]].append(one.moment)
    state.make_room()
    affected = dict(first)
    for number, tolds in _told_of(state, history, sorted(new)).items():
        earliest, before = min(new[number]), of.terms[number]
        held = terms.held(tolds)
        of.since[number], of.terms[number] = held[-1]
        of.told_at[number] = max(one.moment for one in tolds)
        is_whole = before < 0 or earliest <= min(one.moment for one in tolds)
        moment = BEGINNING if is_whole else earliest
        affected[number] = min(moment, affected.get(number, moment))
    waiting = [number for number in affected if of.terms[number] < 0]
    for number in waiting:
        del affected[number]
    _move_last(state, history, waiting)
    return affected


def _move_last(state: State, history: History, waiting: list[int]) -> None:
    """The newest reading of points that nobody has defined yet."""
    frame = history.standing(state.points.names(np.array(waiting, np.intp)))
    numbers = state.points.numbers(frame["point"])
    np.maximum.at(state.of.last, numbers, frame["time"].to_numpy())


def _told_of(state: State, history: History, points: list[int]) -> dict[int, list[Told]]:
    codes = state.points.names(np.array(points, np.intp))
    told = history.definitions(codes)
    return {number: told[code] for number, code in zip(points, codes, strict=True)}


def _know_silences(
    state: State, history: History, points: list[int], affected: dict[int, int]
) -> None:
    """Silences that began, at points that sent nothing, while their mine did."""
    if not points:
        return
    since = int(state.of.last[points].min())
    known = dict(zip(state.points.names(np.array(points)), points, strict=True))
    for one in history.episodes(list(known), since=since):
        number = known[one.point]
        if SLOT_OF[one.kind, one.level] != SILENT:
            continue
        if one.state == WITHDRAWN:
            state.gone[number] = one
        is_told = state.rows[number, SILENT] >= 0 or number in affected
        if one.state == STANDING and one.ended_at is None and not is_told:
            state.hold(one, number)
