"""Readings as they were parsed, and as rows of a commit: the same in two shapes."""

import os
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from bihuan.telemetry.parsing import Readings
from bihuan.telemetry.sources import Source
from bihuan.telemetry.store.commits import ROWS

_RECORD_BITS: Final = 32
_RECORD_MASK: Final = (1 << _RECORD_BITS) - 1
_DIGITS: Final = 14
_TAIL: Final = len(b".txt")


def rows_of(readings: Readings, sources: Sequence[Source]) -> pl.DataFrame:
    """The rows of a commit (ROWS) in the order of the readings.

    `sources` are the files that were parsed, in the same order; of them only names and paths
    are looked at.
    """
    file = readings.row >> _RECORD_BITS
    moments = np.array([one.name.moment for one in sources], np.int64)
    rests = pl.Series([_rest_of(one) for one in sources], dtype=pl.String())
    folders = pl.Series([_folder_of(one) for one in sources], dtype=pl.Binary())
    points = pl.Series(readings.points, dtype=pl.String())
    files = pl.Series(file)
    return pl.DataFrame(
        {
            "point": points.gather(pl.Series(readings.point)),
            "time": readings.time,
            "value": pl.Series(readings.value).fill_nan(None),
            "status": readings.status,
            "is_ahead": readings.is_ahead,
            "lag": moments[file] - readings.time,
            "rest": rests.gather(files),
            "folder": folders.gather(files),
            "record": (readings.row & _RECORD_MASK).astype(np.int32),
        },
        schema=ROWS,
    )


def readings_of(rows: pl.DataFrame) -> Readings:
    """Rows of a commit as the judging functions take them; files aren't told apart any more."""
    points = rows["point"].unique(maintain_order=True)
    numbers = rows["point"].cast(pl.Enum(points)).to_physical()
    return Readings(
        paths=[],
        points=points.to_list(),
        point=numbers.to_numpy().astype(np.int32),
        time=rows["time"].to_numpy(),
        value=rows["value"].fill_null(float("nan")).to_numpy(),
        status=rows["status"].to_numpy(),
        is_ahead=rows["is_ahead"].to_numpy(),
        row=np.arange(len(rows), dtype=np.int64),
    )


def _name_of(source: Source) -> bytes:
    _digits, name, _path = source.name.key
    return name


def _rest_of(source: Source) -> str:
    """The digits of the name behind the fourteenth."""
    digits = _name_of(source)[:-_TAIL].rpartition(b"_")[2]
    return digits[_DIGITS:].decode()


def _folder_of(source: Source) -> bytes:
    """The path up to the name."""
    return os.fsencode(source.path).removesuffix(_name_of(source))
