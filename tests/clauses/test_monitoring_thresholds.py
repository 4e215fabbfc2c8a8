"""Limits of the rules by place beside a mine's own, and another value tried on past readings."""

import pytest
from django.conf import settings
from django.test import Client

from bihuan.matters.moment import standing_at
from bihuan.monitoring.screens.legal_limits import limit_at, rules_in
from bihuan.telemetry.tests.inboxes import Inbox, definition
from tests.clauses.mine import METHANE, MINE, Mine, clock
from tests.people import County

RULES = rules_in(settings.DATA / "limits" / "coal-mine-safety-2025.toml")
CORNER = f"{MINE}01MN000100000005"
FACE = f"{MINE}01MN000100000006"


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """A corner that alarms too late, a heading that keeps the rule, and a roadway of no name."""
    mine.define(METHANE)
    records = (
        (CORNER, "1101回风隅角", {"upper": "1.5", "cut": "1.5", "cut_off": "1.0"}),
        (FACE, "1201掘进工作面", {"upper": "1.0", "cut": "1.5", "cut_off": "0.9"}),
    )
    for number, (point, place, limits) in enumerate(records):
        record = definition(point, **limits).replace("东翼回风巷", place)
        Inbox(mine.folder).send("CDDY", 5 + number, record, mine=MINE)
    for minute, value in ((0, "0.4"), (1, "0.8"), (2, "0.9"), (3, "0.79"), (4, "1.1"), (5, "0.3")):
        mine.send(f"08:0{minute}:00", value)
    mine.arrive(clock(8, 6))
    return mine


def page(county: County, query: str = "", *, account: str = "watch") -> str:
    client = Client(raise_request_exception=False)
    client.force_login(county.users[account])
    with standing_at(clock(9, 0)):
        answer = client.get(f"/desk/alarms/thresholds/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("mine")
def test_points_laxer_than_the_rule_and_those_that_nobody_can_match(county: County) -> None:
    text = page(county)
    laxer = text[text.index("：宽于规程的测点") : text.index("未能对应规程地点")]
    assert "1101回风隅角" in laxer
    assert "报警值 1.5，规程 ≥1" in laxer
    assert "1201掘进工作面" not in laxer
    assert "1 个；符合 1 个；未能对应 1 个" in laxer
    assert "须与正式文本核对" in text
    rest = text[text.index("未能对应规程地点") : text.index("规程按地点的数值")]
    assert "东翼回风巷" in rest


@pytest.mark.usefixtures("mine")
def test_a_value_tried_on_the_past_beside_what_fired(county: County) -> None:
    text = page(county, "type=0001&on=0.8&off=0.8")
    assert "2 次，1 个测点" in text  # 08:01 to 08:03 and 08:04 to 08:05
    assert "1 次，1 个测点" in text  # what did fire: 1.1 at 08:04
    for said in ("2026-03-01 08:01:00", "2026-03-01 08:03:00", "0.9 %CH4"):
        assert said in text
    assert "0 次，0 个测点" in page(county, "type=0001&on=1.2")


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize(
    ("query", "said"),
    [("on=abc", "要是数"), ("on=nan", "要是数"), ("on=0.5&off=0.8", "解除值 off 的方向不对")],
)
def test_a_value_that_cant_be(county: County, query: str, said: str) -> None:
    assert said in page(county, f"type=0001&{query}")


@pytest.mark.usefixtures("mine")
def test_a_neighbours_mine_is_not_found(county: County, neighbour: County) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(neighbour.users["watch"])
    path = f"/desk/alarms/thresholds/?site={county.sites['qingshiling'].pk}"
    assert client.get(path).status_code == 404
    assert "青石岭煤矿" not in page(neighbour)


@pytest.mark.parametrize(
    ("place", "alarm"),
    [
        ("东翼1101上隅角T0", 1.0),
        ("采煤工作面进风巷", 0.5),
        ("总回风巷", 0.75),
        ("1101工作面", None),
        ("回风巷", None),
        ("", None),
    ],
)
def test_a_place_is_matched_by_its_longest_name_or_not_at_all(
    place: str, alarm: float | None
) -> None:
    found = limit_at(place, "methane", rules=RULES)
    assert (found.alarm if found else None) == alarm


def test_the_table_says_where_it_comes_from() -> None:
    assert (RULES.number, str(RULES.holds_from)) == ("应急管理部令第17号", "2026-02-01")
    assert len([one for one in RULES.limits if one.kind == "methane"]) == 28
    for one in RULES.limits:
        assert one.names
        assert one.restore is None or one.restore <= (one.power_off or one.alarm)
