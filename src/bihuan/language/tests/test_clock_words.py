"""Deadlines in words: what is left, how urgent it is and how the moment was computed."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.calendar import Counting, WorkCalendar, read_calendars
from bihuan.language.clock import (
    SHANGHAI,
    Budget,
    Due,
    Paused,
    Suspension,
    Tone,
    Unit,
    compute_due,
    explain,
    remaining,
    standing,
    tone,
)

CALENDAR = read_calendars(Path(__file__).parents[4] / "data" / "calendars")
NOTICE = "国办发明电〔2025〕7号"
MIDNIGHT = datetime(2026, 3, 9, tzinfo=SHANGHAI)
DAY_DUE = Due(due_on=date(2026, 3, 8), due_at=MIDNIGHT, late_from=MIDNIGHT)
CLOCK_AT = datetime(2026, 3, 8, 14, 30, tzinfo=SHANGHAI)
CLOCK_DUE = Due(due_on=None, due_at=CLOCK_AT, late_from=CLOCK_AT + timedelta(seconds=1))
PAUSED = Paused(since=MIDNIGHT, reason="等待鉴定")


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def told(
    started_at: datetime,
    budget: Budget,
    *suspensions: Suspension,
    extended_to: date | None = None,
    origin: str = "",
) -> str:
    return explain(
        event="交办",
        started_at=started_at,
        budget=budget,
        calendar=CALENDAR,
        suspensions=suspensions,
        extended_to=extended_to,
        origin=origin,
    )


@pytest.mark.parametrize(
    ("now", "left", "short", "colour"),
    [
        (at(3, 3, 15), "剩 5 天 9 小时", "剩 5 天", Tone.CALM),
        (at(3, 6, 0), "剩 3 天", "剩 2 天", Tone.SOON),
        (at(3, 7, 15), "剩 1 天 9 小时", "明日到期", Tone.SOON),
        (at(3, 8, 15), "剩 9 小时", "今日到期", Tone.SOON),
        (at(3, 8, 23, 35), "剩 25 分钟", "今日到期", Tone.SOON),
        (at(3, 9, 0), "逾期 1 天", "逾期 1 天", Tone.LATE),
        (at(3, 11, 23), "逾期 3 天", "逾期 3 天", Tone.LATE),
    ],
)
def test_day_deadline_in_words(now: datetime, left: str, short: str, colour: Tone) -> None:
    assert remaining(DAY_DUE, now=now) == left
    assert standing(DAY_DUE, now=now) == short
    assert tone(DAY_DUE, now=now) is colour


@pytest.mark.parametrize(
    ("now", "left", "colour"),
    [
        (at(3, 6, 14, 30), "剩 2 天", Tone.CALM),
        (at(3, 7, 13, 30), "剩 1 天 1 小时", Tone.CALM),
        (at(3, 7, 14, 30), "剩 1 天", Tone.CALM),
        (at(3, 7, 14, 31), "剩 23 小时", Tone.SOON),
        (at(3, 8, 14, 11), "剩 19 分钟", Tone.SOON),
        (CLOCK_AT, "剩 0 秒", Tone.SOON),
        (CLOCK_AT + timedelta(seconds=5), "逾期 5 秒", Tone.LATE),
        (at(3, 8, 14, 55), "逾期 25 分钟", Tone.LATE),
        (at(3, 9, 16, 30), "逾期 1 天 2 小时", Tone.LATE),
    ],
)
def test_clock_deadline_in_words(now: datetime, left: str, colour: Tone) -> None:
    assert remaining(CLOCK_DUE, now=now) == left
    assert standing(CLOCK_DUE, now=now) == left
    assert tone(CLOCK_DUE, now=now) is colour


def test_paused_deadline_in_words() -> None:
    assert remaining(PAUSED, now=MIDNIGHT) == standing(PAUSED, now=MIDNIGHT) == "已中止"
    assert tone(PAUSED, now=MIDNIGHT) is Tone.CALM


def test_days_are_explained() -> None:
    assert told(at(3, 1), Budget(7, Unit.DAYS)) == (
        "3月1日交办，当日不计；自3月2日起计7个自然日，3月8日24:00届满。"
    )
    assert told(at(12, 28), Budget(7, Unit.DAYS), origin="原文") == (
        "12月28日交办，当日不计；自12月29日起计7个自然日（原文），2027年1月4日24:00届满。"
    )
    assert told(at(3, 1), Budget(0, Unit.DAYS)) == "3月1日交办，限当日，3月1日24:00届满。"


def test_working_days_are_explained_with_the_notice() -> None:
    assert told(at(9, 18), Budget(11, Unit.DAYS, Counting.WORKING)) == (
        "9月18日交办，当日不计；自9月19日起计11个工作日，双休日不计，"
        "中秋节9月25日至27日、国庆节10月1日至7日放假不计，"
        f"9月20日、10月10日调休上班计入（{NOTICE}），10月10日24:00届满。"
    )
    assert told(at(10, 3), Budget(0, Unit.DAYS, Counting.WORKING)) == (
        f"10月3日交办，限当日，国庆节10月3日至7日放假不计（{NOTICE}），10月8日24:00届满。"
    )


def test_guess_is_explained() -> None:
    assert told(at(12, 24), Budget(10, Unit.DAYS, Counting.WORKING)).endswith(
        "2027年1月7日24:00届满（暂算：2027年放假安排尚未载入，仅按双休日推算）。"
    )
    unloaded = explain(
        event="签收",
        started_at=at(3, 2),
        budget=Budget(0, Unit.DAYS, Counting.WORKING),
        calendar=WorkCalendar(),
    )
    assert unloaded == (
        "3月2日签收，限当日，3月2日24:00届满（暂算：2026年放假安排尚未载入，仅按双休日推算）。"
    )


def test_clocks_are_explained() -> None:
    pause = Suspension(at(3, 2, 10), at(3, 2, 12, 30), "等待鉴定")
    assert told(at(3, 1, 8, 30), Budget(48, Unit.HOURS), pause, origin="系统默认") == (
        "3月1日08:30交办，自该时起计48小时（系统默认），"
        "3月2日10:00中止（等待鉴定），3月2日12:30恢复，其间2小时30分钟不计，3月3日11:00届满。"
    )
    to_the_second = at(3, 1, 8, 30) + timedelta(seconds=7)
    assert told(to_the_second, Budget(15, Unit.MINUTES)) == (
        "3月1日08:30:07交办，自该时起计15分钟，3月1日08:45:07届满。"
    )


def test_clock_suspension_of_no_length_is_explained() -> None:
    pause = Suspension(at(3, 1, 10), at(3, 1, 10), "误操作")
    assert "其间0秒不计" in told(at(3, 1, 9), Budget(4, Unit.HOURS), pause)


def test_suspended_days_are_explained() -> None:
    pause = Suspension(at(3, 3), at(3, 5), "等待鉴定")
    same_day = Suspension(at(3, 6, 9), at(3, 6, 11), "补充材料")
    assert told(at(3, 1), Budget(7, Unit.DAYS), pause, same_day) == (
        "3月1日交办，当日不计；自3月2日起计7个自然日，"
        "3月3日中止（等待鉴定），3月5日恢复，其间2个自然日不计，"
        "3月6日中止（补充材料）当日恢复，不影响到期日，3月10日24:00届满。"
    )
    over_weekend = Suspension(at(3, 6), at(3, 7), "等待鉴定")
    assert told(at(3, 4), Budget(2, Unit.DAYS, Counting.WORKING), over_weekend).endswith(
        "3月6日中止（等待鉴定），3月7日恢复，其间没有工作日，"
        "顺延至恢复后的第一个工作日，3月9日24:00届满。"
    )


def test_touching_suspensions_are_told_as_one() -> None:
    before = Suspension(at(2, 26), at(3, 1), "道路中断")
    first = Suspension(at(3, 3), at(3, 5), "等待鉴定")
    second = Suspension(at(3, 5), at(3, 6), "补充材料")
    assert told(at(3, 1), Budget(7, Unit.DAYS), before, first, second) == (
        "3月1日交办，当日不计；自3月2日起计7个自然日，"
        "3月3日中止（等待鉴定、补充材料），3月6日恢复，其间3个自然日不计，3月11日24:00届满。"
    )


def test_open_suspension_is_explained() -> None:
    still = Suspension(at(3, 3), None, "等待鉴定")
    for counting in Counting:
        assert told(at(3, 1), Budget(7, Unit.DAYS, counting), still) == (
            f"3月1日交办，当日不计；自3月2日起计7个{counting.value}，"
            "3月3日09:00起中止（等待鉴定），恢复后重新计算到期时间。"
        )


def test_extension_is_explained_beside_the_first_day() -> None:
    first = "3月1日交办，当日不计；自3月2日起计7个自然日，3月8日24:00届满，"
    extended = first + "此为原到期日；经批准延期，3月18日24:00届满"
    to = date(2026, 3, 18)
    week = Budget(7, Unit.DAYS)
    assert told(at(3, 1), week, extended_to=to) == extended + "。"
    assert told(at(3, 1), week, extended_to=date(2026, 3, 8)) == (
        first + "所批延期日3月8日不晚于此，到期时间不变。"
    )
    later = Suspension(at(3, 14), at(3, 17), "补充材料")
    assert told(at(3, 1), week, later, extended_to=to) == (
        extended + "，3月14日中止（补充材料），3月17日恢复，其间3个自然日不计，3月21日24:00届满。"
    )
    still = Suspension(at(3, 14), None, "补充材料")
    assert told(at(3, 1), week, still, extended_to=to) == (
        extended + "，3月14日09:00起中止（补充材料），恢复后重新计算到期时间。"
    )


@given(
    days=st.integers(0, 700),
    amount=st.integers(0, 60),
    counting=st.sampled_from(Counting),
    pause_after=st.integers(0, 40),
    pause_days=st.integers(0, 20),
    extension=st.none() | st.integers(0, 90),
)
def test_explanation_ends_with_the_due_day(
    days: int,
    amount: int,
    counting: Counting,
    pause_after: int,
    pause_days: int,
    extension: int | None,
) -> None:
    started_at = datetime(2025, 1, 1, 9, tzinfo=SHANGHAI) + timedelta(days=days)
    begun = started_at + timedelta(days=pause_after)
    pause = Suspension(begun, begun + timedelta(days=pause_days), "等待鉴定")
    to = None if extension is None else started_at.date() + timedelta(days=extension)
    budget = Budget(amount, Unit.DAYS, counting)
    due = compute_due(
        started_at=started_at,
        budget=budget,
        calendar=CALENDAR,
        suspensions=(pause,),
        extended_to=to,
    )
    assert isinstance(due, Due)
    assert due.due_on is not None
    sentence = told(started_at, budget, pause, extended_to=to)
    year = "" if due.due_on.year == started_at.year else f"{due.due_on.year}年"
    shown = f"{year}{due.due_on.month}月{due.due_on.day}日24:00届满"
    assert shown in sentence
    assert sentence.count("。") == 1
    assert ("暂算" in sentence) >= due.provisional
