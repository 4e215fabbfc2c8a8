"""What the texts of fields mean, each different one asked once and kept for the next parse."""

from array import array
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.notation import BLANKS, number_of, status_of, time_of
from bihuan.telemetry.records import MINE_LENGTH, POINT_LENGTH

TEXTS_MAX: Final = 16_384  # more of them no longer fit the caches
POINTS_MAX: Final = 2**21  # twice those of a nation
_ONE_BY_ONE_MAX: Final = 1_000
# Where nobody reads a number another way: no sign but a minus, no exponent, few digits.
_PLAIN: Final = r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"


class Answers:
    """What is said of texts, by their number among categories; each text is asked for once."""

    def __init__(self, judge: Callable[[list[str]], NDArray[Any]]) -> None:
        self.judge = judge
        self.forget()

    def forget(self) -> None:
        """Begin with new categories."""
        self.known = pl.Categories.random()
        # Categories forget their texts once no column has them.
        self.held = pl.Series([""], dtype=pl.Categorical(self.known))
        self.said = self.judge([])

    def of(self, codes: NDArray[np.uint32]) -> NDArray[Any]:
        """The answer of each row."""
        beyond = int(codes.max()) + 1 if len(codes) else 0
        if beyond > len(self.said):
            self.said = np.append(self.said, self.judge(self._texts(len(self.said), beyond)))
        return self.said[codes]

    def _texts(self, begin: int, end: int) -> list[str]:
        if end - begin > _ONE_BY_ONE_MAX:
            numbers = pl.Series(np.arange(begin, end, dtype=np.uint32))
            with suppress(pl.exceptions.ComputeError):  # a number is reserved without a text
                return numbers.cat.to(pl.Categorical(self.known)).cast(pl.String).to_list()
        return [_text(self.known, number) for number in range(begin, end)]


class Dictionary:
    """What texts of points, values, states and times mean; kept from one parse to the next.

    It forgets what has become too large. `codes` are the points' by the numbers that `point`
    says, `mine_of` the number in `mines` that each begins with.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.value = Answers(self._values)
        self.status = Answers(_statuses)
        self.time = Answers(_times)
        self._know_no_points()

    def _know_no_points(self) -> None:
        self.codes: list[str] = []
        self.numbers: dict[str, int] = {}
        self.mines: dict[str, int] = {}
        self.mine_of = array("i")
        self.point = Answers(self._points)

    def tidy(self) -> None:
        """Forget what has grown too large; between two parses, since rows keep numbers."""
        for one in (self.value, self.status, self.time):
            if len(one.said) > TEXTS_MAX:
                one.forget()
        if len(self.point.said) > POINTS_MAX:
            self._know_no_points()

    def point_of(self, code: str) -> int:
        """The number of a point, −1 if its code can't be one."""
        if len(code) != POINT_LENGTH:
            return -1
        number = self.numbers.setdefault(code, len(self.codes))
        if number == len(self.codes):
            self.codes.append(code)
            self.mine_of.append(self.mine_number(code[:MINE_LENGTH]))
        return number

    def mine_number(self, mine: str) -> int:
        """The number of a mine."""
        return self.mines.setdefault(mine, len(self.mines))

    def _points(self, texts: list[str]) -> NDArray[np.int32]:
        return np.array([self.point_of(text.strip(BLANKS)) for text in texts], np.int32)

    def _values(self, told: list[str]) -> NDArray[np.float64]:
        """Numbers, nan for none; plain decimals are read by polars at once."""
        texts = pl.Series(told, dtype=pl.String)
        numbers = texts.cast(pl.Float64, strict=False).to_numpy().copy()
        numbers[numbers == self.dialect.missing] = np.nan
        for place in np.flatnonzero(~texts.str.contains(_PLAIN).to_numpy()).tolist():
            numbers[place] = value_of(told[place].strip(BLANKS), self.dialect)
        return numbers


def value_of(text: str, dialect: Dialect) -> float:
    """The number of a field, nan without one (T4)."""
    found = number_of(text, missing=dialect.missing)
    return float("nan") if found is None else found


def _times(texts: list[str]) -> NDArray[np.int64]:
    found = (time_of(text.strip(BLANKS)) for text in texts)
    return np.array([-1 if one is None else one for one in found], np.int64)


def _statuses(texts: list[str]) -> NDArray[np.int16]:
    found = (status_of(text.strip(BLANKS)) for text in texts)
    return np.array([-1 if one is None else one for one in found], np.int16)


def _text(known: pl.Categories, number: int) -> str:
    """The text of a number; one that was reserved and never given to a text is no row's."""
    return str(known[number]) if number in known else ""
