"""更正 of an alarm: what people wrote, one thing at a time, and nothing that readings say."""

import pytest
from django.test import Client
from tests.clauses.mine import METHANE, Mine, alarms, clock
from tests.doors import Door
from tests.people import County

from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.matters.revisions import ask_correction
from bihuan.monitoring.alarms import fields

CALL = {"called": "调度室", "called_at": "2026-03-01 08:02", "answered": "否"}


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """青石岭煤矿 with a methane sensor, alarm at 1.0."""
    mine.define(METHANE)
    return mine


@pytest.fixture
def desk(county: County) -> Client:
    """The browser of whoever keeps watch."""
    client = Client()
    client.force_login(county.users["watch"])
    return client


@pytest.fixture
def alarm(mine: Mine) -> Matter:
    """An alarm that lasts."""
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    (found,) = alarms()
    return found


def correct(alarm: Matter) -> str:
    return f"/desk/matters/{to_code(alarm.pk)}/correct"


def test_what_readings_say_is_not_offered_for_correction(
    desk: Client, county: County, alarm: Matter
) -> None:
    with standing_at(clock(8, 2)):
        nothing = desk.get(correct(alarm))
        assert "更正内容" not in desk.get(correct(alarm).removesuffix("correct")).content.decode()
    assert "没有可以更正的内容" in nothing.content.decode()
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    with standing_at(clock(8, 4)):
        page = desk.get(correct(alarm)).content.decode()
    assert 'name="called"' in page
    for asked in fields.READ:
        assert f'name="{asked.key}"' not in page


@pytest.mark.parametrize("asked", fields.READ, ids=[one.key for one in fields.READ])
def test_what_readings_say_is_not_corrected(county: County, alarm: Matter, asked: object) -> None:
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    key = getattr(asked, "key", "")
    before = Facts.objects.get(pk=alarm.pk).data
    with pytest.raises(Refused, match="由系统按数据写入，不能更正"):
        ask_correction(
            alarm.pk,
            changes={"called": "矿长", key: "1"},
            reason="读错。",
            by=county.actor("watch"),
            now=clock(8, 4),
        )
    assert Facts.objects.get(pk=alarm.pk).data == before


def test_a_correction_demands_only_what_is_changed(
    desk: Client, county: County, alarm: Matter
) -> None:
    Door(county).press("watch", alarm, "call", clock(8, 3), **CALL)
    with standing_at(clock(8, 4)):
        page = desk.get(correct(alarm)).content.decode()
    assert 'value="调度室"' in page
    assert page.count('class="must"') == 1  # the reason
    blank = {"called": "矿长", "called_at": "", "answered": "", "revision_reason": "岗位写错。"}
    with standing_at(clock(8, 5)):
        answer = desk.post(correct(alarm), blank)
    assert answer.status_code == 303, answer.content.decode()
    kept = Facts.objects.get(pk=alarm.pk).data
    assert kept["called"] == "矿长"
    assert kept["answered"] is False
    assert kept["called_at"].startswith("2026-03-01T08:02")
    assert Entry.objects.filter(matter_id=alarm.pk, step="correct").count() == 1
