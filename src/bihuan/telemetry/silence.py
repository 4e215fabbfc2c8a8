"""Points that say nothing: gaps between readings of any kind, and the tail (T14)."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.definitions import InForce
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.series import Series

KIND = "disconnected"


def gaps_before(series: Series, definitions: InForce) -> NDArray[np.bool_]:
    """Whether each reading comes after a silence of its point; shape of the series."""
    silence_s = definitions.silence_s[series.definition]
    is_gap = np.zeros(len(series.time), np.bool_)
    is_gap[1:] = (np.diff(series.time) > silence_s[:-1]) & (np.diff(series.point) == 0)
    return is_gap


def silences(
    series: Series,
    definitions: InForce,
    *,
    is_gap: NDArray[np.bool_],
    newest: Mapping[int, int],
) -> list[Episode]:
    """Gaps of each point, and tails that are still open.

    `newest` is the newest reading of the mine of each point, by number of the point.
    """
    rows = np.flatnonzero(is_gap)
    found = [
        Episode(point, KIND, "", started_at, ended_at)
        for point, started_at, ended_at in zip(
            series.point[rows].tolist(),
            series.time[rows - 1].tolist(),
            series.time[rows].tolist(),
            strict=True,
        )
    ]
    for point, end in enumerate(series.first[1:].tolist()):
        if end == series.first[point] or point not in newest:
            continue
        last = int(series.time[end - 1])
        if newest[point] - last > definitions.silence_s[series.definition[end - 1]]:
            found.append(Episode(point, KIND, "", last, None))
    return found
