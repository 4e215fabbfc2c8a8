"""Reading packs: everything that holds, and every fault at once."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.pack import (
    Kind,
    Ladder,
    Origin,
    PackFault,
    Value,
    parse_pack,
    plain_pack,
    read_pack,
)
from bihuan.language.parameter import parse_value, plain_value, shown

HEAD = """
key = "county-2026"
title = "示例方案"
document = "示例发〔2026〕1号"
place_name = "示例县"
period_from = 2026-01-01
period_until = 2026-03-31
"""
FEEDBACK = """
[parameters."lead.feedback_days"]
label = "反馈期限"
kind = "days"
value = 7
origin = "source"
basis = ["LX-A1-3-4"]
"""


def written(folder: Path, text: str, *, name: str = "county-2026.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def faults_of(folder: Path, text: str, *, name: str = "county-2026.toml") -> tuple[str, ...]:
    with pytest.raises(PackFault) as caught:
        read_pack(written(folder, text, name=name))
    return caught.value.faults


def parameter(**fields: object) -> dict[str, object]:
    plain = {"label": "项", "kind": "days", "value": 7, "origin": "source", "basis": ["LX-A1-3-4"]}
    return {name: held for name, held in (plain | fields).items() if held is not None}


def pack_with(**fields: object) -> dict[str, object]:
    head = {"key": "a", "title": "甲", "document": "甲发", "place_name": "甲县"}
    return {**head, "parameters": {"lead.days": parameter(**fields)}}


def parameter_faults(**fields: object) -> tuple[str, ...]:
    with pytest.raises(PackFault) as caught:
        parse_pack(pack_with(**fields))
    return caught.value.faults


def test_a_pack_is_read_with_dates_and_typed_values(tmp_path: Path) -> None:
    pack = read_pack(written(tmp_path, HEAD + FEEDBACK))
    assert (pack.key, pack.document) == ("county-2026", "示例发〔2026〕1号")
    assert pack.place_name == "示例县"
    assert pack.issued_on is None
    assert pack.period_until == dt.date(2026, 3, 31)
    held = pack.parameter("lead.feedback_days")
    assert held is not None
    assert (held.value, held.origin, held.basis) == (7, Origin.SOURCE, ("LX-A1-3-4",))
    assert pack.parameter("lead.nothing") is None


def test_another_content_is_another_version(tmp_path: Path) -> None:
    seven = read_pack(written(tmp_path, HEAD + FEEDBACK))
    again = read_pack(written(tmp_path, "# a comment\n" + HEAD + FEEDBACK))
    shuffled = FEEDBACK.replace('label = "反馈期限"\n', "") + 'label = "反馈期限"\n'
    assert read_pack(written(tmp_path, HEAD + shuffled)).version == seven.version
    eight = read_pack(written(tmp_path, HEAD + FEEDBACK.replace("= 7", "= 8")))
    assert seven.version == again.version
    assert seven.version != eight.version


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = HEAD.replace('place_name = "示例县"', "").replace("2026-03-31", "2025-03-31")
    text += FEEDBACK.replace("= 7", '= "七"')
    text += '[parameters.badkey]\nlabel = "x"\nkind = "weeks"\norigin = "local"\n'
    faults = "\n".join(faults_of(tmp_path, text))
    for part in ("place_name", "is before", "七", "badkey", "weeks", "local"):
        assert part in faults


def test_text_that_is_not_toml_is_one_fault(tmp_path: Path) -> None:
    assert "valid TOML" in faults_of(tmp_path, "key = ")[0]


def test_the_key_is_the_name_of_the_file(tmp_path: Path) -> None:
    assert "differs" in faults_of(tmp_path, HEAD + FEEDBACK, name="other.toml")[0]


def test_a_pack_needs_parameters(tmp_path: Path) -> None:
    assert any("'parameters'" in fault for fault in faults_of(tmp_path, HEAD))


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"value": -1}, "whole number"),
        ({"value": True}, "whole number"),
        ({"value": None}, "needs a value"),
        ({"origin": "unset"}, "can't hold a value"),
        ({"origin": "default"}, "note"),
        ({"basis": []}, "clauses in basis"),
        ({"basis": ["第三条"]}, "clause ids"),
        ({"basis": "LX-A1-3-4"}, "clause ids"),
        ({"label": " "}, "label"),
        ({"unit": "日"}, "unit"),
        ({"choices": [1, 2]}, "isn't among"),
        ({"choices": ["1"]}, "whole numbers"),
        ({"kind": "percent", "value": 101}, "percentage"),
        ({"kind": "number", "value": "1"}, "number"),
        ({"kind": "text", "value": ""}, "text"),
        ({"kind": "flag", "value": 1}, "true or false"),
        ({"kind": "date", "value": 20260301}, "date"),
        ({"kind": "date", "value": "2026-02-30"}, "day"),
        ({"kind": "counting", "value": "weekly"}, "one of"),
        ({"kind": "list", "value": "a"}, "list"),
        ({"kind": "list", "value": [{"key": "a", "label": "甲"}, "a"]}, "twice"),
        ({"kind": "list", "value": [{"key": "甲", "label": "甲"}]}, "key of letters"),
        ({"kind": "list", "value": [{"key": "a", "label": "甲", "colour": "red"}]}, "colour"),
        ({"kind": "list", "value": [1]}, "table"),
        ({"kind": "ladder", "value": []}, "at least one"),
    ],
)
def test_a_parameter_that_breaks_its_form(fields: dict[str, object], part: str) -> None:
    assert any(part in fault for fault in parameter_faults(**fields))


def rung(**fields: object) -> dict[str, object]:
    plain = {"offset_days": 0, "act": "notify", "to": ["office"], "label": "通知"}
    return {name: held for name, held in (plain | fields).items() if held is not None}


@pytest.mark.parametrize(
    ("rungs", "part"),
    [
        ([rung(act="punish")], "act"),
        ([rung(offset_days=None)], "either"),
        ([rung(offset_minutes=5)], "either"),
        ([rung(offset_days=1.5)], "whole number"),
        ([rung(), rung(act="remind")], "twice"),
        ([rung(), rung(offset_days=None, offset_minutes=5)], "mixes"),
        ([rung(to=["办公室"])], "key of letters"),
        ([rung(label="")], "text"),
    ],
)
def test_a_ladder_that_breaks_its_form(rungs: list[object], part: str) -> None:
    assert any(part in fault for fault in parameter_faults(kind="ladder", value=rungs))


def test_rungs_stand_in_the_order_in_which_they_act() -> None:
    ladder = parse_value(Kind.LADDER, [rung(), rung(offset_days=-1, act="remind", to="handler")])
    assert isinstance(ladder, Ladder)
    assert [each.offset for each in ladder.rungs] == [-1, 0]
    assert ladder.rungs[0].to == ("handler",)
    assert ladder.counts_days
    minutes = parse_value(Kind.LADDER, [rung(offset_days=None, offset_minutes=30)])
    assert isinstance(minutes, Ladder)
    assert not minutes.counts_days
    assert shown(Kind.LADDER, minutes) == "到期后30分钟通知"
    assert shown(Kind.LADDER, ladder) == "到期前1天通知；逾期时通知"


PLAIN_VALUES = st.one_of(
    st.tuples(st.just(Kind.DAYS), st.integers(0, 999)),
    st.tuples(st.just(Kind.PERCENT), st.integers(0, 100)),
    st.tuples(st.just(Kind.FLAG), st.booleans()),
    st.tuples(st.just(Kind.DATE), st.dates()),
    st.tuples(st.just(Kind.COUNTING), st.sampled_from(["calendar", "working"])),
    st.tuples(
        st.just(Kind.SHIFTS),
        st.sampled_from(["早班8:00至16:00;中班 16：00-24:00", "8点班 08:00-8:00"]),
    ),
    st.tuples(st.just(Kind.LIST), st.lists(st.text("abcxyz", min_size=1), unique=True, max_size=5)),
    st.tuples(
        st.just(Kind.LADDER),
        st.lists(st.integers(-9, 9), min_size=1, unique=True).map(
            lambda offsets: [rung(offset_days=offset) for offset in offsets]
        ),
    ),
)


@given(PLAIN_VALUES)
def test_what_was_written_plainly_is_read_back(case: tuple[Kind, object]) -> None:
    kind, plain = case
    typed = parse_value(kind, plain)
    assert parse_value(kind, plain_value(typed)) == typed


def test_a_pack_survives_the_way_through_json() -> None:
    pack = parse_pack(pack_with(note="注", choices=[7, 14]))
    assert parse_pack(plain_pack(pack)).parameters == pack.parameters


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.DAYS, None, "未设定"),
        (Kind.DAYS, 0, "0天"),
        (Kind.HOURS, 24, "24小时"),
        (Kind.PERCENT, 75, "75%"),
        (Kind.FLAG, False, "否"),
        (Kind.COUNTING, "working", "工作日"),
        (Kind.DATE, dt.date(2022, 4, 30), "2022-04-30"),
        (Kind.TEXT, "每日", "每日"),
        (Kind.SHIFTS, "白班 08:00-20:00、夜班 20:00-08:00", "白班 08:00-20:00、夜班 20:00-08:00"),
    ],
)
def test_a_value_is_shown_with_its_unit(kind: Kind, value: object, text: str) -> None:
    assert Value(key="k", value=value, origin=Origin.SOURCE, kind=kind).text == text  # type: ignore[arg-type]


def test_a_value_is_taken_only_as_what_it_is() -> None:
    options = parse_value(Kind.LIST, ["热线", "信箱"])
    ladder = parse_value(Kind.LADDER, [rung()])
    assert Value(key="k", value=0, origin=Origin.SOURCE).is_set
    assert not Value(key="k", value=None, origin=Origin.UNSET).is_set
    assert Value(key="k", value=7, origin=Origin.SOURCE).amount == 7
    assert Value(key="k", value=options, origin=Origin.SOURCE).options[1].label == "信箱"
    assert Value(key="k", value=ladder, origin=Origin.SOURCE).ladder == ladder
    assert Value(key="k", value=False, origin=Origin.SOURCE).flag is False
    assert Value(key="k", value=dt.date(2026, 1, 1), origin=Origin.SOURCE).date.year == 2026
    with pytest.raises(TypeError, match="'k' holds True"):
        _ = Value(key="k", value=True, origin=Origin.SOURCE).amount
    with pytest.raises(TypeError, match="None"):
        _ = Value(key="k", value=None, origin=Origin.UNSET).amount


def test_origins_read_in_chinese() -> None:
    assert [origin.label for origin in Origin] == ["原文", "系统默认", "本单位设定", "未设定"]
