"""A chart says in its table and label what it draws, and cannot be broken by what it is given."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.ui import charts

HOSTILE = '<script>alert("x")</script>&\'"'
numbers = st.integers(0, 10**7) | st.floats(0, 10**7, allow_nan=False)


def drawn(chart: charts.Chart) -> ET.Element:
    return ET.fromstring(str(chart.svg))  # noqa: S314


def test_bars_and_their_table() -> None:
    chart = charts.bars([("10", 29), ("11", 16)], title="公开件数", unit="件", mark_last=True)
    assert chart.rows == (("10", 29), ("11", 16))
    assert "公开件数：最高 10 29 件" in chart.svg
    assert [node.get("class") for node in drawn(chart).iter("rect")] == ["s2", "s4"]


def test_grouped_bars_and_their_table() -> None:
    chart = charts.grouped_bars(
        ["一周", "二周"], [("发现", (3, 6)), ("销号", (1, 12))], title="趋势", unit="条"
    )
    assert chart.columns == ("", "发现（条）", "销号（条）")
    assert chart.rows == (("一周", 3, 1), ("二周", 6, 12))
    assert chart.legend == ("发现", "销号")
    tall = [float(node.get("height")) for node in drawn(chart).iter("rect")]
    assert tall[3] == max(tall)


def test_steps_tell_what_is_above_the_limit() -> None:
    chart = charts.steps(
        [("22:00", 9), ("23:00", 26), ("00:00", 18)], title="人数", unit="人", limit=18
    )
    assert chart.columns == ("", "人", "限值", "超出")
    assert chart.rows == (("22:00", 9, 18, "—"), ("23:00", 26, 18, "8"), ("00:00", 18, 18, "—"))
    assert "超限 1 个时点" in chart.svg
    assert [node.get("class") for node in drawn(chart).iter("line")].count("limit") == 1


def test_steps_without_limit() -> None:
    chart = charts.steps([("1", 1), ("2", 2.5)], title="读数", unit="%", stepped=False)
    assert chart.columns == ("", "%")
    assert "limit" not in chart.svg


def test_heat_strip_hatches_gaps() -> None:
    chart = charts.heat_strip(
        ["36", "37"], [("甲", (0, 4)), ("乙", (None, 1))], title="覆盖", unit="矿次"
    )
    assert chart.rows == (("甲", 0, 4), ("乙", "空档", 1))
    assert [node.get("class") for node in drawn(chart).iter("rect")] == ["h0", "h4", "gap", "h1"]
    assert "空档 1 格" in chart.svg


def test_funnel_marks_the_weak_stage() -> None:
    chart = charts.funnel([("受理", 37), ("反馈", 25)], title="流转", unit="件", weak="反馈")
    assert chart.rows == (("受理", 37), ("反馈", 25))
    assert re.findall(r"big bad", chart.svg) == ["big bad"]


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="'发现' has 1 values"):
        charts.grouped_bars(["一", "二"], [("发现", (1,))], title="t", unit="条")
    with pytest.raises(ValueError, match="'甲' has 2 values"):
        charts.heat_strip(["36"], [("甲", (1, 2))], title="t", unit="次")


def test_more_series_than_colours_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 4"):
        charts.grouped_bars(["一"], [(str(n), (1,)) for n in range(5)], title="t", unit="条")


@pytest.mark.parametrize("draw", [charts.bars, charts.steps, charts.funnel])
def test_no_data_is_still_a_drawing(draw: Any) -> None:
    assert drawn(draw([], title="空", unit="件")).tag == "svg"


@given(st.lists(st.tuples(st.just(HOSTILE), numbers), max_size=6), numbers)
def test_charts_escape_and_stay_inside(points: Any, limit: Any) -> None:
    title = HOSTILE
    for chart in (
        charts.bars(points, title=title, unit=HOSTILE),
        charts.steps(points, title=title, unit=HOSTILE, limit=limit),
    ):
        root = drawn(chart)
        height = float(root.get("viewBox").split()[3])
        assert not list(root.iter("script"))
        assert "style" not in {name for node in root.iter() for name in node.attrib}
        for node in root.iter("rect"):
            assert 0 <= float(node.get("y")) <= height
            assert float(node.get("height")) >= 0


def test_ticks_are_round_figures() -> None:
    chart = charts.grouped_bars(["一"], [("发现", (57,))], title="t", unit="条")
    words = [node.text for node in drawn(chart).iter("text")]
    assert words[:4] == ["0", "20", "40", "60"]


def test_large_figures_have_room_beside_the_axis() -> None:
    def words(top: int) -> list[str | None]:
        chart = charts.grouped_bars(["一"], [("风量", (top,))], title="t", unit="m³")
        return [node.text for node in drawn(chart).iter("text")][:3]

    assert words(20_000) == ["0", "10000", "20000"]
    assert words(20_000_000) == ["0", "1000万", "2000万"]
    assert words(200_000_000) == ["0", "1亿", "2亿"]
