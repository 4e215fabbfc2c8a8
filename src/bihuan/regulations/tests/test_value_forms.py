"""What an administrator types for a parameter, by its kind; rows that name themselves."""

import datetime as dt

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.language.pack import Kind, Origin, Parameter, parse_pack
from bihuan.regulations.models import Adoption, Clause, LoadedPack, Revision, Setting
from bihuan.regulations.packs import set_value
from bihuan.regulations.settings_page import choices_of, plain_of, value_form
from bihuan.regulations.values import Rulebook, rulebook, rules_held

TODAY = dt.date(2026, 3, 1)


def parameter(kind: Kind, *, choices: tuple[int, ...] = ()) -> Parameter:
    return Parameter(
        key="lead.x", label="项", kind=kind, value=None, origin=Origin.UNSET, choices=choices
    )


@pytest.mark.parametrize(
    ("kind", "typed", "plain"),
    [
        (Kind.DAYS, " 12 ", 12),
        (Kind.DAYS, "十二", "十二"),
        (Kind.PERCENT, "75", 75),
        (Kind.PERCENT, "7.5", 7.5),
        (Kind.NUMBER, "很多", "很多"),
        (Kind.FLAG, "yes", True),
        (Kind.FLAG, "no", False),
        (Kind.FLAG, "maybe", "maybe"),
        (Kind.TEXT, " 每日 ", "每日"),
    ],
)
def test_what_is_typed_is_read_by_the_kind(kind: Kind, typed: str, plain: object) -> None:
    assert plain_of(kind, typed) == plain


@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        (parameter(Kind.DAYS, choices=(7, 15)), ["7天", "15天"]),
        (parameter(Kind.FLAG), ["是", "否"]),
        (parameter(Kind.COUNTING), ["自然日", "工作日"]),
        (parameter(Kind.DAYS), []),
    ],
)
def test_there_is_a_choice_where_kind_or_pack_names_one(
    asked: Parameter, labels: list[str]
) -> None:
    assert [label for _key, label in choices_of(asked)] == labels
    offered = getattr(value_form(asked, today=TODAY).fields["value"], "choices", [])
    assert [label for _key, label in offered] == labels


def test_an_amount_is_asked_with_its_unit() -> None:
    attrs = value_form(parameter(Kind.DAYS), today=TODAY).fields["value"].widget.attrs
    assert attrs["unit"] == "天"
    assert "unit" not in value_form(parameter(Kind.TEXT), today=TODAY).fields["value"].widget.attrs


def test_a_list_is_shown_without_a_form(county: County) -> None:
    key = next(
        key for key, one in rulebook().parameters.items() if one.kind in (Kind.LIST, Kind.LADDER)
    )
    client = Client()
    client.force_login(county.users["system"])
    page = client.get(f"/desk/admin/values/{key}").content.decode()
    assert "随依据包文件修改" in page
    assert "本单位设定</h2>" not in page


def test_inside_a_step_the_rules_stay_as_they_were_first_seen(county: County) -> None:
    path = county.region.path_ids

    def days() -> str:
        return rulebook().value_of("lead.feedback_days", region_path=path, on=TODAY).text

    with rules_held():
        before = days()
        set_value(
            "lead.feedback_days",
            region=county.region,
            value=12,
            reason="局务会决定",
            by=county.users["system"],
            now=NOW,
        )
        with rules_held():
            assert days() == before
        assert days() == before
    assert days() == "12天"


def test_a_setting_whose_parameter_left_every_pack_is_passed_over(county: County) -> None:
    Setting.objects.create(
        key="lead.gone", region=county.region, value=3, reason="x", set_at=NOW, valid_from=TODAY
    )
    value = Rulebook().value_of("lead.gone", region_path=county.region.path_ids, on=TODAY)
    assert (value.value, value.origin) == (None, Origin.UNSET)


def test_rows_name_themselves() -> None:
    pack = parse_pack(
        {
            "key": "a",
            "title": "甲方案",
            "document": "甲发1号",
            "place_name": "甲县",
            "parameters": {"lead.days": {"label": "期限", "kind": "days", "origin": "unset"}},
        }
    )
    assert str(Clause(id="LX-A1-1", title="受理")) == "LX-A1-1 受理"
    assert str(LoadedPack(title=pack.title, version=2)) == "甲方案（第2版）"
    assert str(Adoption(pack_key="a", from_on=TODAY)) == "a 2026-03-01"
    assert str(Setting(key="lead.days", valid_from=TODAY)) == "lead.days 2026-03-01"
    assert str(Revision(stamp="s")) == "s"
