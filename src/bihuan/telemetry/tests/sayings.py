"""What the systems of generated mines say of their readings: partly right, partly not."""

import random
from pathlib import Path

from bihuan.telemetry.comparing import Comparing
from bihuan.telemetry.differences import cells_of
from bihuan.telemetry.notation import decimal_of, stamp_of
from bihuan.telemetry.tests.folders import BAD_TIMES, NUMBERS, START
from bihuan.telemetry.tests.oracle.comparing import spans
from bihuan.telemetry.tests.oracle.files import t18_read
from bihuan.telemetry.tests.oracle.meaning import t5_last, t6_counts, t8_definitions
from bihuan.telemetry.tests.oracle.words import Reading

SHIFTS = (0, 0, 0, 29, -30, 30, -31, 31, 400, -400)
NOISE = (0, 0, 0, 0.004, 0.01, -0.01, 0.011, 1)


def say(folder: Path, seed: int) -> None:
    """Add files of statistics and abnormal states to a folder that was drawn."""
    rnd = random.Random(seed)  # noqa: S311
    found = t18_read(folder)
    definitions = t8_definitions(found.definitions)
    files: dict[tuple[str, str, int], list[str]] = {}
    for point, held in t5_last(found.readings).items():
        told = [("TJSJ", _statistics(rnd, point, held)) for _n in range(6)]
        if point in definitions:
            seen = spans(point, held, definitions[point])
            told += [("YCBJ", _alarm(rnd, *one)) for one in seen if rnd.random() < 0.8]
        told += [("YCBJ", "a;b"), ("YCBJ", "")] if rnd.random() < 0.2 else []
        for kind, record in told:
            key = point[:12], kind, START + rnd.choice((0, 60, 3600, 90_000))
            files.setdefault(key, []).extend([record] * rnd.choice((1, 1, 1, 2)))
    for (mine, kind, moment), records in files.items():
        digits = "".join(mark for mark in stamp_of(moment) if mark.isdigit())
        path = folder / rnd.choice(("", "a", "b")) / f"{mine}_{kind}_{digits}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("~".join((mine, *records, "||")), "utf-8")


def without_means(watcher: Comparing) -> list[list[str]]:
    """Rows of differences; the mean that is seen is left out."""
    rows = [list(cells_of(one)) for one in watcher.found]
    return sorted([*row[:8], "" if row[3] == "mean" else row[8], *row[9:]] for row in rows)


def _statistics(rnd: random.Random, point: str, held: list[Reading]) -> str:
    begin, end = sorted(rnd.choice(held).time + rnd.choice((0, 0, 0, 1, -1)) for _n in range(2))
    values = [one.value or 0.0 for one in held if t6_counts(one) and begin <= one.time <= end]
    ours = [max(values), min(values), sum(values) / len(values)] if values else [1.0, 1.0, 1.0]
    figures = [_figure(rnd, one) for one in ours]
    times = [_time(rnd, begin), _time(rnd, end if rnd.random() < 0.95 else begin - 1)]
    code = point if rnd.random() < 0.95 else rnd.choice((point[:-1], "1" + point[1:]))
    high, low, mean = figures
    return ";".join((code, "", "", "", *times, high, "", low, "", mean, stamp_of(end)))


def _figure(rnd: random.Random, ours: float) -> str:
    if rnd.random() < 0.1:
        return rnd.choice(NUMBERS)
    number = ours + rnd.choice(NOISE)
    return rnd.choice((f"{number:.2f}", f"{number:.1f}", f"{number:.0f}", decimal_of(number)))


def _alarm(rnd: random.Random, point: str, level: str, span: tuple[int, int | None]) -> str:
    begin, end = span
    last = begin + 600 if end is None else end
    moved = rnd.choice(SHIFTS)
    state = ("001" if level == "alarm" else "002") if rnd.random() < 0.9 else "004"
    told = (_time(rnd, begin + moved), _time(rnd, last + moved) if rnd.random() < 0.7 else "")
    data_at = stamp_of(max(last, begin) + rnd.choice((0, -60, 60)))
    return ";".join((point, "", "", "", state, *told, *[""] * 9, data_at))


def _time(rnd: random.Random, time: int) -> str:
    return stamp_of(time) if rnd.random() < 0.96 else rnd.choice(BAD_TIMES)
