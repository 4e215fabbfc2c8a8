"""The different definitions of all points as a small table, and which of them holds when (T8)."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import (
    BEGINNING,
    MACHINES,
    Definition,
    InForce,
    definition_of,
)
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.live.slots import rules_of
from bihuan.telemetry.packs import ENDS, PackLimit, demand, ends_of
from bihuan.telemetry.store.commits import Told

type Ends = tuple[float, ...]  # on, off and delays of each limit of the packs
type Held = list[tuple[int, int]]  # (moment from which it holds, row of Terms), by moment
_LONE = "surrogateescape"
_MET_MAX = 8_192
_WIDTH = 3 + 2 * len(MACHINES)


class Terms:
    """Definitions by row, each different one once; the nation's points share a few hundred.

    `on` and `off` have shape (machines, rows), nan where a limit isn't set; the machines are the
    four of a definition, then those of the packs' `limits`. `begins` is the smallest value at
    which an upper limit begins, `sinks` the largest of a lower one. `is_delayed` says by machine,
    `is_patient` by row whether delays hold something back, `is_ruled` by row whether a pack says
    anything; `asked` has by row a bit for each machine with a limit. `rules` is a number that says
    which limits of packs these are.
    """

    def __init__(
        self,
        by: Dialect,
        numbers: NDArray[np.float64] | None = None,
        *,
        limits: Sequence[PackLimit] = (),
    ) -> None:
        """With the rows that `numbers` gave; `WrongLimit` where a limit can't be."""
        demand(limits, by=by)
        self.by, self.limits, self.rules = by, tuple(limits), rules_of(limits)
        self.machines = (*MACHINES, *(one.machine for one in limits))
        self.made: list[Definition] = []
        self.ends: list[Ends] = []
        self._rows: dict[bytes, int] = {}
        self._met: dict[int, tuple[Definition, int]] = {}
        self._arrange()
        if numbers is not None:
            for row in numbers:
                self._row(_definition(row[:_WIDTH]), tuple(row[_WIDTH:].tolist()))
            self._arrange()

    def row_of(self, told: Told) -> int:
        """The row of what a record of CDDY says."""
        made = definition_of(list(told.fields), dialect=self.by)
        met = self._met.get(id(made))
        if met is not None and met[0] is made:
            return met[1]
        known = len(self.made)
        row = self._row(made, self._ends(made))
        if len(self.made) > known:
            self._arrange()
        if len(self._met) >= _MET_MAX:
            self._met.clear()
        self._met[id(made)] = made, row
        return row

    def numbers(self) -> NDArray[np.float64]:
        """Everything that judges, one row each, to make the same table again."""
        rows = [(*_numbers(one), *ends) for one, ends in zip(self.made, self.ends, strict=True)]
        return np.array(rows, np.float64).reshape(-1, _WIDTH + ENDS * len(self.limits))

    def held(self, tolds: Iterable[Told]) -> Held:
        """What holds from when on, of one point: the first holds from the beginning.

        Of equal moments the last by T1 counts; what says the same as before it is left out.
        """
        last: dict[int, Told] = {}
        for told in sorted(tolds, key=order_of):
            last[told.moment] = told
        held: Held = []
        for moment, told in sorted(last.items()):
            row = self.row_of(told)
            if not held or held[-1][1] != row:
                held.append((moment if held else BEGINNING, row))
        return held

    def in_force(self, helds: Iterable[Held]) -> InForce:
        """What holds at each of some points, with all machines of these terms."""
        held = list(helds)
        rows = np.array([row for one in held for _moment, row in one], np.intp)
        return InForce(
            first=np.append(0, np.cumsum([len(one) for one in held], dtype=np.int64)),
            since=np.array([moment for one in held for moment, _row in one], np.int64),
            is_analogue=np.array([self.made[row].is_analogue for row in rows.tolist()], np.bool_),
            range_low=self.range_low[rows],
            on=self.on[:, rows].T,
            off=self.off[:, rows].T,
            silence_s=self.silence_s[rows].astype(np.int64),
            still_s=self.still_s[rows].astype(np.int64),
            machines=self.machines,
            on_delay_s=self.on_delay_s[:, rows].T if self.is_delayed.any() else None,
            off_delay_s=self.off_delay_s[:, rows].T if self.is_delayed.any() else None,
        )

    def _ends(self, made: Definition) -> Ends:
        return tuple(end for one in self.limits for end in ends_of(made, one, by=self.by))

    def _row(self, made: Definition, ends: Ends) -> int:
        key = np.array((*_numbers(made), *ends)).tobytes()
        row = self._rows.setdefault(key, len(self.made))
        if row == len(self.made):
            self.made.append(made)
            self.ends.append(ends)
        return row

    def _arrange(self) -> None:
        """The columns of the table."""
        told = self.numbers()
        self.range_low = told[:, 0]
        self.silence_s = told[:, 1].astype(np.int32)
        self.still_s = told[:, 2].astype(np.int32)
        self.silence_min_s = int(self.silence_s.min()) if len(told) else 0
        packs = told[:, _WIDTH:].reshape(len(told), len(self.limits), ENDS).T
        own = 3 + len(MACHINES)
        self.on = np.concatenate([told[:, 3:own].T, packs[0]])
        self.off = np.concatenate([told[:, own:_WIDTH].T, packs[1]])
        none = np.zeros((len(MACHINES), len(told)))
        self.on_delay_s, self.off_delay_s = (
            np.concatenate([none, delays]).astype(np.int64) for delays in packs[2:]
        )
        is_patient = (self.on_delay_s > 0) | (self.off_delay_s > 0)
        self.is_delayed, self.is_patient = is_patient.any(axis=1), is_patient.any(axis=0)
        bits = np.uint32(1) << np.arange(len(self.machines), dtype=np.uint32)
        self.asked = (~np.isnan(self.on.T) * bits).sum(axis=1, dtype=np.uint32)
        self.is_ruled = ~np.isnan(packs[0]).all(axis=0)
        is_upper = np.array([one.sign > 0 for one in self.machines])
        self.begins = np.where(np.isnan(self.on), np.inf, self.on)[is_upper].min(axis=0)
        self.sinks = np.where(np.isnan(self.on), -np.inf, self.on)[~is_upper].max(axis=0)


def order_of(told: Told) -> tuple[int, bytes, bytes, bytes, int]:
    """The place of a record among those of its point, bytewise (T1)."""
    digits, name, path = (one.encode(errors=_LONE) for one in told.order[:3])
    return told.moment, digits, name, path, told.order[3]


def first_difference(before: Held, after: Held) -> int | None:
    """The earliest moment at which the two don't hold the same, None where they always do."""
    if not before or not after:
        return BEGINNING if before or after else None
    for moment in sorted({since for since, _row in (*before, *after)}):
        if _row_at(before, moment) != _row_at(after, moment):
            return moment
    return None


def _row_at(held: Held, moment: int) -> int:
    return [row for since, row in held if since <= moment][-1]


def _numbers(made: Definition) -> Sequence[float]:
    return (made.range_low, made.silence_s, made.still_s, *made.on, *made.off)


def _definition(numbers: NDArray[np.float64]) -> Definition:
    """A definition that judges the same; what doesn't judge is left out."""
    low, silence_s, still_s, *limits = numbers.tolist()
    return Definition(
        unit="",
        is_analogue=bool(still_s) or not np.isnan(limits).all(),
        range_low=low,
        on=tuple(limits[: len(MACHINES)]),
        off=tuple(limits[len(MACHINES) :]),
        silence_s=int(silence_s),
        still_s=int(still_s),
    )
