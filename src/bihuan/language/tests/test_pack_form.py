"""The form of a pack: what its head may hold, and what is written back plainly."""

import datetime as dt

import pytest

from bihuan.language.pack import Kind, Origin, PackFault, Value, parse_pack, plain_pack
from bihuan.language.parameter import parse_value

DAYS = {"label": "反馈期限", "kind": "days", "value": 7, "origin": "source", "basis": ["LX-A1-3-4"]}
UNSET = {"label": "登记期限", "kind": "days", "origin": "unset"}
HEAD = {"key": "a", "title": "甲方案", "document": "甲发1号", "place_name": "甲县"}


def faults_of(**head: object) -> tuple[str, ...]:
    with pytest.raises(PackFault) as caught:
        parse_pack({**HEAD, "parameters": {"lead.days": DAYS}, **head})
    return caught.value.faults


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ({"place": "甲县"}, "doesn't know 'place'"),
        ({"title": 3}, "'title' needs a text"),
        ({"issued_on": "三月"}, "'issued_on' "),
        ({"issued_on": 20260301}, "'issued_on' needs a date"),
        ({"parameters": {"lead.days": 7}}, "'lead.days' needs a table"),
    ],
)
def test_a_head_that_breaks_its_form(head: dict[str, object], fault: str) -> None:
    (found,) = faults_of(**head)
    assert found.startswith(fault)


def test_dates_and_a_value_not_set_survive_the_way_through_json() -> None:
    pack = parse_pack(
        {
            **HEAD,
            "issued_on": dt.date(2026, 3, 1),
            "period_from": "2026-03-02",
            "parameters": {"lead.days": DAYS, "lead.register_days": UNSET},
        }
    )
    plain = plain_pack(pack)
    assert (plain["issued_on"], plain["period_from"]) == ("2026-03-01", "2026-03-02")
    assert "period_until" not in plain
    assert plain["parameters"] == {
        "lead.days": DAYS,
        "lead.register_days": {**UNSET, "basis": []},
    }
    again = parse_pack(plain)
    assert (again.issued_on, again.parameters) == (pack.issued_on, pack.parameters)


def test_a_list_is_shown_by_its_labels() -> None:
    options = parse_value(Kind.LIST, [{"key": "hotline", "label": "热线"}, "信箱"])
    assert Value(key="k", value=options, origin=Origin.SOURCE, kind=Kind.LIST).text == "热线、信箱"
