"""Who the watch page names: on duty by the hours of the shifts, over midnight, by region."""

from datetime import datetime

import pytest
from django.test import Client
from tests.doors import march
from tests.people import County, set_here, settle_county

from bihuan.matters.moment import standing_at
from bihuan.matters.records import write_record
from bihuan.monitoring.alarms.handover import ROSTER
from bihuan.regulations.packs import PackRefused, set_value

THREE = "早班 8:00-16:00，中班16:00-24:00；夜班 00:00-08:00"
TWO = "白班 08:00-20:00、夜班 20:00-08:00"


def rostered(county: County, account: str, shift: str, first: int, last: int | None = None) -> None:
    """Somebody's rows of March 2026, entered on the first."""
    facts = {
        "person": county.users[account].person_id,
        "shift": shift,
        "valid_from": f"2026-03-{first:02}",
        "valid_until": f"2026-03-{last or first:02}",
    }
    write_record(ROSTER, by=county.actor("office"), now=march(1, 0, 30), facts=facts)


def duty(county: County, at: datetime, *, path: str = "/desk/alarms/") -> str:
    """What the page says at a moment."""
    client = Client()
    client.force_login(county.users["watch"])
    with standing_at(at):
        page = client.get(path).content.decode()
    return page.partition('data-duty="')[2].partition('"')[0]


@pytest.fixture
def set_to(county: County) -> County:
    """A county whose shifts change at eight and at twenty, from the first of March."""
    set_here(county, "alarm.watch_shifts", TWO, now=march(1, 0))
    return county


def test_at_the_minute_of_the_change_the_next_shift_is_on_duty(county: County) -> None:
    set_here(county, "alarm.watch_shifts", THREE, now=march(1, 0))
    rostered(county, "watch", "早班", 2)
    rostered(county, "watch2", "中班", 2)
    rostered(county, "leader", "夜班", 2)
    early, late = "罗值守（早班）", "贺值守（中班）"
    night = f"{county.users['leader'].person.name}（夜班）"
    assert duty(county, march(2, 15, 59, 59)) == f"当班：{early}；今天还有：{late}、{night}"
    assert duty(county, march(2, 16)) == f"当班：{late}；今天还有：{early}、{night}"
    assert duty(county, march(2, 7, 59)) == f"当班：{night}；今天还有：{early}、{late}"


def test_a_night_shift_of_yesterday_is_on_duty_until_it_ends(set_to: County) -> None:
    rostered(set_to, "watch", "夜班", 2)
    rostered(set_to, "watch2", "白班", 3)
    assert duty(set_to, march(2, 19, 59)) == "当班：此刻没有排班；今天还有：罗值守（夜班）"
    assert duty(set_to, march(2, 20)) == "当班：罗值守（夜班）"
    assert duty(set_to, march(3, 0)) == "当班：罗值守（夜班）；今天还有：贺值守（白班）"
    assert duty(set_to, march(3, 7, 59)) == "当班：罗值守（夜班）；今天还有：贺值守（白班）"
    assert duty(set_to, march(3, 8)) == "当班：贺值守（白班）"
    assert duty(set_to, march(4, 3)) == "值守：今天没有排班，请在“值班表”登记"


def test_a_row_of_many_days_stands_once(set_to: County) -> None:
    rostered(set_to, "watch", "夜班", 1, 31)
    rostered(set_to, "watch2", "白班", 1, 31)
    assert duty(set_to, march(9, 3)) == "当班：罗值守（夜班）；今天还有：贺值守（白班）"


def test_without_hours_all_of_the_day_are_named_with_their_shifts(county: County) -> None:
    rostered(county, "watch", "夜班", 2)
    rostered(county, "watch2", "白班", 2)
    assert duty(county, march(2, 9)) == "值守：罗值守（夜班）、贺值守（白班）"
    assert duty(county, march(3, 3)) == "值守：今天没有排班，请在“值班表”登记"


def test_a_shift_whose_name_has_no_hours_stands_with_the_rest(set_to: County) -> None:
    rostered(set_to, "watch2", "带班", 2)
    assert duty(set_to, march(2, 9)) == "值守：贺值守（带班）"
    rostered(set_to, "watch", "白班", 2)
    assert duty(set_to, march(2, 9)) == "当班：罗值守（白班）；今天还有：贺值守（带班）"


def test_hours_and_rosters_of_another_region_count_for_nobody_here(set_to: County) -> None:
    other = settle_county("白河县", code="990122", now=march(1, 0))
    rostered(set_to, "watch", "白班", 2)
    rostered(other, "watch2", "白班", 2)
    assert duty(set_to, march(2, 9)) == "当班：罗值守（白班）"
    assert duty(other, march(2, 9)) == "值守：贺值守（白班）"
    set_here(other, "alarm.watch_shifts", "白班 10:00-18:00", now=march(1, 0))
    assert duty(other, march(2, 9)) == "当班：此刻没有排班；今天还有：贺值守（白班）"


def test_the_part_that_is_asked_for_again_tells_of_the_change(set_to: County) -> None:
    rostered(set_to, "watch", "白班", 2)
    rostered(set_to, "watch2", "夜班", 2)
    part = "/desk/alarms/burning/"
    assert duty(set_to, march(2, 19, 59), path=part).startswith("当班：罗值守")
    assert duty(set_to, march(2, 20), path=part).startswith("当班：贺值守")


def test_hours_that_are_no_times_are_refused_in_a_sentence(county: County) -> None:
    for told in ("早班", "早班 8-16", "早班 08:00-25:00", "早班 08:00-16:00、早班 16:00-24:00"):
        with pytest.raises(PackRefused, match="如早班 08:00-16:00"):
            set_value(
                "alarm.watch_shifts",
                region=county.region,
                value=told,
                reason="值班制度",
                by=None,
                now=march(1),
            )
