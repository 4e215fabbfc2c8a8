"""Simulated mines: their files in one folder, the truth about them in another beside it."""

from pathlib import Path
from typing import Final

import numpy as np

from bihuan.telemetry.notation import DAY_S, iso_of, line_of, moment_of
from bihuan.telemetry.simulation.physics import values_of
from bihuan.telemetry.simulation.register import Mine, mine_of
from bihuan.telemetry.simulation.troubles import Trouble, troubled
from bihuan.telemetry.simulation.writing import Writer

START: Final = moment_of("20260301000000") or 0
PERIOD_S: Final = 30
HEAD: Final = ("mine", "point", "cause", "kind", "started_at", "ended_at")


def truth_beside(out: Path) -> Path:
    """The folder of the truth: no reader of the files must take it for one of them."""
    return out.with_name(f"{out.name}.truth")


def simulate(
    out: Path,
    *,
    mines: int,
    points: int,
    days: float,
    seed: int,
    since: int = START,
) -> int:
    """Write mines with so many points each from 2026-03-01 on; returns how many readings.

    `since` is another first moment, in seconds as `notation` counts them.

    The same seed writes the same bytes; a mine doesn't depend on how many others there are.
    `truth_beside(out)/troubles.csv` has a row for whatever was put into the series: `kind` is the
    kind of episode that it must make, empty for none; `point` is empty for the whole mine.
    """
    rows = max(int(days * DAY_S / PERIOD_S), 2)
    seconds = since + PERIOD_S * np.arange(rows, dtype=np.int64)
    truth = truth_beside(out)
    truth.mkdir(parents=True, exist_ok=True)
    count = 0
    with (truth / "troubles.csv").open("w", encoding="utf-8", newline="") as page:
        page.write(line_of(HEAD))
        for number in range(mines):
            mine = mine_of(number, points=points)
            rng = np.random.default_rng([seed, number])
            value = values_of(mine, seconds, rng)
            readings, troubles = troubled(mine, value, step_s=PERIOD_S, rng=rng)
            writer = Writer(out, mine)
            writer.register(since)
            writer.readings(readings, seconds)
            writer.abnormal(readings, seconds)
            writer.slow(readings, seconds, rng)
            page.writelines(_line(mine, one, seconds) for one in troubles)
            count += int(readings.is_sent.sum())
    return count


def _line(mine: Mine, one: Trouble, seconds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    point = mine.points[one.point].code if one.point >= 0 else ""
    begin, end = int(seconds[one.begin]), int(seconds[one.end])
    return line_of((mine.code, point, one.cause, one.kind, iso_of(begin), iso_of(end)))
