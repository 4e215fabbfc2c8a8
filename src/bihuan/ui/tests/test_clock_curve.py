"""Curves by the clock: places in proportion, gaps as gaps, nothing unescaped."""

from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bihuan.ui.clock_curve import Limit, Moment, Told, clock_curve

HOSTILE = '"><script>alert(1)</script>'


def told(points: Any, **others: Any) -> Told:
    given: dict[str, Any] = {"title": "甲烷", "unit": "%", "since": 0, "until": 3_600}
    return Told(points=points, joined_s=90, clock=str, **(given | others))


def lines(chart: Any) -> list[list[tuple[float, float]]]:
    root = ET.fromstring(str(chart.svg))  # noqa: S314 - our own
    found = []
    for node in root.iter("path"):
        if node.get("class") == "line":
            pairs = (node.get("d") or "")[1:].split(" L")
            found.append([(float(x), float(y)) for x, y in (one.split() for one in pairs)])
    return found


def test_places_follow_the_clock() -> None:
    (line,) = lines(clock_curve(told([(0, 1.0), (60, 1.0), (120, 1.0)], until=240)))
    first, second, third = (x for x, _y in line)
    assert second - first == third - second
    assert third - first == (618 - 34) / 2


def test_a_gap_is_not_joined_and_is_counted() -> None:
    chart = clock_curve(told([(0, 1.0), (90, 1.0), (181, 1.0), (200, 1.0)]))
    assert [len(line) for line in lines(chart)] == [2, 2]
    assert "缺数 1 段" in str(chart.svg)
    assert "缺数" not in str(clock_curve(told([(0, 1.0), (90, 1.0)])).svg)


def test_a_switch_steps_between_its_words_and_has_no_extremes() -> None:
    points = [(0, 1.0), (60, 1.0), (120, 0.0), (180, 0.0), (400, 1.0)]
    chart = clock_curve(told(points, states=("停风", "<运行>"), unit=""))
    step, after = lines(chart)
    assert [y for _x, y in step] == [14, 14, 14, 216, 216]
    assert step[2][0] == step[3][0]
    assert [row[1] for row in chart.rows] == ["<运行>", "<运行>", "停风", "停风", "<运行>"]
    drawing = str(chart.svg)
    assert "&lt;运行&gt;" in drawing
    assert "最高" not in drawing
    assert "400 &lt;运行&gt;" in drawing
    assert len(after) == 2


def test_what_lies_beyond_is_told_on_either_side() -> None:
    limits = [Limit(value=0.25, words="报警 0.25")]
    points = [(0, 0.3), (60, 0.25), (120, 0.2)]
    lower = clock_curve(told(points, limits=limits, side="lower"))
    assert [row[3] for row in lower.rows] == ["—", "—", "0.05"]
    assert "最低 0.2" in str(lower.svg)
    upper = clock_curve(told(points, limits=limits))
    assert [row[3] for row in upper.rows] == ["0.05", "—", "—"]
    assert "最高 0.3" in str(upper.svg)


def test_words_of_close_limits_stand_apart_and_within() -> None:
    limits = [Limit(value=value, words=f"门限 {value}") for value in (1.0, 1.02, 0.98, 0.02, 0)]
    root = ET.fromstring(str(clock_curve(told([(0, 0.5)], limits=limits)).svg))  # noqa: S314 - our own
    found = {
        node.text: float(node.get("y") or 0)
        for node in root.iter("text")
        if (node.text or "").startswith("门限")
    }
    assert list(found) == ["门限 1.02", "门限 1.0", "门限 0.98", "门限 0.02", "门限 0"]
    places = list(found.values())
    assert all(below - above >= 12.9 for above, below in pairwise(places))
    assert places[0] >= 14
    assert places[-1] <= 240 - 24 + 4


def test_values_below_zero_stay_inside() -> None:
    (line,) = lines(clock_curve(told([(0, -5.0), (60, 5.0)])))
    assert all(0 <= y <= 240 for _x, y in line)


def test_however_long_it_is_the_axis_has_few_ticks() -> None:
    for days in (1, 7, 400, 740_000):
        chart = clock_curve(told([(0, 1.0)], until=days * 86_400))
        root = ET.fromstring(str(chart.svg))  # noqa: S314 - our own
        words = [node.text for node in root.iter("text")]
        assert 4 <= len(words) <= 12, days


def test_nothing_read_is_still_a_drawing() -> None:
    assert lines(clock_curve(told([]))) == []


@given(st.lists(st.tuples(st.integers(0, 3_600), st.floats(-1e6, 1e6)), max_size=8).map(sorted))
def test_texts_are_escaped_and_places_inside(points: Any) -> None:
    chart = clock_curve(
        told(
            points,
            title=HOSTILE,
            unit=HOSTILE,
            limits=[Limit(value=1.0, words=HOSTILE)],
            moments=[Moment(at=5, words=HOSTILE, css="mute")],
        )
    )
    root = ET.fromstring(str(chart.svg))  # noqa: S314 - our own
    assert not list(root.iter("script"))
    for line in lines(chart):
        assert all(0 <= x <= 680 and 0 <= y <= 260 for x, y in line)
