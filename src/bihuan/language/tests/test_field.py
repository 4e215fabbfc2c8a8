"""What came in through a form, the API or a workbook, as it is stored or refused in words."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import LONG_TEXT_MAX, TEXT_MAX, BadValueError, Field, Kind
from bihuan.language.parameter import Option

ROOF = Option(key="roof", label="顶板", aliases=("冒顶",))
GAS = Option(key="gas", label="瓦斯")
OPTIONS = (ROOF, GAS)


def field(kind: Kind, **parts: object) -> Field:
    return Field(key="asked", label="所问", kind=kind, **parts)  # type: ignore[arg-type]


def refusal(asked: Field, raw: object) -> str:
    with pytest.raises(BadValueError) as caught:
        asked.clean(raw)
    return str(caught.value)


@pytest.mark.parametrize("raw", [None, "", "  \n", []])
def test_nothing_is_stored_as_nothing_or_asked_for(raw: object) -> None:
    assert field(Kind.TEXT).clean(raw) is None
    assert refusal(field(Kind.TEXT, required=True), raw) == "请填写“所问”。"


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        (Kind.TEXT, " 一号\r\n井 ", "一号\n井"),
        (Kind.TEXT, 12, "12"),
        (Kind.TEXT, "e\u0301", "\u00e9"),
        (Kind.MATTER, "线索7号", "线索7号"),
        (Kind.INTEGER, "１,200", 1200),
        (Kind.INTEGER, -3, -3),
        (Kind.AMOUNT, "5,000.5", "5000.50"),
        (Kind.AMOUNT, Decimal(0), "0.00"),
        (Kind.NUMBER, "１２.50", "12.5"),
        (Kind.NUMBER, 12.5, "12.5"),
        (Kind.NUMBER, "1,200", "1200"),
        (Kind.NUMBER, "-0.0", "0"),
        (Kind.NUMBER, "95.0%", "95"),
        (Kind.DAY, "2026年3月1日", "2026-03-01"),
        (Kind.DAY, "2026/3/1", "2026-03-01"),
        (Kind.DAY, date(2026, 3, 1), "2026-03-01"),
        (Kind.DAY, datetime(2026, 2, 28, 17, tzinfo=UTC), "2026-03-01"),
        (Kind.MOMENT, "2026/03/01 08:30", "2026-03-01T08:30:00+08:00"),
        (Kind.MOMENT, datetime(2026, 3, 1, 0, 30, tzinfo=UTC), "2026-03-01T08:30:00+08:00"),
        (Kind.YES_NO, "是", True),
        (Kind.YES_NO, " ON ", True),
        (Kind.YES_NO, "否", False),
        (Kind.YES_NO, False, False),
        (Kind.FILES, ["3", 4], [3, 4]),
        (Kind.FILES, "5", [5]),
        (Kind.SITE, " 17 ", 17),
        (Kind.PERSON, 8, 8),
    ],
)
def test_a_value_is_stored_in_its_kind(kind: Kind, raw: object, stored: object) -> None:
    assert field(kind).clean(raw) == stored


@pytest.mark.parametrize(
    ("kind", "raw", "part"),
    [
        (Kind.TEXT, ["一"], "应是文字"),
        (Kind.TEXT, "a\0b", "无法保存的字符"),
        (Kind.TEXT, "\ue000", "无法保存的字符"),
        (Kind.INTEGER, "1.5", "应是整数"),
        (Kind.INTEGER, "9" * 16, "应是整数"),
        (Kind.AMOUNT, "五千", "应是金额"),
        (Kind.NUMBER, "十二", "应是数字"),
        (Kind.NUMBER, "1e3", "应是数字"),
        (Kind.NUMBER, "nan", "应是数字"),
        (Kind.NUMBER, "1.1234567", "应是数字"),
        (Kind.AMOUNT, "NaN", "不小于 0"),
        (Kind.AMOUNT, "-1", "不小于 0"),
        (Kind.AMOUNT, "1e12", "不小于 0"),
        (Kind.AMOUNT, "1.005", "精确到分"),
        (Kind.DAY, "2026-02-30", "应是日期"),
        (Kind.DAY, "明天", "应是日期"),
        (Kind.MOMENT, "昨晚", "日期和时刻"),
        (Kind.MOMENT, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "1900 至 2199 年"),
        (Kind.MOMENT, "2200-01-01 00:00", "1900 至 2199 年"),
        (Kind.DAY, "1899-12-31", "1900 至 2199 年"),
        (Kind.DAY, date(2200, 1, 1), "1900 至 2199 年"),
        (Kind.DAY, "9999-12-31", "1900 至 2199 年"),
        (Kind.YES_NO, "也许", "是或否"),
        (Kind.FILES, ["3", "../4"], "已上传的附件"),
        (Kind.UNIT, "县局", "请从列表中选择"),
        (Kind.REGION, "-1", "请从列表中选择"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_words(kind: Kind, raw: object, part: str) -> None:
    sentence = refusal(field(kind), raw)
    assert sentence.startswith("“所问”")
    assert part in sentence


@pytest.mark.parametrize(
    ("asked", "limit"),
    [
        (field(Kind.TEXT), TEXT_MAX),
        (field(Kind.LONG_TEXT), LONG_TEXT_MAX),
        (field(Kind.LONG_TEXT, max_length=30), 30),
    ],
)
def test_a_text_has_a_longest_length(asked: Field, limit: int) -> None:
    assert asked.clean("字" * limit) == "字" * limit
    assert f"最多 {limit} 字，现有 {limit + 1} 字" in refusal(asked, "字" * (limit + 1))


@pytest.mark.parametrize("raw", ["roof", "顶板", "冒顶", " 顶板 "])
def test_a_choice_is_meant_by_key_label_or_alias(raw: str) -> None:
    assert field(Kind.CHOICE, options=OPTIONS).clean(raw) == "roof"


def test_a_choice_outside_the_list_is_refused_unless_free() -> None:
    asked = field(Kind.CHOICE, options=OPTIONS)
    assert refusal(asked, "水害") == "“所问”没有“水害”这一项，请从顶板、瓦斯中选择。"
    assert field(Kind.CHOICE, options=OPTIONS, free=True).clean("水害") == "水害"


def test_options_in_force_go_before_the_declared_ones() -> None:
    water = Option(key="water", label="水害")
    asked = field(Kind.CHOICE, options=OPTIONS)
    assert asked.clean("水害", options=(water,)) == "water"
    assert asked.clean("瓦斯", options=()) == "gas"


@pytest.mark.parametrize("raw", ["瓦斯、冒顶", "gas;roof；", ["瓦斯", " ", "顶板", "roof"]])
def test_several_choices_stand_once_in_the_order_of_the_list(raw: object) -> None:
    assert field(Kind.CHOICES, options=OPTIONS).clean(raw) == ["roof", "gas"]


def test_free_choices_stand_behind_the_listed_ones() -> None:
    assert field(Kind.CHOICES, options=OPTIONS, free=True).clean("水害,瓦斯") == ["gas", "水害"]


def test_one_thing_that_is_no_list_is_refused_as_several_choices() -> None:
    assert "应是几项选择" in refusal(field(Kind.CHOICES, options=OPTIONS), 7)


# Summer time, which leaves gaps and doubles, ended in China in 1991.
@given(
    st.datetimes(
        timezones=st.just(SHANGHAI),
        min_value=datetime(1992, 1, 1),  # noqa: DTZ001
        max_value=datetime(2199, 12, 31),  # noqa: DTZ001
    )
)
def test_what_was_stored_is_stored_again(moment: datetime) -> None:
    stored = field(Kind.MOMENT).clean(moment)
    assert field(Kind.MOMENT).clean(stored) == stored
    day = field(Kind.DAY).clean(moment)
    assert field(Kind.DAY).clean(day) == day == moment.date().isoformat()


def test_a_number_keeps_within_its_bounds() -> None:
    depth = field(Kind.NUMBER, at_least="0", at_most="100", unit="m")
    assert (depth.clean("0"), depth.clean("100")) == ("0", "100")
    assert "不能小于 0m" in refusal(depth, "-0.1")
    assert "不能大于 100m" in refusal(depth, "100.1")
