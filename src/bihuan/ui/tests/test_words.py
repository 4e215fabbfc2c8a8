"""Moments are written in Asia/Shanghai, sums and sizes exactly."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.ui import words
from bihuan.ui.faults import summary

LATE_IN_UTC = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


def test_a_moment_is_shown_on_the_shanghai_day() -> None:
    assert words.moment(LATE_IN_UTC) == "2026-11-21 00:30"
    assert words.short_moment(LATE_IN_UTC) == "11-21 00:30"
    assert words.clock_time(LATE_IN_UTC) == "00:30"
    assert words.day(LATE_IN_UTC) == "2026-11-21"
    assert words.weekday(LATE_IN_UTC) == "星期六"


def test_days_in_all_lengths() -> None:
    on = date(2026, 3, 5)
    assert words.day(on) == "2026-03-05"
    assert words.short_day(on) == "03-05"
    assert words.long_day(on) == "2026 年 3 月 5 日"
    assert words.month_day(on) == "3 月 5 日"
    assert words.machine_moment(on) == "2026-03-05"
    assert words.machine_moment(LATE_IN_UTC) == "2026-11-21T00:30:00+08:00"


@pytest.mark.parametrize(
    "word",
    [
        words.day,
        words.short_day,
        words.long_day,
        words.month_day,
        words.weekday,
        words.moment,
        words.short_moment,
        words.clock_time,
        words.amount,
        words.count,
    ],
)
def test_nothing_is_a_dash(word: Any) -> None:
    assert word(None) == "—"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without time zone"):
        words.moment(datetime(2026, 1, 1, 8, 0))  # noqa: DTZ001


@given(st.datetimes(), st.integers(-12, 12))
def test_the_zone_of_the_input_does_not_matter(naive: datetime, hours: int) -> None:
    if not 2 <= naive.year <= 9997:
        return
    there = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert words.moment(there) == words.moment(there.astimezone(UTC))


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KB"),
        (1536, "1.5 KB"),
        (1024**2 - 1, "1 MB"),
        (1_468_006, "1.4 MB"),
        (1024**3, "1 GB"),
        (5 * 1024**4, "5120 GB"),
    ],
)
def test_file_size(size: int, told: str) -> None:
    assert words.file_size(size) == told


def test_a_negative_file_size_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        words.file_size(-1)


@pytest.mark.parametrize(
    ("yuan", "told"),
    [
        (0, "0 元"),
        (150_000, "150,000 元"),
        (Decimal("12345.6"), "12,345.60 元"),
        (500, "500 元"),
        (12_000_000_000, "12,000,000,000 元"),
    ],
)
def test_amount(yuan: Any, told: str) -> None:
    assert words.amount(yuan) == told


def test_count() -> None:
    assert words.count(1386) == "1,386"


def test_a_day_in_a_text_stays_in_one_line_and_the_text_is_escaped() -> None:
    assert words.whole_days("房志坚<b>　自2026-11-15，12026-11-15") == (
        '房志坚&lt;b&gt;　自<span class="nowrap">2026-11-15</span>，12026-11-15'
    )


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ({}, "还差 2 处，已填的内容都在"),
        ({"title": "", "units": []}, "还差 2 处，已填的内容都在"),
        ({"title": "第一号问题"}, "有 2 处需要更正，已填的内容都在"),
        ({"title": "第一号问题", "units": ["7"]}, "有 2 处需要更正，已填的内容都在"),
    ],
)
def test_what_is_missing_is_not_called_wrong(typed: dict[str, Any], heading: str) -> None:
    faults = {"title": "请填写“标题”。", "units": "请选择单位。"}
    found = summary(faults, labels={"title": "标题", "units": "单位"}, typed=typed)
    assert words.faults_heading(found) == heading
    assert [one["label"] for one in found] == ["标题", "单位"]


def test_a_fault_of_no_field_is_the_forms_own() -> None:
    found = summary({"other": "这一步不能再做。"}, labels={"title": "标题"}, typed={})
    assert [(one["label"], one["missing"]) for one in found] == [("表单", False)]


def test_heading_promises_only_what_comes_back() -> None:
    gone = [{"sentence": "口令不对。"}, {"sentence": "请写姓名", "lost": "文件、口令"}]
    assert words.faults_heading(gone) == "有 2 处需要更正，文件、口令要重新填，其余都在"
    whole = [{"sentence": "这张表已失效。", "whole": True}]
    assert words.faults_heading(whole) == "还没有提交，已填的内容都在"
