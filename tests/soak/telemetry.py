"""Generated folders of readings: the fast replay says what the slow oracle says, byte by byte."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bihuan.config.soak_suites import SUITES
from bihuan.telemetry.comparing import Comparing
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.quality import Quality
from bihuan.telemetry.replay import Replay, replay
from bihuan.telemetry.tests.folders import draw, mutate
from bihuan.telemetry.tests.oracle.comparing import compare
from bihuan.telemetry.tests.oracle.quality import quality
from bihuan.telemetry.tests.oracle.replaying import judge
from bihuan.telemetry.tests.sayings import say, without_means

FOLDERS = SUITES["telemetry"].each
Figures = dict[str, object]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round compares ten folders, half of them with bytes changed at random.

    What they held is told over all rounds so far.
    """
    seen: Counter[str] = Counter()
    for number in numbers:
        faults = []
        for one in range(number * FOLDERS, (number + 1) * FOLDERS):
            with tempfile.TemporaryDirectory(prefix="bihuan-readings-") as folder:
                draw(Path(folder), seed * 1_000_003 + one)
                say(Path(folder), seed + one)
                if one % 2:
                    seen["mutated files"] += mutate(Path(folder), seed + one)
                faults += _differences(Path(folder), one, seen)
        yield number, faults, dict(sorted(seen.items()))


def _differences(folder: Path, number: int, seen: Counter[str]) -> list[str]:
    counted, comparing = Quality(dialect()), Comparing(dialect())
    slow, fast = judge(folder), replay(folder, watchers=[counted, comparing])
    _count(fast, seen)
    seen.update(f"said: {one.finding.value}" for one in comparing.found)
    pairs = {
        "quality": (_lines(quality(folder)), _lines(sorted(counted.rows))),
        "compare": (_lines(compare(folder)), _lines(without_means(comparing))),
        "episodes": (slow.episodes, fast.episodes_csv().decode()),
        "rejected": (slow.rejected, fast.rejected_csv().decode()),
        "counts": (slow.summary, str(fast.counts)),
    }
    return [
        f"folder {number}: {name} differ: {_first(*pair)}"
        for name, pair in pairs.items()
        if pair[0] != pair[1]
    ]


def _lines(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(str(list(row)) for row in rows)


def _first(slow: str, fast: str) -> str:
    """The first line that only one of them has."""
    lines = sorted(set(slow.splitlines()) ^ set(fast.splitlines()))
    return lines[0] if lines else "the order"


def _count(fast: Replay, seen: Counter[str]) -> None:
    seen["readings"] += fast.counts.readings
    seen.update(row[2] for row in fast.rows)
    seen.update(one.fault.value for one in fast.rejected)
