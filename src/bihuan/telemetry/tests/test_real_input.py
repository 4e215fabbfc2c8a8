"""A real longwall's methane, at a clock that was assigned: the samples add up to a plain count."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan.telemetry.notation import moment_of, stamp_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.inboxes import POINT, Inbox, definition

pytestmark = pytest.mark.once
FILE = Path(__file__).parents[5] / "shared" / "data" / "methane" / "methane-train.arff"
SENSOR = 1  # MM116
START = moment_of("20260301000000") or 0
PER_FILE = 500
# Limit and its end, and how many readings reach the limit.
LIMITS = (("1.0", "1.0", 3_440), ("1.5", "1.0", 106), ("2.0", "1.5", 12))


def values() -> list[str]:
    """Means of thirty seconds, in order; the file has no clock."""
    lines = FILE.read_text("utf-8").partition("@DATA")[2].splitlines()
    return [line.split(",")[SENSOR] for line in lines if line.strip()]


def spans(numbers: list[float], on: float, off: float) -> Iterator[tuple[int, int]]:
    """Rows from the first that reaches the limit up to the one that ends it."""
    begin = None
    for row, number in enumerate(numbers):
        if begin is None and number >= on:
            begin = row
        elif begin is not None and number < off:
            yield begin, row
            begin = None
    if begin is not None:
        yield begin, len(numbers)


@pytest.mark.skipif(not FILE.exists(), reason="the real readings aren't beside this checkout")
@pytest.mark.parametrize(("on", "off", "reached"), LIMITS)
def test_a_real_longwall(inbox: Inbox, on: str, off: str, reached: int) -> None:
    texts = values()
    inbox.send("CDDY", 0, definition(upper=on, upper_off=off))
    for begin in range(0, len(texts), PER_FILE):
        rows = enumerate(texts[begin : begin + PER_FILE], start=begin)
        stamps = [(stamp_of(START + 30 * row), text) for row, text in rows]
        records = [f"{POINT};甲烷;MM116;{text};%CH4;0;{at}" for at, text in stamps]
        inbox.send("CDSS", stamps[-1][0], *records)
    numbers = [float(text) for text in texts]
    assert sum(number >= float(on) for number in numbers) == reached
    found = replay(inbox.folder, only=("upper_limit",))
    expected = list(spans(numbers, float(on), float(off)))
    assert [int(row[8]) for row in found.rows] == [end - begin for begin, end in expected]
    assert [float(row[6]) for row in found.rows] == [max(numbers[a:b]) for a, b in expected]
    assert found.counts.readings == len(texts)
