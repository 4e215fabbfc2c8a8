"""Readings written by hand, as the arrays that are judged."""

import numpy as np

from bihuan.telemetry.definitions import InForce
from bihuan.telemetry.series import Series


def series_from(rows: list[tuple[int, int, float, int]], definitions: InForce) -> Series:
    """Rows (point, time, value, status) in order, with the definition of each."""
    first = definitions.first.tolist()
    held = [
        first[p] + int(np.searchsorted(definitions.since[first[p] : first[p + 1]], time, "right"))
        for p, time, _value, _status in rows
    ]
    point = np.array([row[0] for row in rows], np.int32)
    return Series(
        first=np.searchsorted(point, np.arange(len(first))),
        point=point,
        time=np.array([row[1] for row in rows], np.int64),
        value=np.array([row[2] for row in rows], np.float64),
        status=np.array([row[3] for row in rows], np.int16),
        definition=np.array(held, np.int64) - 1,
    )
