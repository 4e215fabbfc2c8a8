"""The units that readings were sent in: one column more, read only when somebody asks (T7).

It costs a second scan of the files, so neither replay nor the live path does it by itself.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.notation import BLANKS
from bihuan.telemetry.parsing import GROUP_BYTES, Readings
from bihuan.telemetry.records import fields_of
from bihuan.telemetry.sources import Source

_WIDTH: Final = 7
_UNIT: Final = 4
_FIRST_ROW: Final = b";;;;;;~"


class Units:
    """The unit of every record of the files that passed, as a number in `texts`."""

    def __init__(self, by: Dialect, *, group_bytes: int = GROUP_BYTES) -> None:
        self.by, self.group_bytes = by, group_bytes
        self.numbers: dict[str, int] = {"": 0}
        self.begins: list[int] = [0]
        self.parts: list[NDArray[np.int32]] = []
        self.group: list[bytes] = []

    def passing(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The same files; each is looked at on its way."""
        size = 0
        for one in sources:
            self.begins.append(self.begins[-1] + one.body.records.count(b"~"))
            self.group.append(one.body.records)
            size += len(one.body.records)
            if size >= self.group_bytes:
                self._read()
                size = 0
            yield one
        self._read()

    def texts(self) -> list[str]:
        """The different units, in the one writing of each."""
        return list(self.numbers)

    def of(self, readings: Readings) -> NDArray[np.int32]:
        """The unit of each reading, which came from these files."""
        files, records = readings.files_and_records()
        whole = np.concatenate([np.array([], np.int32), *self.parts])
        return whole[np.array(self.begins)[files] + records]

    def _read(self) -> None:
        """Read the group that came together: at once where its records allow it."""
        if self.group:
            found = self._scanned(self.group)
            parts = [found] if found is not None else map(self._one_by_one, self.group)
            self.parts += parts
        self.group = []

    def _scanned(self, bodies: list[bytes]) -> NDArray[np.int32] | None:
        """The units of these records; None when they may not have seven fields each.

        All in all a long record makes up for a short one, but that one lacks its last field.
        """
        text = b"".join([_FIRST_ROW, *bodies])
        rows = text.count(b"~")
        if text.count(b";") != (_WIDTH - 1) * rows:
            return None
        known = pl.Categories.random()
        kinds = dict.fromkeys(map(str, range(_WIDTH)), pl.String())
        frame = pl.scan_csv(
            text,
            has_header=False,
            separator=";",
            eol_char="~",
            quote_char=None,
            schema={**kinds, str(_UNIT): pl.Categorical(known)},
        )
        read = frame.select(str(_UNIT), str(_WIDTH - 1)).collect()
        if read.get_column(str(_WIDTH - 1))[1:].has_nulls():
            return None
        column = read.get_column(str(_UNIT)).fill_null("")
        texts = column.unique()
        numbers = np.zeros(int(texts.to_physical().max() or 0) + 1, np.int32)  # type: ignore[arg-type]
        for code, unit in zip(texts.to_physical(), texts.cast(pl.String), strict=True):
            numbers[code] = self._number(unit)
        found: NDArray[np.int32] = numbers[column.to_physical().to_numpy()][1:]
        return found

    def _one_by_one(self, body: bytes) -> NDArray[np.int32]:
        records = map(fields_of, body.decode().split("~")[:-1])
        units = (one[_UNIT] if len(one) == _WIDTH else "" for one in records)
        return np.array([self._number(one) for one in units], np.int32)

    def _number(self, text: str) -> int:
        return self.numbers.setdefault(self.by.unit(text.strip(BLANKS)), len(self.numbers))
