"""瓦斯防治能力评估: five grounds, each on its boundary, and one assessment for all of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bihuan.accounts.actors import CLOCK
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared
from bihuan.matters.identity import new_id
from bihuan.matters.models import Matter
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.models import Episode
from tests.desks import Desk
from tests.doors import Door, march
from tests.people import County

METHANE = "99012100000101MN000100000001"


@pytest.fixture
def desk(county: County) -> Desk:
    """The desk of 青石县."""
    return Desk(county)


def over(
    county: County, at: datetime, peak: float, *, cause: str = "", sensor: str = "0001"
) -> None:
    """An over-limit of methane as the readings and a person left it."""
    site = county.sites["qingshiling"]

    def prepare(case: Any) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        case.set("place", "3101回风巷")
        if cause:
            case.set("cause", cause)

    loop = catalog().loop("alarm")
    alarm = open_prepared(loop, by=CLOCK, now=at, recorded_at=at, at_stage="", prepare=prepare)
    Episode.objects.create(
        id=new_id(), mine=site.code, site=site, point=METHANE, kind="upper_limit", level="alarm",
        sensor_type=sensor, place="3101回风巷", started_at=at, peak=peak, state="standing",
        matter=alarm,
    )  # fmt: skip


def proposals() -> list[Matter]:
    """Proposals of an assessment, in order."""
    found = Matter.objects.filter(kind="site_proposal", title__contains="评估").order_by("id")
    return list(found.select_related("facts_row"))


def look(at: datetime) -> list[Matter]:
    """What stands proposed after everything was looked at."""
    look_around(now=at)
    return proposals()


@pytest.mark.clause("AY-21-9")
def test_two_percent_triggers_and_less_does_not(door: Door, county: County) -> None:
    over(county, march(2), 1.99)
    over(county, march(2, 10), 45.0, sensor="0022")  # drainage gas
    assert look(march(3)) == []
    over(county, march(3), 2.0)
    (one,) = look(march(3, 10))
    assert one.site_id == county.sites["qingshiling"].pk
    told = door.read("office", one, march(3, 10))
    assert "2.00%" in str(told["facts"])
    assert len(look(march(3, 11))) == 1


@pytest.mark.clause("AY-21-9")
@pytest.mark.parametrize(
    ("days", "causes", "triggers"),
    [
        ((1, 15, 31), ("real_over_limit",) * 3, True),
        ((1, 15, 32), ("real_over_limit",) * 3, False),
        ((1, 15), ("real_over_limit",) * 2, False),
        ((1, 15, 20), ("real_over_limit", "calibration", "real_over_limit"), False),
        ((1, 15, 20), ("real_over_limit", "", "real_over_limit"), False),
    ],
)
def test_the_third_real_one_within_thirty_days(
    county: County, days: tuple[int, ...], causes: tuple[str, ...], triggers: bool
) -> None:
    for day, cause in zip(days, causes, strict=True):
        over(county, march(day), 1.2, cause=cause)
    assert bool(look(march(32, 10))) is triggers


@pytest.mark.clause("AY-21-9")
def test_accidents_of_gas_and_hazards_found_by_an_authority(desk: Desk, door: Door) -> None:
    site = {"site": desk.county.sites["qingshiling"].pk, "valid_from": "2026-03-02"}
    other = {**site, "name": "顶板事故", "kind": "other", "casualties": "1"}
    desk.register("office", "mine_accident", march(3), **other)
    own = {**site, "name": "通风系统不可靠", "found_by": "mine"}
    desk.register("office", "gas_hazard", march(3), **own)
    assert look(march(3, 10)) == []
    desk.register("office", "gas_hazard", march(3), **{**own, "found_by": "authority"})
    for kind in ("gas_fatal", "gas_involved"):
        given = {**site, "name": kind, "kind": kind, "casualties": "0"}
        desk.register("office", "mine_accident", march(3), **given)
    told = [one.title for one in look(march(3, 11))]
    assert len(told) == 3
    for label in ("瓦斯亡人事故", "瓦斯涉险事故", "通风瓦斯类重大隐患"):
        assert any(label in title for title in told)


@pytest.mark.clause("AY-21-9")
def test_a_trigger_during_an_open_assessment_is_added_to_it(door: Door, county: County) -> None:
    over(county, march(2), 2.4)
    over(county, march(3), 2.6)
    first, second = look(march(4))
    for one in (first, second):
        door.press("office", one, "confirm", march(4), reason="情况属实，开展评估。")
    (assessment,) = Matter.objects.filter(kind="gas_assessment")
    facts = assessment.facts_row.data
    assert "2.40%" in facts["evidence"]
    assert "2.60%" in facts["added"]
    over(county, march(5), 3.1)
    assert len(look(march(6))) == 2
    look_around(now=march(6) + timedelta(minutes=5))
    assessment = Matter.objects.select_related("facts_row").get(kind="gas_assessment")
    assert assessment.facts_row.data["added"].count("3.10%") == 1
    given = {"assessor": "评估单位", "conclusion": "具备能力。"}
    door.press("office", assessment, "assess", march(7), **given)
    assert len(look(march(8))) == 2
    over(county, march(8), 2.2)
    assert len(look(march(9))) == 3
