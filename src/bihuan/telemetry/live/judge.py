"""The judge: commits in, changes of episodes out, the same as a replay of everything (T22)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.definitions import BEGINNING
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.live import snapshots
from bihuan.telemetry.live.amending import amended
from bihuan.telemetry.live.arrivals import Arrivals, Counting, Pieces, arrived
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.identity import Amendment, Changes, Pair, Standing
from bihuan.telemetry.live.judging import Judging
from bihuan.telemetry.live.naming import put_in_order
from bihuan.telemetry.live.rejudging import Rejudging
from bihuan.telemetry.live.resuming import resume
from bihuan.telemetry.live.slots import Slots
from bihuan.telemetry.live.state import NEVER, State
from bihuan.telemetry.live.terms import Held, Terms, first_difference
from bihuan.telemetry.packs import PackLimit
from bihuan.telemetry.store.commits import Commit, Told

ROUNDS_MAX: Final = 64


class Judge:
    """Carries what lasts from commit to commit. One thread; the same commits give the same ids."""

    def __init__(self, *, by: Dialect, next_id: int = 1, limits: Sequence[PackLimit] = ()) -> None:
        """`limits` are those of packs; `WrongLimit` where one can't be."""
        self.state = State(Slots(limits), next_id=next_id)
        self.terms = Terms(by, limits=limits)
        self.number = 0

    @classmethod
    def restored(cls, data: bytes, *, by: Dialect, limits: Sequence[PackLimit] = ()) -> "Judge":
        """The judge as it was when `snapshot` was called.

        `snapshots.Unusable` when the bytes are damaged, of another version, another dialect or
        other limits.
        """
        judge = cls(by=by, limits=limits)
        judge.state, judge.terms, judge.number = snapshots.unpacked(data, by=by, limits=limits)
        return judge

    def snapshot(self) -> bytes:
        """Everything that is carried; `number` says after which commit."""
        return snapshots.packed(self.state, self.terms, number=self.number)

    def take(self, commit: Commit, history: History) -> Changes:
        """Judge a commit whose rows the history has already, and which isn't settled yet."""
        state = self.state
        numbers = state.points.numbers(commit.rows["point"])
        subjects = state.points.known([one.point for one in commit.definitions])
        state.make_room()
        told, first = state.newest.copy(), state.next_id
        rows, superseded = arrived(commit.rows, numbers)
        pieces = Pieces.of(commit.rows, numbers, state.points)
        np.maximum.at(state.newest, pieces.mine, pieces.newest)
        changed, first_defined = self._define(commit, subjects, history)
        counting = Counting(state, commit, history)
        counting.late(numbers, pieces, told)
        if superseded is not None:
            counting.superseded(numbers, superseded)
        changing = counting.stood(rows, state.of.last[rows.points])
        counting.defined(first_defined)
        judging = Judging(state, self.terms, commit=commit.number, told=told)
        affected = self._take_in_order(judging, changing, changed)
        pairs = self._rejudge(affected, commit, history)
        mines = pieces.may_be_silent(state, rows, silence_s=self.terms.silence_min_s)
        mines = np.union1d(mines, state.points.mine[list(affected)])
        judging.fall_silent(state.points.of_mines(mines))
        self.number = commit.number
        # What was judged again may have taken over the row of one that just ended.
        in_order = {one.id: one for one in judging.episodes()}
        amendments = judging.amendments(in_order.values())
        amendments += self._amendments(pairs, told, commit)
        in_order |= {after.id: after for _before, after in pairs}
        changes = Changes(
            episodes=list(in_order.values()),
            amendments=amendments,
            tallies=counting.tallies.told(state.points.mines, commit.deliveries),
            rules=self.terms.rules,
        )
        put_in_order(state, changes, commit=commit.number, first=first)
        return changes

    def catch_up(
        self, frames: Iterable[pl.DataFrame], history: History, *, number: int
    ) -> list[Standing]:
        """Carry what settled commits up to `number` left that this judge hasn't stepped.

        `frames` have at least their rows. What the ledger should say and doesn't is returned and
        belongs into the next `settle`: nothing, unless somebody else changed the ledger.
        """
        lacking = resume(self.state, self.terms, frames, history, number=number)
        self.number = number
        return lacking

    def _take_in_order(
        self, judging: Judging, rows: Arrivals, changed: dict[int, int]
    ) -> dict[int, int]:
        """Judge what is in order; the other points, and from which moment on to judge them."""
        of, points = self.state.of, rows.points
        last, terms = of.last.take(points), of.terms.take(points).astype(np.intp)
        is_defined, is_later = terms >= 0, rows.begins_at > last
        is_fast = is_defined & is_later & (rows.begins_at >= of.since.take(points))
        if len(rows.time) > len(points):
            is_fast &= rows.counts <= ROUNDS_MAX
        if changed:
            is_fast &= ~np.isin(points, list(changed))
        is_slow = is_defined & ~is_fast
        affected = dict(changed)
        for number, moment in zip(
            points[is_slow].tolist(), rows.begins_at[is_slow].tolist(), strict=True
        ):
            affected[number] = min(moment, affected.get(number, moment))
        if not is_defined.all():
            waiting = points[~is_defined]
            of.last[waiting] = np.maximum(of.last[waiting], rows.ends_at[~is_defined])
        for one in rows.rounds(is_fast, terms):
            judging.take(one)
        return affected

    def _rejudge(self, affected: dict[int, int], commit: Commit, history: History) -> list[Pair]:
        if not affected:
            return []
        held = self._held(affected, commit, history)
        rejudging = Rejudging(self.state, self.terms, history, commit=commit.number)
        return rejudging.judge(affected, held)

    def _held(self, points: Iterable[int], commit: Commit, history: History) -> dict[int, Held]:
        """What is in force at each of these points, and when."""
        of = self.state.of
        found: dict[int, Held] = {}
        asked = []
        for number in points:
            if of.since[number] == BEGINNING:
                found[number] = [(BEGINNING, int(of.terms[number]))]
            else:
                asked.append(number)
        told = self._told(asked, commit, history)
        return found | {
            number: self.terms.held([*old, *new]) for number, (old, new) in told.items()
        }

    def _told(
        self, points: list[int], commit: Commit, history: History
    ) -> dict[int, tuple[list[Told], list[Told]]]:
        """What was told of each of these points before this commit, and by it."""
        if not points:
            return {}
        codes = self.state.points.names(np.array(points))
        new = defaultdict[str, list[Told]](list)
        for one in commit.definitions:
            new[one.point].append(one)
        before = history.definitions(codes)
        return {
            number: (before.get(code, []), new[code])
            for number, code in zip(points, codes, strict=True)
        }

    def _define(
        self, commit: Commit, subjects: list[int], history: History
    ) -> tuple[dict[int, int], list[int]]:
        """Put definitions in force: from when on a point reads otherwise, and who waited for one.

        A record that says what is in force already, and not earlier, changes nothing.
        """
        of = self.state.of
        asked: list[int] = []
        for one, number in zip(commit.definitions, subjects, strict=True):
            is_same = of.terms[number] == self.terms.row_of(one)
            if is_same and one.moment >= of.told_at[number]:
                of.told_at[number] = one.moment
            else:
                asked.append(number)
        affected: dict[int, int] = {}
        first_defined = []
        for number, (old, new) in self._told(sorted(set(asked)), commit, history).items():
            before, after = self.terms.held(old), self.terms.held([*old, *new])
            is_first = of.terms[number] < 0
            of.since[number], of.terms[number] = after[-1]
            of.told_at[number] = max(one.moment for one in (*old, *new))
            if of.last[number] == NEVER:
                continue
            moment = BEGINNING if is_first else first_difference(before, after)
            if is_first:
                first_defined.append(number)
            if moment is not None:
                affected[number] = moment
        return affected, first_defined

    def _amendments(
        self, pairs: list[Pair], told: NDArray[np.int64], commit: Commit
    ) -> list[Amendment]:
        found: list[Amendment] = []
        for pair in pairs:
            mine = self.state.points.mine_number(pair[1].mine)
            newest = int(self.state.newest[mine])
            found += amended(
                pair,
                newest=newest,
                told=int(told[mine]),
                commit=commit.number,
                slots=self.state.slots,
            )
        return found
