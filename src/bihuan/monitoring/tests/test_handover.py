"""交接班: who goes sees and keeps what is open, who comes sees what came since and signs."""

from typing import Any

import pytest
from django.test import Client
from tests.clauses.crews import Crews
from tests.clauses.mine import Mine, alarms, clock, point
from tests.doors import Door

from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Facts, Matter, Recusal
from bihuan.matters.moment import standing_at
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.alarms import handover

OPEN = "/desk/m/shift_handover/new/"
NOTES = "夜班甲烷报警一件，调度室已应答。"


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """Two methane sensors; the first is over its limit since 08:05."""
    mine.define(point(1))
    mine.define(point(2))
    mine.send("08:05:00", "1.24", point=point(1))
    mine.arrive(clock(8, 6))
    return mine


def hand_over(door: Door) -> Matter:
    body = {"kind": "shift_handover", "answers": {"notes": NOTES}}
    told = door.call("watch", "post", "matters", clock(8, 10), body)
    return Matter.objects.get(pk=from_code(told["id"]))


def page(door: Door, account: str, path: str, minute: int = 20) -> str:
    client = Client()
    client.force_login(door.county.users[account])
    with standing_at(clock(8, minute)):
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def card(whole: str, key: str) -> str:
    """The list of that name."""
    return whole.split(f'id="{key}"', 1)[1].split("</section>", maxsplit=1)[0]


def told_by_api(door: Door, account: str, matter: Matter, key: str) -> dict[str, Any]:
    facts = door.read(account, matter, clock(8, 30))["facts"]
    return next(fact for fact in facts if fact["key"] == key)


def address(matter: Matter) -> str:
    return f"/desk/matters/{to_code(matter.pk)}/"


def test_the_form_says_before_what_will_be_listed(door: Door, mine: Mine) -> None:
    del mine
    (alarm,) = alarms()
    listed = card(page(door, "watch", OPEN), "open_alarms")
    for words in (alarm.number, "青石岭煤矿", "东翼回风巷", "报警，自 03-01 08:05；现在：监测预警"):
        assert words in listed
    assert address(alarm) in listed


def test_the_list_stays_as_it_was_handed_over(door: Door, mine: Mine) -> None:
    (alarm,) = alarms()
    handed = hand_over(door)
    receipt = {"answered_by": "调度室值班调度员", "answered_at": "2026-03-01 08:11"}
    door.press("watch", alarm, "receive", clock(8, 12), **receipt)
    mine.send("08:15:00", "1.31", point=point(2))
    mine.arrive(clock(8, 16))
    for path in (address(handed), f"{address(handed)}steps/sign_over/"):
        listed = card(page(door, "watch2", path), "open_alarms")
        assert listed.count("<li") == 1
        for words in (alarm.number, address(alarm), "当时：监测预警"):
            assert words in listed


def test_who_comes_reads_before_signing_what_came_since(door: Door, mine: Mine) -> None:
    handed = hand_over(door)
    form = f"{address(handed)}steps/sign_over/"
    assert "交班后没有新来的报警。" in card(page(door, "watch2", form), "came_since")
    assert 'id="came_since"' not in page(door, "watch2", address(handed))
    mine.send("08:15:00", "1.31", point=point(2))
    mine.arrive(clock(8, 16))
    _first, second = alarms()
    assert second.number in card(page(door, "watch2", form), "came_since")
    signed = door.press("watch2", handed, "sign_over", clock(8, 21))
    listed = card(page(door, "watch", address(signed), 22), "came_since")
    assert listed.count("<li") == 1
    assert second.number in listed
    told = told_by_api(door, "watch2", signed, "came_since")
    assert [row["id"] for row in told["value"]] == [to_code(second.pk)]


def test_a_crew_over_its_limit_is_handed_over(door: Door, mine: Mine) -> None:
    del mine
    crews = Crews(door)
    crews.face("mech_heading")
    crews.send(clock(8, 7), at_face=19)
    handed = hand_over(door)
    assert handed.title == "2026-03-01 交接班，未销报警 2 件"
    listed = card(page(door, "watch2", address(handed)), "open_alarms")
    for words in ("青石岭煤矿 3101工作面", "超员，19 人，限员 18 人，自 03-01 08:07"):
        assert words in listed
    told = told_by_api(door, "watch2", handed, "open_alarms")
    assert told["label"] == "交班时未销的报警"
    assert "限员 18 人" in str(told["words"])
    assert len(told["value"]) == 2


def test_without_alarms_the_page_says_so(door: Door) -> None:
    handed = hand_over(door)
    assert "没有未销的报警。" in card(page(door, "watch2", address(handed)), "open_alarms")
    assert told_by_api(door, "watch2", handed, "open_alarms")["words"] == "没有未销的报警。"


def test_only_those_who_see_an_alarm_get_its_address(door: Door, mine: Mine) -> None:
    del mine
    (alarm,) = alarms()
    handed = hand_over(door)
    person = door.county.users["watch2"].person
    with engine_writes():
        Recusal.objects.create(matter=alarm, person=person, reason="本人亲属为该矿负责人")
    listed = card(page(door, "watch2", address(handed)), "open_alarms")
    assert alarm.number in listed
    assert address(alarm) not in listed
    (row,) = told_by_api(door, "watch2", handed, "open_alarms")["value"]
    assert row["id"] == ""


def test_more_than_are_listed_are_counted(
    door: Door, mine: Mine, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.send("08:07:00", "1.31", point=point(2))
    mine.arrive(clock(8, 8))
    monkeypatch.setattr(handover, "LISTED_MAX", 1)
    handed = hand_over(door)
    assert "另有 1 件没有列出" in card(page(door, "watch2", address(handed)), "open_alarms")


def test_lists_kept_as_text_by_earlier_versions_are_read(door: Door) -> None:
    handed = hand_over(door)
    row = Facts.objects.get(pk=handed.pk)
    with engine_writes():
        row.data = {**row.data, "open_alarms": "报2026-1 东翼回风巷\n报2026-2 西翼回风巷"}
        row.save()
    listed = card(page(door, "watch2", address(handed)), "open_alarms")
    assert listed.count("<li") == 2
    assert "报2026-2 西翼回风巷" in listed
