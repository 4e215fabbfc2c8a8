"""What the texts of fields mean, each different one asked once and kept for the next parse."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.notation import BLANKS, number_of, status_of, time_of

TEXTS_MAX: Final = 65_536
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
            texts = [_text(self.known, number) for number in range(len(self.said), beyond)]
            self.said = np.append(self.said, self.judge(texts))
        return self.said[codes]


class Dictionary:
    """What texts of values, states and times mean; kept from one parse to the next.

    It forgets everything when it has become too large for the caches.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.value = Answers(self._values)
        self.status = Answers(_statuses)
        self.time = Answers(_times)

    def tidy(self) -> None:
        """Forget what has grown too large; rows that were parsed before mustn't be asked after."""
        for one in (self.value, self.status, self.time):
            if len(one.said) > TEXTS_MAX:
                one.forget()

    def _values(self, told: list[str]) -> NDArray[np.float64]:
        """Numbers, nan for none; plain decimals are read by polars at once."""
        texts = pl.Series(told, dtype=pl.String)
        numbers = texts.cast(pl.Float64, strict=False).to_numpy().copy()
        numbers[numbers == self.dialect.missing] = np.nan
        for place in np.flatnonzero(~texts.str.contains(_PLAIN).to_numpy()).tolist():
            numbers[place] = value_of(told[place].strip(BLANKS), self.dialect)
        return numbers


def are_utf8(contents: list[bytes]) -> bool:
    """Whether each of these is UTF-8: polars looks at many in half the time of one by one."""
    try:
        pl.Series(contents, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
    return True


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
