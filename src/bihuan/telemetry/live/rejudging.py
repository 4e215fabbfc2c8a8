"""Points whose past reads otherwise, judged again from the readings of the store (T21, T22)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from bihuan.telemetry import frozen, silence
from bihuan.telemetry.definitions import BEGINNING, InForce
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.limits import Open, nothing_open, step
from bihuan.telemetry.live.cuts import Case, Reading, is_cut
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.identity import STANDING, WITHDRAWN, Pair, Standing, matched
from bihuan.telemetry.live.slots import SILENT
from bihuan.telemetry.live.state import NEVER, State, Waiting
from bihuan.telemetry.live.terms import Held, Terms
from bihuan.telemetry.parsing import Readings
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.series import CALIBRATION_BIT, Series, series_of

GROUP_POINTS: Final = 2_000
_APART_S: Final = 21_600
type _Found = dict[tuple[int, int], list[Standing]]  # new episodes by number of point and slot


class Rejudging:
    """One commit's points that need it; the state takes over what they say now."""

    def __init__(self, state: State, terms: Terms, history: History, *, commit: int) -> None:
        self.state, self.terms, self.history, self.commit = state, terms, history, commit
        self.found: _Found = defaultdict(list)
        self.pairs: list[Pair] = []
        self.waiting: dict[int, dict[int, Waiting]] = {}

    def judge(self, affected: dict[int, int], held: dict[int, Held]) -> list[Pair]:
        """What changes when these points, by number, are judged again from these moments on."""
        cases = [self._case(number, affected[number], held[number]) for number in sorted(affected)]
        waiting = cases
        while waiting:
            left = []
            for group in groups(waiting):
                left += self._group(group)
            waiting = left
        for case in cases:
            self._settle(case)
        return self.pairs

    def _case(self, number: int, affected: int, held: Held) -> Case:
        of = self.state.of
        case = Case(
            number=number,
            code=self.state.points.codes[number],
            affected=affected,
            held=held,
            last=int(of.last[number]),
            run=self.state.run_of(number),
            slots=self.state.slots,
        )
        case.start()
        return case

    def _group(self, group: list[Case]) -> list[Case]:
        """Judge those cases of which enough was read, and return the others."""
        group.sort(key=_code_of)
        since = min(case.since for case in group)
        bound = None if since == BEGINNING else since
        codes = [case.code for case in group]
        told = defaultdict[str, list[Standing]](list)
        for one in self.history.episodes(codes, since=bound):
            told[one.point].append(one)
        reading = self._reading(group, codes, bound)
        left, done = [], dict[int, Case]()
        for index, case in enumerate(group):
            case.old = told[case.code]
            if is_cut(case, index, reading, since=since):
                done[index] = case
            else:
                left.append(case)
        before = nothing_open(len(group), machines=len(self.terms.machines))
        ended, still_open = step(before, reading.counted, reading.definitions)
        for episode in (*ended, *self._episodes(reading, still_open, group)):
            owner = done.get(episode.point)
            slot = self.state.slots.slot_of[episode.kind, episode.level]
            if owner is not None and episode.started_at >= owner.cuts[slot]:
                self.found[owner.number, slot].append(self._unnamed(episode, owner.code))
        for index, case in done.items():
            self._carry(case, index, reading)
            self.waiting[case.number] = self._waiting(index, still_open)
        return left

    def _reading(self, group: list[Case], codes: list[str], since: int | None) -> Reading:
        frame = self.history.standing(codes, since=since)
        definitions = self.terms.in_force(case.held for case in group)
        return Reading.of(series_of_rows(frame, codes, definitions), definitions)

    def _episodes(self, reading: Reading, still_open: Open, group: list[Case]) -> Iterator[Episode]:
        """What was read says, of the live kinds, beside limits that ended."""
        yield from still_open.episodes(self.terms.machines)
        newest = self.state.newest_of(np.array([case.number for case in group])).tolist()
        yield from silence.silences(
            reading.series,
            reading.definitions,
            is_gap=reading.is_gap,
            newest={index: time for index, time in enumerate(newest) if time >= 0},
        )
        gaps = np.cumsum(reading.is_gap)[reading.places]
        yield from frozen.standstills(reading.counted, reading.definitions, gaps=gaps)

    def _unnamed(self, one: Episode, code: str) -> Standing:
        return Standing(
            0,
            code[:MINE_LENGTH],
            code,
            *one[1:],
            state=STANDING,
            split_from=None,
            merged_into=None,
            raised_in=self.commit,
        )

    def _settle(self, case: Case) -> None:
        """Match what was found with what was told, and carry on what lasts."""
        state = self.state
        rows = state.rows[case.number]
        state.drop(rows[rows >= 0])
        state.forget_waiting(case.number)
        for slot, waiting in self.waiting[case.number].items():
            state.hold_back(case.number, slot, waiting)
        for slot in range(len(state.slots)):
            told = [one for one in case.old if state.slots.find(one.kind, one.level) == slot]
            standing = [one for one in told if one.state == STANDING]
            pairs = matched(
                [one for one in standing if one.started_at >= case.cuts[slot]],
                self.found.pop((case.number, slot), []),
                gone=[one for one in told if one.state != STANDING],
                newest=int(state.newest_of(np.array([case.number]))[0]),
                fresh=state.fresh,
            )
            for _before, after in pairs:
                if after.state == STANDING and after.ended_at is None:
                    state.hold(after, case.number)
                if slot == SILENT:
                    _remember(state, case.number, after)
            self.pairs += [pair for pair in pairs if pair[0] != pair[1]]

    def _waiting(self, point: int, still_open: Open) -> dict[int, Waiting]:
        """What delays hold back at a point, by slot."""
        held, found = still_open.candidates, dict[int, Waiting]()
        if held is None:
            return found
        for place in self.state.slots.places:
            at = point, place.number
            if held.held.started_at[at] == NEVER:
                continue
            figures = still_open if still_open.started_at[at] != NEVER else held.held
            found[place.slot] = Waiting(
                int(held.held.started_at[at]),
                int(held.due_at[at]),
                float(figures.peak[at]),
                int(figures.peak_at[at]),
                int(figures.samples[at]),
                bool(figures.is_calibrated[at]),
            )
        return found

    def _carry(self, case: Case, index: int, reading: Reading) -> None:
        """Where the point's readings end, for those that follow."""
        of, number = self.state.of, case.number
        begin, end = reading.series.first[index : index + 2].tolist()
        if end > begin:
            of.last[number] = reading.series.time[end - 1]
            row = reading.series.definition[end - 1]
            of.silence_s[number] = reading.definitions.silence_s[row]
        carry_run(self.state, case, index, reading)


def carry_run(state: State, case: Case, index: int, reading: Reading) -> None:
    """The newest run of equal readings of a point, and whether it can still go on."""
    of, number, counted = state.of, case.number, reading.counted
    first, end = counted.first[index : index + 2].tolist()
    if end == first:
        of.run_began[number] = of.run_last[number] = NEVER
        of.run_goes_on[number], of.run_ended[number] = False, True
        return
    begin = first + int(np.flatnonzero(reading.begins[first:end])[-1])
    value, row = counted.value[begin], counted.definition[begin]
    of.run_value[number] = value
    of.run_began[number], of.run_last[number] = counted.time[begin], counted.time[end - 1]
    of.run_samples[number] = end - begin
    of.run_still_s[number] = reading.definitions.still_s[row]
    of.run_is_calibrated[number] = bool((counted.status[begin:end] & CALIBRATION_BIT).any())
    later = np.arange(counted.definition[end - 1], reading.definitions.first[index + 1])
    is_on = frozen.may_freeze(np.full(len(later), value), later, reading.definitions)
    rest = slice(int(reading.places[end - 1]) + 1, int(reading.series.first[index + 1]))
    of.run_ended[number] = rest.stop > rest.start
    of.run_goes_on[number] = bool(is_on.all() and not reading.is_gap[rest].any())


def _remember(state: State, number: int, silence_told: Standing) -> None:
    """Keep the newest silence that proved to be none, in case it comes back."""
    if silence_told.state == WITHDRAWN:
        state.gone[number] = silence_told
    elif number in state.gone and state.gone[number].id == silence_told.id:
        del state.gone[number]


def series_of_rows(frame: pl.DataFrame, codes: list[str], definitions: InForce) -> Series:
    """Readings of the store as arrays; the points have the numbers of `codes`."""
    readings = Readings(
        paths=[],
        points=codes,
        point=frame["point"].cast(pl.Enum(codes)).to_physical().to_numpy().astype(np.int32),
        time=frame["time"].to_numpy(),
        value=frame["value"].fill_null(float("nan")).to_numpy(),
        status=frame["status"].to_numpy(),
        is_ahead=frame["is_ahead"].to_numpy(),
        row=np.zeros(len(frame), np.int64),
    )
    return series_of(readings, definitions)


def groups(cases: list[Case]) -> Iterator[list[Case]]:
    """Cases that are read from about the same moment, as many as memory has room for."""
    group: list[Case] = []
    for case in sorted(cases, key=_since_of):
        is_far = bool(group) and case.since > group[0].since + _APART_S
        if is_far or len(group) >= GROUP_POINTS:
            yield group
            group = []
        group.append(case)
    if group:
        yield group


def _code_of(case: Case) -> str:
    return case.code


def _since_of(case: Case) -> int:
    return case.since
