"""Readings that come in order, judged by arrays: Python only where something begins or ends.

The meaning is that of `limits`, `silence` and `frozen`; here each point has at most one reading
at a time, and what it needs of the past is carried.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.live.amending import SILENT_S, amended
from bihuan.telemetry.live.identity import Amendment, Standing, ceased
from bihuan.telemetry.live.slots import FROZEN, PACKS, SILENT, Place
from bihuan.telemetry.live.state import NEVER, State, Waiting
from bihuan.telemetry.live.terms import Terms
from bihuan.telemetry.live.waiting import Limit, Reading, put_figures, wait
from bihuan.telemetry.series import CALIBRATION_BIT, UNCOUNTED_BITS

type _Numbers = NDArray[np.intp]
_IS_FROZEN, _IS_SILENT = np.uint32(1 << FROZEN), np.uint32(1 << SILENT)


class Round(NamedTuple):
    """One reading of each of some points, which are all different; `terms` judge them."""

    point: NDArray[np.intp]
    time: NDArray[np.int64]
    value: NDArray[np.float64]
    status: NDArray[np.int16]
    terms: NDArray[np.intp]

    def taken(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> "Round":
        """Some of them."""
        return Round(
            self.point[rows],
            self.time[rows],
            self.value[rows],
            self.status[rows],
            self.terms[rows],
        )


class Judging:
    """The readings of one commit that are in order.

    `told` is the newest reading of each mine before the commit. What was said of an episode that
    changes is kept where its change may be late, for the amendment.
    """

    def __init__(self, state: State, terms: Terms, *, commit: int, told: NDArray[np.int64]) -> None:
        self.state, self.terms, self.commit, self.told = state, terms, commit, told
        self.done: dict[int, Standing] = {}
        self.before: dict[int, Standing | None] = {}
        self.touched: list[NDArray[np.int64]] = []
        self.loose: dict[int, Standing] = {}

    def take(self, one: Round) -> None:
        """Judge one reading of each of these points."""
        of = self.state.of
        last, silence_s = of.last.take(one.point), of.silence_s.take(one.point)
        is_gap = one.time - last > silence_s
        is_gap &= last != NEVER
        lasts = of.lasts.take(one.point)
        self._silences(one, is_gap, lasts)
        is_counted = (one.status & UNCOUNTED_BITS) == 0
        is_counted &= ~np.isnan(one.value)
        if is_gap.any():
            of.run_goes_on[one.point[is_gap]] = False
        if not is_counted.all():
            self._uncounted(one.point[~is_counted], last[~is_counted])
        of.last[one.point] = one.time
        _write(of.silence_s, one.point, self.terms.silence_s.take(one.terms), old=silence_s)
        if not is_counted.all():
            one, lasts, last = one.taken(is_counted), lasts[is_counted], last[is_counted]
        self._limits(one, lasts)
        self._runs(one, lasts, last)

    def fall_silent(self, points: NDArray[np.integer]) -> None:
        """Begin the silences of points of which the newest reading of the mine says so."""
        state, of = self.state, self.state.of
        last = of.last.take(points)
        points = points[state.newest_of(points) - last > of.silence_s.take(points)]
        is_silent = (of.terms[points] >= 0) & (of.last[points] != NEVER)
        is_silent &= (of.lasts[points] & _IS_SILENT) == 0
        is_silent &= state.newest_of(points) != NEVER
        if is_silent.any():
            silent = np.sort(points[is_silent])
            self._raise(silent, SILENT, of.last[silent])
        for number, one in sorted(self.loose.items()):
            self._withdraw(number, one)

    def episodes(self) -> list[Standing]:
        """Every episode that is new or reads otherwise, as it is now."""
        held = self.state.lasting
        if self.touched:
            rows = np.unique(np.concatenate(self.touched))
            rows = rows[held.id[rows] != 0]
            rows = rows[np.argsort(held.id[rows])]
            lasting = list(self.state.standings(rows))
        else:
            lasting = []
        return [*self.done.values(), *lasting]

    def amendments(self, episodes: Iterable[Standing]) -> list[Amendment]:
        """The lines for those that changed late."""
        found: list[Amendment] = []
        if not self.before:
            return found
        for one in episodes:
            if one.id in self.before:
                mine = self.state.points.mine_number(one.mine)
                found += amended(
                    (self.before[one.id], one),
                    newest=int(self.state.newest[mine]),
                    told=int(self.told[mine]),
                    commit=self.commit,
                    slots=self.state.slots,
                )
        return found

    def _silences(
        self,
        one: Round,
        is_gap: NDArray[np.bool_],
        lasts: NDArray[np.uint32],
    ) -> None:
        """Silences that end with these readings, and those that prove to be none or another."""
        was_silent = (lasts & _IS_SILENT) != 0
        if was_silent.any():
            is_over = was_silent & is_gap
            self._end(self.state.rows[one.point[is_over], SILENT], one.time[is_over])
            for number in one.point[was_silent & ~is_gap].tolist():
                self._loosen(number)
        is_new = is_gap & ~was_silent
        if is_new.any():
            rows = self._raise(one.point[is_new], SILENT, self.state.of.last[one.point[is_new]])
            self._end(rows, one.time[is_new])

    def _loosen(self, number: int) -> None:
        """A silence that began earlier than the newest reading: it moves on, or is none."""
        rows = self.state.rows[number : number + 1, SILENT]
        told = next(self.state.standings(rows))
        self._keep(rows)
        self.loose[number] = told
        self.state.drop(rows)

    def _withdraw(self, number: int, one: Standing) -> None:
        """No reading says any more that the point was silent."""
        mine = self.state.points.mine[number]
        after = ceased(one, [], newest=int(self.state.newest[mine]))
        self.done[one.id] = self.state.gone[number] = after

    def _limits(self, one: Round, lasts: NDArray[np.uint32]) -> None:
        terms = self.terms
        is_hot = one.value >= terms.begins.take(one.terms)
        is_hot |= one.value <= terms.sinks.take(one.terms)
        is_hot |= (lasts & self.state.slots.of_machines) != 0
        if not is_hot.any():
            return
        hot, lasts = one.taken(is_hot), lasts[is_hot]
        asked = int(np.bitwise_or.reduce(terms.asked.take(hot.terms)))
        lasting = int(np.bitwise_or.reduce(lasts))
        for place in self.state.slots.places:
            number, slot, machine = place
            if terms.is_delayed[number]:
                self._wait(hot, place)
                continue
            if not (asked >> number | lasting >> slot) & 1:
                continue  # nobody here has such a limit
            value = machine.sign * hot.value
            is_open = (lasts & np.uint32(1 << slot)) != 0
            begins = ~is_open & (value >= machine.sign * terms.on[number][hot.terms])
            ends = is_open & (value < machine.sign * terms.off[number][hot.terms])
            if ends.any():
                self._end(self.state.rows[hot.point[ends], slot], hot.time[ends])
            goes_on = is_open & ~ends
            if goes_on.any():
                self._extend(hot.taken(goes_on), slot, machine.sign)
            if begins.any():
                self._begin(hot.taken(begins), slot)

    def _extend(self, one: Round, slot: int, sign: int) -> None:
        """Episodes that last with one more reading."""
        held = self.state.lasting
        rows = self.state.rows[one.point, slot].astype(np.int64)
        is_more = sign * one.value > sign * held.peak[rows]
        if is_more.any():
            self._keep(rows[is_more & self._is_late(one.point, one.time)])
        held.peak[rows[is_more]], held.peak_at[rows[is_more]] = (
            one.value[is_more],
            one.time[is_more],
        )
        held.samples[rows] += 1
        held.is_calibrated[rows] |= (one.status & CALIBRATION_BIT) != 0
        self.touched.append(rows)

    def _wait(self, hot: Round, place: Place) -> None:
        """Readings at a limit with delays; most points have none (T12)."""
        terms, number = self.terms, place.number
        is_held = self.state.rows[hot.point, place.slot] >= 0
        is_held |= np.isin(hot.point, list(self.state.waiting))
        sign = place.machine.sign
        is_held |= sign * hot.value >= sign * terms.on[number][hot.terms]
        for row in np.flatnonzero(is_held).tolist():
            held = hot.terms[row]
            limit = Limit(
                float(terms.on[number, held]),
                float(terms.off[number, held]),
                int(terms.on_delay_s[number, held]),
                int(terms.off_delay_s[number, held]),
            )
            reading = Reading(
                int(hot.point[row]), int(hot.time[row]), float(hot.value[row]), int(hot.status[row])
            )
            wait(self, place, limit, reading)

    def raised(self, place: Place, reading: Reading, waited: Waiting) -> None:
        """An episode begins as it was held back until this reading."""
        point, began = np.array([reading.point]), np.array([waited.since])
        rows = self._raise(point, place.slot, began)
        put_figures(self.state, rows, waited)
        self._keep_new(rows, known_at=np.array([reading.time]))

    def extended(self, place: Place, reading: Reading) -> None:
        """An episode lasts with one more reading."""
        one = Round(
            np.array([reading.point]),
            np.array([reading.time]),
            np.array([reading.value]),
            np.array([reading.status], np.int16),
            np.zeros(1, np.intp),
        )
        self._extend(one, place.slot, place.machine.sign)

    def ended(self, place: Place, reading: Reading, waited: Waiting) -> None:
        """An episode ended as it was held back until this reading."""
        rows = self.state.rows[reading.point : reading.point + 1, place.slot]
        known_at = np.array([reading.time])
        self._keep(rows[self._is_late(self.state.lasting.point[rows], known_at)])
        put_figures(self.state, rows, waited)
        self._end(rows, np.array([waited.since]), known_at=known_at)

    def _begin(self, one: Round, slot: int) -> None:
        rows, held = self._raise(one.point, slot, one.time), self.state.lasting
        held.peak_at[rows] = one.time
        held.peak[rows], held.samples[rows] = one.value, 1
        held.is_calibrated[rows] = (one.status & CALIBRATION_BIT) != 0
        self._keep_new(rows)

    def _uncounted(self, points: _Numbers, last: NDArray[np.int64]) -> None:
        """Readings of these don't count: what was read before them stays the end of the run."""
        of = self.state.of
        is_first = ~of.run_ended.take(points)
        of.run_last[points[is_first]] = last[is_first]
        of.run_ended[points] = True

    def _runs(self, one: Round, lasts: NDArray[np.uint32], last: NDArray[np.int64]) -> None:
        """Runs of equal readings go on or begin; those that are long enough are told.

        Few columns are written for all points: most runs are new and look alike.
        """
        of, terms, points = self.state.of, self.terms, one.point
        still_s = terms.still_s.take(one.terms)
        is_on = (still_s > 0) & (one.value != terms.range_low.take(one.terms))
        went_on = of.run_goes_on.take(points)
        goes_on = (one.value == of.run_value.take(points)) & went_on & is_on
        is_told = (lasts & _IS_FROZEN) != 0
        is_over = is_told & ~goes_on
        if is_over.any():
            over = points[is_over]
            told_until = np.where(of.run_ended[over], of.run_last[over], last[is_over])
            self._end(self.state.rows[over, FROZEN], told_until, known_at=one.time[is_over])
        calibrated = (one.status & CALIBRATION_BIT) != 0
        on = np.flatnonzero(goes_on)
        began, samples = one.time, np.ones(len(points), np.int32)
        if len(on):
            began, going = began.copy(), points[on]
            began[on] = of.run_began[going]
            samples[on] += of.run_samples[going]
            still_s[on] = of.run_still_s[going]
            calibrated[on] |= of.run_is_calibrated[going]
        of.run_value[points], of.run_began[points] = one.value, began
        _write(of.run_samples, points, samples)
        _write(of.run_still_s, points, still_s)
        _write(of.run_is_calibrated, points, calibrated)
        _write(of.run_goes_on, points, is_on, old=went_on)
        _write(of.run_ended, points, np.zeros(len(points), np.bool_))
        if len(on):
            self._long_runs(one.taken(on), is_told[on])

    def _long_runs(self, one: Round, is_told: NDArray[np.bool_]) -> None:
        of, held = self.state.of, self.state.lasting
        points = one.point
        is_long = one.time - of.run_began[points] >= of.run_still_s[points]
        rows = self.state.rows[points[is_long & is_told], FROZEN].astype(np.int64)
        new = points[is_long & ~is_told]
        if len(new):
            raised = self._raise(new, FROZEN, of.run_began[new])
            held.peak_at[raised] = of.run_began[new]
            held.peak[raised] = of.run_value[new]
            self._keep_new(raised, known_at=one.time[is_long & ~is_told])
            rows = np.append(rows, raised)
        points = held.point[rows]
        held.samples[rows] = of.run_samples[points]
        held.is_calibrated[rows] = of.run_is_calibrated[points]
        self.touched.append(rows)

    def _raise(
        self, points: NDArray[np.integer], slot: int, started_at: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """Rows of episodes that begin to last, with their ids; silences are whole with this."""
        state, held = self.state, self.state.lasting
        rows = state.put(points, slot)
        held.id[rows] = 0
        held.raised_in[rows], held.split_from[rows] = self.commit, 0
        held.started_at[rows] = started_at
        if slot == SILENT:
            held.samples[rows], held.is_calibrated[rows] = 0, False
            self._recall(points, rows)
        is_fresh = held.id[rows] == 0
        count = int(is_fresh.sum())
        is_own = slot >= PACKS
        ids = state.own_ids(count, commit=self.commit) if is_own else state.ids(count)
        held.id[rows[is_fresh]] = ids
        self.touched.append(rows)
        if slot == SILENT:
            self._keep_new(rows[is_fresh])
        return rows

    def _recall(self, points: NDArray[np.integer], rows: NDArray[np.int64]) -> None:
        """Silences that were told before and moved, or were withdrawn and are back (T21)."""
        held = self.state.lasting
        if not self.loose and not self.state.gone:
            return
        for number, row in zip(points.tolist(), rows.tolist(), strict=True):
            before = self.loose.pop(number, None)
            if before is None:
                before = self.state.gone.get(number)
                if before is None or held.started_at[row] >= (before.ended_at or 0):
                    continue
                del self.state.gone[number]
                self.before[before.id] = before
            self.done.pop(before.id, None)
            held.id[row], held.raised_in[row] = before.id, before.raised_in
            held.split_from[row] = before.split_from or 0

    def _end(
        self,
        rows: NDArray[np.integer],
        ended_at: NDArray[np.integer],
        *,
        known_at: NDArray[np.integer] | None = None,
    ) -> None:
        """Episodes that end at these moments, which is known at others if so."""
        if not len(rows):
            return
        known_at = ended_at if known_at is None else known_at
        self._keep(rows[self._is_late(self.state.lasting.point[rows], known_at)])
        self.done |= {one.id: one for one in self.state.standings(rows, ended_at)}
        self.state.drop(rows)

    def _is_late(
        self, points: NDArray[np.integer], moments: NDArray[np.integer]
    ) -> NDArray[np.bool_]:
        """Whether people were told otherwise for longer than is silent (T20)."""
        is_late: NDArray[np.bool_] = moments < self.told[self.state.points.mine[points]] - SILENT_S
        return is_late

    def _keep(self, rows: NDArray[np.integer]) -> None:
        """Remember what was said of these, unless that is remembered already."""
        if len(rows):
            for one in self.state.standings(rows):
                self.before.setdefault(one.id, one)

    def _keep_new(
        self, rows: NDArray[np.integer], *, known_at: NDArray[np.integer] | None = None
    ) -> None:
        """Remember that nothing was said of these, where they are told late."""
        held = self.state.lasting
        known_at = held.started_at[rows] if known_at is None else known_at
        is_late = self._is_late(held.point[rows], known_at)
        for key in held.id[rows[is_late]].tolist():
            self.before.setdefault(key, None)


def _write(
    column: NDArray[Any], points: _Numbers, new: NDArray[Any], *, old: NDArray[Any] | None = None
) -> None:
    """Put values where they differ from what is there: that is cheaper to read than to write."""
    differs = np.flatnonzero(new != (column.take(points) if old is None else old))
    if len(differs):
        column[points[differs]] = new[differs]
