"""Which definitions of points (CDDY) are in force, and when (T8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.cddy import ANALOGUE, MACHINES, Definition, Machine, definition_of

__all__ = [
    "ANALOGUE",
    "BEGINNING",
    "MACHINES",
    "Definition",
    "InForce",
    "Machine",
    "definition_of",
    "in_force",
]

BEGINNING: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """Definitions of many points as arrays: row r holds for its point from `since[r]` on.

    Rows are sorted by (point, since); the first of a point holds from the beginning (T8).
    `first` has a row number per point and one more: the rows of point p are first[p]:first[p+1].
    `on` and `off` have a column per machine, and so have the delays; without any they are None.
    """

    first: NDArray[np.int64]
    since: NDArray[np.int64]
    is_analogue: NDArray[np.bool_]
    range_low: NDArray[np.float64]
    on: NDArray[np.float64]
    off: NDArray[np.float64]
    silence_s: NDArray[np.int64]
    still_s: NDArray[np.int64]
    machines: tuple[Machine, ...] = MACHINES
    on_delay_s: NDArray[np.int64] | None = None
    off_delay_s: NDArray[np.int64] | None = None

    def is_delayed(self, number: int) -> bool:
        """Whether a limit of this machine waits before it begins or ends an episode (T12)."""
        return any(
            one is not None and bool(one[:, number].any())
            for one in (self.on_delay_s, self.off_delay_s)
        )

    def delays(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """On- and off-delay of each row at this machine, in seconds."""
        none = np.zeros(len(self.since), np.int64)
        on_s, off_s = self.on_delay_s, self.off_delay_s
        return (
            none if on_s is None else on_s[:, number],
            none if off_s is None else off_s[:, number],
        )


def in_force(points: Iterable[str], defined: Mapping[str, Mapping[int, Definition]]) -> InForce:
    """The definitions of these points by moment, as arrays; every point must have one."""
    rows: list[tuple[int, Definition]] = []
    first = [0]
    for point in points:
        held = sorted(defined[point].items())
        rows += [(BEGINNING if not n else moment, one) for n, (moment, one) in enumerate(held)]
        first.append(len(rows))
    return InForce(
        first=np.array(first, np.int64),
        since=np.array([since for since, _one in rows], np.int64),
        is_analogue=np.array([one.is_analogue for _since, one in rows], np.bool_),
        range_low=np.array([one.range_low for _since, one in rows], np.float64),
        on=np.array([one.on for _since, one in rows], np.float64).reshape(-1, len(MACHINES)),
        off=np.array([one.off for _since, one in rows], np.float64).reshape(-1, len(MACHINES)),
        silence_s=np.array([one.silence_s for _since, one in rows], np.int64),
        still_s=np.array([one.still_s for _since, one in rows], np.int64),
    )
