"""The different definitions of all points as a small table, and which of them holds when (T8)."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import BEGINNING, MACHINES, Definition, definition_of
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.store.commits import Told

type Held = list[tuple[int, int]]  # (moment from which it holds, row of Terms), by moment
_LONE = "surrogateescape"
_MET_MAX = 8_192
_WIDTH = 3 + 2 * len(MACHINES)


class Terms:
    """Definitions by row, each different one once; the nation's points share a few hundred.

    `on` and `off` have shape (machines, rows), nan where a limit isn't set. `begins` is the
    smallest value at which an upper limit begins, `sinks` the largest of a lower one.
    """

    def __init__(self, by: Dialect, numbers: NDArray[np.float64] | None = None) -> None:
        self.by = by
        self.made: list[Definition] = []
        self._rows: dict[bytes, int] = {}
        self._met: dict[int, tuple[Definition, int]] = {}
        self._arrange()
        if numbers is not None:
            for row in numbers:
                self._row(_definition(row))
            self._arrange()

    def row_of(self, told: Told) -> int:
        """The row of what a record of CDDY says."""
        made = definition_of(list(told.fields), dialect=self.by)
        met = self._met.get(id(made))
        if met is not None and met[0] is made:
            return met[1]
        known = len(self.made)
        row = self._row(made)
        if len(self.made) > known:
            self._arrange()
        if len(self._met) >= _MET_MAX:
            self._met.clear()
        self._met[id(made)] = made, row
        return row

    def numbers(self) -> NDArray[np.float64]:
        """Everything that judges, one row each, to make the same table again."""
        return np.array([_numbers(one) for one in self.made], np.float64).reshape(-1, _WIDTH)

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

    def definitions(self, held: Held) -> Mapping[int, Definition]:
        """The same as `in_force` wants it."""
        return {moment: self.made[row] for moment, row in held}

    def _row(self, made: Definition) -> int:
        key = np.array(_numbers(made)).tobytes()
        row = self._rows.setdefault(key, len(self.made))
        if row == len(self.made):
            self.made.append(made)
        return row

    def _arrange(self) -> None:
        """The columns of the table."""
        told = self.numbers()
        self.range_low = told[:, 0]
        self.silence_s = told[:, 1].astype(np.int32)
        self.still_s = told[:, 2].astype(np.int32)
        self.silence_min_s = int(self.silence_s.min()) if len(told) else 0
        self.on = np.ascontiguousarray(told[:, 3 : 3 + len(MACHINES)].T)
        self.off = np.ascontiguousarray(told[:, 3 + len(MACHINES) :].T)
        is_upper = np.array([one.sign > 0 for one in MACHINES])
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
