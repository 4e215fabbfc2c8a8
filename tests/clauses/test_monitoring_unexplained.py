"""Work that told output doesn't explain opens one proposal; what is missing or on record none."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.site_proposals import look_around
from bihuan.monitoring.activity.reading import midnight
from bihuan.monitoring.activity.unexplained import UNEXPLAINED_WORK
from bihuan.monitoring.activity.worked import worked
from bihuan.telemetry.detectors.usual import Means
from tests.doors import Door, DoorClosedError
from tests.figures import approved, at, proposals, register, row, send
from tests.people import County

FIRST = date(2026, 1, 1)
BEGINS = date(2026, 2, 20)
KEY = UNEXPLAINED_WORK.key
type Figures = dict[str, float]


def output_of(day: date) -> int:
    """Tonnes told of a day: about 900, nothing on Sundays."""
    return 0 if day.isoweekday() == 7 else 880 + day.toordinal() % 5 * 10


def usual(day: date) -> Figures:
    """What a day's output explains."""
    output, before = output_of(day), output_of(day - timedelta(days=1))
    return {
        "产量": output,
        "用电量": 10_000 + 12 * output,
        "瓦斯涌出量": 20_000 + 13 * output + 7 * before,
        "运输量": 1.2 * output,
    }


def hidden(day: date) -> Figures:
    """A day with a third more work than is told."""
    told = usual(day)
    more = told["产量"] / 3
    before = output_of(day - timedelta(days=1)) / 3 if day > BEGINS else 0
    power, gas = told["用电量"] + 12 * more, told["瓦斯涌出量"] + 13 * more + 7 * before
    return {**told, "用电量": power, "瓦斯涌出量": gas}


def figures(until: date, since_begin: Callable[[date], Figures]) -> Iterator[dict[str, Any]]:
    """Rows of every day up to one, of their own kind since `BEGINS`."""
    for step in range((until - FIRST).days + 1):
        day = FIRST + timedelta(days=step)
        for name, value in (since_begin if day >= BEGINS else usual)(day).items():
            yield row(name, day.isoformat(), round(value, 1))


def look(day: date) -> list[dict[str, Any]]:
    """What was proposed after a look at noon of a day."""
    look_around(now=midnight(day) + timedelta(hours=12), watches=[UNEXPLAINED_WORK])
    return proposals(KEY)


def sent(door: Door, until: date, since_begin: Callable[[date], Figures]) -> None:
    """Send all of it at noon of the day after."""
    now = midnight(until) + timedelta(days=1, hours=12)
    send(door, now, *figures(until, since_begin))


@pytest.mark.clause("SX-32-1", "AY-38-2")
def test_a_surplus_of_some_days_opens_one_proposal_with_its_figures(
    door: Door, county: County
) -> None:
    last = BEGINS + timedelta(days=3)
    sent(door, last, hidden)
    (told,) = look(last + timedelta(days=1))
    assert "用电量、瓦斯涌出量高于所报产量应有的水平，疑似隐蔽工作面或瞒报产量" in told["title"]
    assert "稳健基线法" in told["evidence"]
    assert "与七类数据互比的30%规则并行，只作线索" in told["evidence"]
    figures_told = dict(told["figures"])
    assert figures_told["起"] == "2026-02-20"
    assert "所报产量应约" in figures_told["用电量"]
    assert "正常范围至" in figures_told["瓦斯涌出量"]
    assert figures_told["缺数"] == "0 天（0%）"
    assert told["chart"]["band"] == [None, 12.0]
    assert told["chart"]["points"][0][1] == 0.0
    (again,) = look(last + timedelta(days=1))
    assert again == told, "found again it is the same"


@pytest.mark.clause("SX-32-1", "AY-38-2")
def test_its_page_shows_figures_band_and_chart(door: Door, county: County) -> None:
    last = BEGINS + timedelta(days=3)
    sent(door, last, hidden)
    look(last + timedelta(days=1))
    found = Matter.objects.get(kind="site_proposal", facts_row__data__watch=KEY)
    client = Client()
    client.force_login(county.users["office"])
    with standing_at(midnight(last) + timedelta(days=2)):
        page = client.get(f"/desk/matters/{to_code(found.pk)}/").content.decode()
    assert "用电量、瓦斯涌出量高于所报产量应有的水平" in page
    assert "上限 12 %（占正常生产）" in page
    assert '<svg class="chart' in page


@pytest.mark.clause("SX-32-1")
def test_going_on_it_is_not_said_every_day_anew(door: Door, county: County) -> None:
    for days in (3, 4, 6, 20):
        last = BEGINS + timedelta(days=days)
        sent(door, last, hidden)
        assert len(look(last + timedelta(days=1))) == 1


@pytest.mark.clause("SX-32-1")
def test_a_named_person_confirms_it_as_a_hidden_face(door: Door, county: County) -> None:
    last = BEGINS + timedelta(days=3)
    sent(door, last, hidden)
    look(last + timedelta(days=1))
    found = Matter.objects.get(kind="site_proposal", facts_row__data__watch=KEY)
    now = midnight(last) + timedelta(days=2)
    with pytest.raises(DoorClosedError, match="图纸作假隐瞒采掘工作面"):
        door.press("office", found, "confirm", now, reason="井下核查发现未申报工作面。")
    code = {"code": "false_drawings"}
    door.press("office", found, "confirm", now, reason="井下核查发现未申报工作面。", **code)
    kinds = Matter.objects.filter(parent=found).order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["analysis_task", "site_check"]


@pytest.mark.clause("SX-32-1", "AY-38-2")
def test_output_that_explains_its_power_opens_none(door: Door, county: County) -> None:
    last = BEGINS + timedelta(days=6)
    sent(door, last, usual)
    assert look(last + timedelta(days=1)) == []


@pytest.mark.clause("SX-32-1", "AY-38-2")
def test_missing_days_are_gaps_and_never_zero(door: Door, county: County) -> None:
    def without_output(day: date) -> Figures:
        return {name: value for name, value in hidden(day).items() if name != "产量"}

    def every_other(day: date) -> Figures:
        return {} if day.toordinal() % 2 else hidden(day)

    last = BEGINS + timedelta(days=8)
    sent(door, last, without_output)
    assert look(last + timedelta(days=1)) == [], "output that isn't told is not zero output"
    now = midnight(last) + timedelta(days=1, hours=12)
    told_late = [one for one in figures(last, every_other) if one["series"] == "产量"]
    send(door, now, *told_late)
    (told,) = look(last + timedelta(days=1))
    assert dict(told["figures"])["缺数"] == "4 天（13%）"
    assert sum(value is None for _day, value in told["chart"]["points"]) == 4


@pytest.mark.clause("SX-32-1")
def test_machines_or_meters_on_record_take_their_power_away(door: Door, county: County) -> None:
    last = BEGINS + timedelta(days=4)
    sent(door, last, hidden)
    given = {"kind": "新增用电设备", "changed_on": "2026-02-20", "what": "主通风机更换"}
    register(county, "power_change", at(2, 21), **given)
    assert look(last + timedelta(days=1)) == []


@pytest.mark.clause("SX-32-1")
def test_days_under_an_order_or_planned_stop_are_left_to_others(door: Door, county: County) -> None:
    last = BEGINS + timedelta(days=4)
    sent(door, last, hidden)
    order = {"kind": "停产整顿", "ordered_at": "2026-02-19 08:00", "paper": "停产指令1号"}
    register(county, "stop_order", at(2, 19), **order, accepted_on="2026-02-22")
    planned = {"from_at": "2026-02-22 00:00", "until_at": "2026-02-26 00:00", "why": "检修"}
    register(county, "planned_stop", at(2, 21), **planned)
    assert look(last + timedelta(days=1)) == []


@pytest.mark.clause("SX-32-1", "LX-W3-2")
def test_told_work_faster_than_the_approved_year_is_an_overload(door: Door, county: County) -> None:
    def faster(day: date) -> Figures:
        return {name: 1.4 * value for name, value in usual(day).items()}

    last = BEGINS + timedelta(days=6)
    sent(door, last, faster)
    assert not [one for one in look(last + timedelta(days=1)) if "核定能力" in one["title"]]
    approved(county, 30)
    (told,) = [one for one in look(last + timedelta(days=1)) if "核定能力" in one["title"]]
    assert "日产量节奏高于核定能力，疑似超负荷生产" in told["title"]
    assert ["核定能力日均", "909 吨"] in told["figures"]
    assert told["chart"]["band"] == [None, 108.0]


def test_hours_of_power_heads_and_drained_gas_are_read_too(door: Door, county: County) -> None:
    """Power by the hour, gas as drained and vented, men gone down against men listed."""

    def split(day: date) -> Figures:
        told = hidden(day) if day >= BEGINS else usual(day)
        gas = told.pop("瓦斯涌出量")
        more = {"抽采量": gas / 4, "风排量": gas * 3 / 4, "入井人数": 100, "班次名单人数": 100}
        return {**told, **more, "入井人数": 125 if day >= BEGINS else 100}

    last = BEGINS + timedelta(days=4)
    rows = [row("用电量", "2026-01", 1, span="月")]
    for step in range((last - FIRST).days + 1):
        day = FIRST + timedelta(days=step)
        told = split(day)
        kwh = told.pop("用电量")
        rows += [row(name, day.isoformat(), round(value, 1)) for name, value in told.items()]
        works = kwh - 10_000
        for hour in range(24):
            used = 10_000 / 24 + (works / 16 if hour >= 8 else 0)
            rows.append(row("用电量", f"{day} {hour:02}:00", round(used, 1)))
    send(door, midnight(last) + timedelta(days=1, hours=12), *rows)
    (told_of,) = look(last + timedelta(days=1))
    assert "用电量、瓦斯涌出量、入井人数与班次名单人数之比" in told_of["title"]


@pytest.mark.clause("SX-32-1", "AY-38-2")
def test_a_day_is_read_without_the_figures_that_it_lacks(door: Door, county: County) -> None:
    partly = [row("产量", f"2026-01-06 {hour:02}:00", 40) for hour in range(23)]
    send(
        door,
        at(1, 8),
        *(row(name, "2026-01-05", value) for name, value in (("产量", 900), ("用电量", 20_000))),
        row("班次名单人数", "2026-01-05", 100),
        *partly,
        row("运输量", "2026-01-06", 1_080),
    )
    site = county.sites["qingshiling"].pk
    days = worked([site], first=FIRST, last=date(2026, 1, 7))[site].days
    whole, part = days[date(2026, 1, 5)], days[date(2026, 1, 6)]
    assert (whole.output, whole.figures) == (900, {Means.POWER: 20_000})
    assert (part.output, part.figures) == (None, {Means.HAULAGE: 1_080}), "an hour is missing"
    assert date(2026, 1, 7) not in days
