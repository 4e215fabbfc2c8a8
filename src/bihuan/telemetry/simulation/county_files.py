"""Files of a simulated county: CSV tables, and the truth in a folder beside them.

Bytes are the same on every platform: fixed decimals, LF, UTF-8, rows in a fixed order.
Times are Beijing time without a zone; a cell that is empty was not told, and is never zero.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from bihuan.telemetry.notation import line_of
from bihuan.telemetry.simulation.county import County
from bihuan.telemetry.simulation.simulate import truth_beside

TRUTH_NAME: Final = "truth.csv"
TABLES: Final = ("mines", "hours", "days", "shifts", "states", "records", "weather")
DECIMALS: Final = {
    "power_kwh": 1,
    "methane_pct": 3,
    "output_t": 1,
    "haulage_t": 1,
    "air_m3": 0,
    "gas_m3": 0,
    "water_m3": 0,
    "explosives_kg": 1,
    "rain_mm": 1,
    "temperature_c": 1,
    "intensity": 3,
}


def write_county(county: County, folder: Path) -> None:
    """Write `TABLES` as CSV into a folder and `truth.csv` into `truth_beside(folder)`."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = truth_beside(folder)
    beside.mkdir(parents=True, exist_ok=True)
    for name, page in pages(county).items():
        path = beside if name == TRUTH_NAME else folder
        (path / name).write_bytes(page)


def pages(county: County) -> dict[str, bytes]:
    """The bytes of each file by its name."""
    tables = {f"{name}.csv": getattr(county, name) for name in TABLES}
    tables[TRUTH_NAME] = county.truth
    return {name: "".join(_lines(frame)).encode() for name, frame in tables.items()}


def _lines(frame: pl.DataFrame) -> Iterator[str]:
    yield line_of(frame.columns)
    columns = [_cells(frame[name]) for name in frame.columns]
    for cells in zip(*columns, strict=True):
        yield ",".join(cells) + "\n"


def _cells(column: pl.Series) -> list[str]:
    if column.name in DECIMALS:
        places = DECIMALS[column.name]
        # Adding zero makes of −0 a plain 0.
        return ["" if x is None else f"{x + 0.0:.{places}f}" for x in column.to_list()]
    return [_cell(x) for x in column.to_list()]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(timespec="minutes")
        case _:
            return str(value)
