"""A judge that was killed, or never kept what it carried, comes to where the ledger is.

The ledger has every episode up to its watermark, so what lasts is what it says. Only the newest
run of equal readings of each point, which it doesn't know before it is long, is read again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.definitions import BEGINNING
from bihuan.telemetry.live.arrivals import Pieces
from bihuan.telemetry.live.cuts import Case, Reading, run_before
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.identity import (
    OWN_BITS,
    STANDING,
    WITHDRAWN,
    Standing,
    ceased,
)
from bihuan.telemetry.live.judging import Judging
from bihuan.telemetry.live.rejudging import (
    GROUP_POINTS,
    Rejudging,
    carry_run,
    groups,
    series_of_rows,
)
from bihuan.telemetry.live.slots import FROZEN, SILENT
from bihuan.telemetry.live.state import NEVER, State
from bihuan.telemetry.live.terms import Held, Terms
from bihuan.telemetry.packs import KIND

type _Numbers = NDArray[np.integer]
_WINDOW_S = 600
_RULED_S = 10_800


def resume(
    state: State, terms: Terms, frames: Iterable[pl.DataFrame], history: History, *, number: int
) -> list[Standing]:
    """Bring the state to where the history is; episodes that the history lacks, normally none.

    `frames` have at least the rows (point, time, is_ahead) of the commits up to `number` that the
    state doesn't know. All of them are settled.
    """
    state.next_id = max(state.next_id, history.last_id() + 1)
    touched = _newest(state, frames)
    redefined, several = _define(state, terms, history)
    touched = np.union1d(touched, redefined)
    neighbours = state.points.of_mines(np.unique(state.points.mine[touched]))
    lasting = dict[int, list[Standing]]()
    for part in _parts(neighbours):
        lasting |= _take_over(state, history, part)
    read = touched[(state.of.terms[touched] >= 0) & (state.of.last[touched] != NEVER)]
    for part in _parts(read):
        _carry(state, terms, history, [_case(state, n, several, lasting) for n in part.tolist()])
    is_known = terms.rules == history.rules() and not terms.is_delayed.any()
    held = {} if is_known else {n: _held(state, n, several) for n in read.tolist()}
    again = _judged_again(state, terms, history, held, number=number)
    judging = Judging(state, terms, commit=number, told=state.newest.copy())
    judging.fall_silent(neighbours)
    withdrawn = [] if terms.rules == history.rules() else list(_without_rule(state, history))
    return [*judging.episodes(), *again, *withdrawn]


def _judged_again(
    state: State, terms: Terms, history: History, held: dict[int, Held], *, number: int
) -> list[Standing]:
    """Judge points again of which more must be known than what lasts; what wasn't told of them.

    Nobody was told what delays hold back. Where the rules are others than those that the ledger
    was judged by, what lasts by them now is looked for in the readings of three hours.
    """
    last, affected = state.of.last, dict[int, int]()
    is_other = terms.rules != history.rules()
    for point, rows in ((one, [row for _moment, row in held[one]]) for one in held):
        state.forget_waiting(point)
        if terms.is_patient[rows].any():
            affected[point] = int(last[point]) + 1
        if is_other and terms.is_ruled[rows].any():
            affected[point] = int(last[point]) - _RULED_S
    # Ids of that commit were given before: from the other half of them.
    state.own_ids(0, commit=number, begin=1 << (OWN_BITS - 1))
    pairs = Rejudging(state, terms, history, commit=number).judge(affected, held)
    return [after for _before, after in pairs]


def _without_rule(state: State, history: History) -> Iterator[Standing]:
    """Episodes of limits that no pack has any more: nothing would ever end them."""
    for one in history.episodes():
        is_open = one.state == STANDING and one.ended_at is None
        if is_open and one.kind.startswith(KIND) and state.slots.find(one.kind, one.level) is None:
            mine = state.points.mine_number(one.mine)
            yield ceased(one, [], newest=int(state.newest[mine]))


def _newest(state: State, frames: Iterable[pl.DataFrame]) -> NDArray[np.intp]:
    """Take in the newest reading of each point and mine; the points that sent any."""
    parts = [np.zeros(0, np.intp)]
    for frame in frames:
        numbers = state.points.numbers(frame["point"])
        state.make_room()
        pieces = Pieces.of(frame, numbers, state.points)
        np.maximum.at(state.newest, pieces.mine, pieces.newest)
        np.maximum.at(state.of.last, numbers, frame["time"].to_numpy())
        parts.append(np.unique(numbers))
    return np.unique(np.concatenate(parts))


def _define(
    state: State, terms: Terms, history: History
) -> tuple[NDArray[np.intp], dict[int, Held]]:
    """What the store knows is in force: points where that is news, and those with several."""
    told = history.definitions()
    numbers = state.points.known(list(told))
    state.make_room()
    of, several, redefined = state.of, dict[int, Held](), list[int]()
    for number, definitions in zip(numbers, told.values(), strict=True):
        held = terms.held(definitions)
        news = (*held[-1], max(one.moment for one in definitions))
        if news != (of.since[number], of.terms[number], of.told_at[number]):
            of.since[number], of.terms[number], of.told_at[number] = news
            redefined.append(number)
        if len(held) > 1:
            several[number] = held
    return np.array(redefined, np.intp), several


def _parts(points: _Numbers) -> Iterator[_Numbers]:
    for begin in range(0, len(points), GROUP_POINTS):
        yield points[begin : begin + GROUP_POINTS]


def _take_over(state: State, history: History, points: _Numbers) -> dict[int, list[Standing]]:
    """Hold what lasts at these points by the store, and nothing else; tells it by point."""
    rows = state.rows[points]
    state.drop(rows[rows >= 0].astype(np.intp))
    known = dict(zip(state.points.names(points), points.tolist(), strict=True))
    lasting = defaultdict[int, list[Standing]](list)
    gone = dict[int, Standing]()
    for one in history.episodes(list(known), since=int(state.of.last[points].min())):
        number, slot = known[one.point], state.slots.find(one.kind, one.level)
        if slot is None:
            continue
        if one.state == STANDING and one.ended_at is None:
            state.hold(one, number)
            lasting[number].append(one)
        if one.state == WITHDRAWN and slot == SILENT:
            gone[number] = max(one, gone.get(number, one), key=_end_of)
    state.gone |= gone
    return lasting


def _carry(state: State, terms: Terms, history: History, cases: list[Case]) -> None:
    """Read the newest run of each of these points, and the silence that may follow."""
    while cases:
        left = []
        for group in groups(cases):
            left += _read(state, terms, history, group)
        cases = left


def _case(
    state: State, number: int, several: dict[int, Held], lasting: dict[int, list[Standing]]
) -> Case:
    last = int(state.of.last[number])
    return Case(
        number=number,
        code=state.points.codes[number],
        affected=last + 1,
        held=_held(state, number, several),
        last=last,
        run=(NEVER, last),
        since=last - _WINDOW_S,
        old=lasting.get(number, []),
        slots=state.slots,
    )


def _held(state: State, number: int, several: dict[int, Held]) -> Held:
    return several.get(number) or [(BEGINNING, int(state.of.terms[number]))]


def _read(state: State, terms: Terms, history: History, group: list[Case]) -> list[Case]:
    """Carry the runs that are known from what is read, and return the other cases."""
    group.sort(key=_code_of)
    since = min(case.since for case in group)
    codes = [case.code for case in group]
    definitions = terms.in_force(case.held for case in group)
    frame = history.standing(codes, since=None if since == BEGINNING else since)
    reading = Reading.of(series_of_rows(frame, codes, definitions), definitions)
    left = []
    for index, case in enumerate(group):
        end = int(reading.series.first[index + 1])
        is_whole = since == BEGINNING
        if run_before(case, index, end, reading, is_whole=is_whole) is None:
            case.widen()
            left.append(case)
        else:
            last = reading.series.definition[end - 1]
            state.of.silence_s[case.number] = definitions.silence_s[last]
            carry_run(state, case, index, reading)
            _carry_frozen(state, terms, case)
    return left


def _carry_frozen(state: State, terms: Terms, case: Case) -> None:
    """A run that is told began earlier than what was read of it."""
    of, number = state.of, case.number
    row = state.rows[number, FROZEN]
    if row >= 0:
        began = int(state.lasting.started_at[row])
        held = [one for since, one in case.held if since <= began]
        of.run_began[number], of.run_still_s[number] = began, terms.still_s[held[-1]]
        of.run_samples[number] = state.lasting.samples[row]
        of.run_is_calibrated[number] = state.lasting.is_calibrated[row]


def _code_of(case: Case) -> str:
    return case.code


def _end_of(one: Standing) -> int:
    return one.ended_at or 0
