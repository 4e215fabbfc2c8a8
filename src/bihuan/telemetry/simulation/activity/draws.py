"""Random draws that are the same on every platform and with every release of numpy.

Only the raw bits of PCG64 are used, which numpy promises never to change; its distributions may.
Nothing goes through functions of the C library whose last bit differs between platforms.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Values = NDArray[np.float64]
type Range = tuple[float, float]

_UNIT: Final = 2.0**-53
_ADDED: Final = 12  # so many uniform draws add up to a variance of one


class Draws:
    """A stream of draws; the same entropy gives the same stream."""

    def __init__(self, *entropy: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(entropy))

    def shares(self, *shape: int) -> Values:
        """Even between 0 and 1."""
        raw = self._bits.random_raw(int(np.prod(shape)))
        return np.asarray((raw >> np.uint64(11)).astype(np.float64) * _UNIT).reshape(shape)

    def noise(self, *shape: int) -> Values:
        """About normal with mean 0 and deviation 1, never beyond 6."""
        drawn = self.shares(_ADDED, *shape)
        return np.asarray(drawn.sum(axis=0) - _ADDED / 2)

    def wandering(self, length: int, *, keeps: float) -> Values:
        """Noise of deviation one that keeps a share of itself from one value to the next."""
        steps = self.noise(length) * math.sqrt(1 - keeps * keeps)
        return followed(steps, keeps=keeps, gain=1.0)

    def between(self, span: Range) -> float:
        """Even between two numbers."""
        return span[0] + (span[1] - span[0]) * float(self.shares(1)[0])

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int((high - low + 1) * float(self.shares(1)[0]))

    def is_so(self, share: float) -> bool:
        """Whether something happens that happens to such a share."""
        return bool(self.shares(1)[0] < share)

    def count(self, rate: float) -> int:
        """How often something happens that happens so often on average."""
        return int(rate + float(self.shares(1)[0]))

    def pick[T](self, choices: Sequence[T]) -> T:
        """One of several, each as likely."""
        return choices[self.whole(0, len(choices) - 1)]

    def by_weight(self, weights: Mapping[str, float]) -> str:
        """A key, as likely as its weight."""
        bounds = list(accumulate(weights.values()))
        drawn = float(self.shares(1)[0]) * bounds[-1]
        return list(weights)[bisect_right(bounds[:-1], drawn)]


def followed(driver: Values, *, keeps: float, gain: float) -> Values:
    """What follows a driver with a lag: each value keeps a share of the one before."""
    out = np.empty(len(driver))
    last = 0.0
    for row, value in enumerate(driver.tolist()):
        last = keeps * last + gain * value
        out[row] = last
    return out
