"""Which of several readings of one moment stands, and in which order rows came (T1, T5)."""

from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.records import MINE_LENGTH
from bihuan.telemetry.store.commits import ROWS

COMMIT: Final = "commit"
VERSIONS: Final = pl.Schema({**ROWS, COMMIT: pl.Int64()})
STANDING: Final = ("point", "time", "value", "status", "is_ahead")
_REST_DIGITS: Final = 6  # an order key has twenty digits, fourteen of them are the moment
_TIME_BITS: Final = 40  # seconds up to the year 9999 are below 2 ** 39
_EPOCH_DAY: Final = 719_163  # 1970-01-01 counted as `notation` counts days
_KEYS: Final = ("_moment", "_digits", "_mine", "_rest", "_path", "record", COMMIT)


def by_arrival(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of any points in the order of T1; of equal keys the later commit comes last."""
    return rows.with_columns(**_keys(rows)).sort(_KEYS, maintain_order=True).select(list(VERSIONS))


def by_point(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows sorted by (point, time), versions of one reading in the order of T1."""
    return _by_point(rows)[0]


def standing_of(rows: pl.DataFrame) -> pl.DataFrame:
    """The reading of each (point, time), sorted by these: the last version by T1 (T5)."""
    found, is_followed = _by_point(rows)
    kept = found.select(STANDING)
    return kept.filter(pl.Series(~is_followed)) if is_followed.any() else kept


def _by_point(rows: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """The sorted rows, and whether the next one is of the same point and time."""
    key = _key(rows)
    if not (np.diff(key) >= 0).all():
        order = np.argsort(key, kind="stable")
        rows, key = rows[order], key[order]
    is_followed = np.append(key[1:] == key[:-1], np.zeros(min(len(key), 1), np.bool_))
    places = np.flatnonzero(is_followed | np.append(False, is_followed)[: len(key)])
    if len(places):
        among = pl.Series("_among", key[places])
        double = rows[places].with_columns(among)
        double = double.with_columns(**_keys(double), _place=pl.Series(places))
        sources = double.sort("_among", *_KEYS, maintain_order=True).get_column("_place")
        order = np.arange(len(key))
        order[places] = sources.to_numpy()
        rows = rows[order]
    return rows, is_followed


def _key(rows: pl.DataFrame) -> NDArray[np.int64]:
    """A number for each (point, time), larger for a later one."""
    codes = _codes(rows.get_column("point"))
    times: NDArray[np.int64] = rows.get_column("time").to_numpy()
    return (codes.astype(np.int64) << _TIME_BITS) | times


def _codes(points: pl.Series) -> NDArray[np.uint32]:
    """A number for each text, in their order."""
    different = points.unique()
    if len(different) * 2 > len(points):  # hardly any text twice: asking for each would cost more
        return points.rank("dense").to_numpy()
    return points.cast(pl.Enum(different.sort())).to_physical().to_numpy()


def _keys(rows: pl.DataFrame) -> dict[str, pl.Expr]:
    moment = pl.col("time") + pl.col("lag")
    mine = pl.col("point").str.slice(0, MINE_LENGTH)
    return {
        "_moment": moment,
        "_digits": pl.col("rest").str.pad_end(_REST_DIGITS, "0"),
        "_mine": mine,
        # A name that is a prefix of the other up to `.txt` comes first: a dot is before digits.
        "_rest": pl.col("rest"),
        "_path": _path(moment, mine) if _names_decide(rows) else pl.col("folder"),
    }


def _names_decide(rows: pl.DataFrame) -> bool:
    """Whether folders alone don't order paths: one begins with the other."""
    folders = rows.get_column("folder").unique().sort().to_list()
    return any(later.startswith(one) for one, later in pairwise(folders))


def _path(moment: pl.Expr, mine: pl.Expr) -> pl.Expr:
    seconds = moment - _EPOCH_DAY * DAY_S
    stamp = pl.from_epoch(seconds, time_unit="s").dt.to_string("%Y%m%d%H%M%S")
    name = pl.concat_str(mine, pl.lit("_CDSS_"), stamp, "rest", pl.lit(".txt"))
    # Hexadecimal digits keep the order of bytes, and texts can be joined.
    return pl.concat_str(pl.col("folder").bin.encode("hex"), name.cast(pl.Binary).bin.encode("hex"))
