"""The evidence sheet of an alarm: readings, files with digests, story and the trail's head."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import standing_at
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.evidence import ROWS, sheet_of
from tests.clauses.mine import METHANE, Mine, alarms, clock
from tests.doors import Door
from tests.people import County


@pytest.fixture
def alarm(county: County, tmp_path: Path) -> Matter:
    """Ten minutes over the limit, from 08:00 on."""
    del county
    folder = tmp_path / "inbox"
    folder.mkdir()
    mine = Mine(folder)
    mine.define(METHANE)
    for at, value in (("07:55:00", "0.4"), ("08:00:00", "1.1"), ("08:05:00", "1.2")):
        mine.send(at, value)
    mine.send("08:10:00", "0.4")
    mine.arrive(clock(8, 11))
    (found,) = alarms()
    return found


def test_the_sheet_names_what_the_alarm_rests_on(county: County, door: Door, alarm: Matter) -> None:
    answered = {"answered_by": "调度室值班调度员", "answered_at": "2026-03-01 08:12"}
    door.press("watch", alarm, "receive", clock(8, 13), **answered)
    rows = list(Episode.objects.filter(matter=alarm))
    sheet = sheet_of(alarm, rows, by=county.actor("watch"), now=clock(9, 0))
    facts = dict(sheet.facts)
    assert facts["测点编号"] == METHANE
    assert facts["当时门限"] == "报警≥1"
    assert (facts["极值"], facts["极值时间"]) == ("1.2 %CH4", "2026-03-01 08:05:00")
    assert [row[:2] for row in sheet.rows] == [
        ("03-01 07:55:00", "0.4 %CH4"),
        ("03-01 08:00:00", "1.1 %CH4"),
        ("03-01 08:05:00", "1.2 %CH4"),
        ("03-01 08:10:00", "0.4 %CH4"),
    ]
    taken = {path.name: path for path in Path(settings.HOME).glob("telemetry/taken/**/*.txt")}
    assert [word for word, _path, _digest in sheet.files] == ["首次", "极值", "恢复"]
    for _word, path, digest in sheet.files:
        assert digest == hashlib.sha256(taken[Path(path).name].read_bytes()).hexdigest()
    assert any("调度室值班调度员" in words for _at, words in sheet.story)
    head = Entry.objects.filter(matter_id=alarm.pk).order_by("-seq").values_list("hash")[0][0]
    assert bytes(head).hex() in dict(sheet.seal)["留痕末条（SM3）"]
    assert sheet.made.startswith("罗值守 2026-03-01 09:00:00")


def test_who_gets_the_file(county: County, neighbour: County, alarm: Matter) -> None:
    path = f"/desk/alarms/{to_code(alarm.pk)}/evidence.pdf"
    with standing_at(clock(9, 0)):
        for home, account, status in (
            (county, "watch", 200),
            (county, "cashier", 404),
            (county, "dispatcher", 200),
            (county, "inspector", 404),
            (neighbour, "watch", 404),
        ):
            client = Client(raise_request_exception=False)
            client.force_login(home.users[account])
            answer = client.get(path)
            assert answer.status_code == status, account
            if status == 200:
                assert answer.content.startswith(b"%PDF")
                assert "attachment" in answer["Content-Disposition"]


def test_a_long_alarm_keeps_to_so_many_rows(county: County, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    mine = Mine(folder)
    mine.define(METHANE)
    for number in range(200):
        value = "1.9" if number == 77 else "1.1"
        mine.send(f"{8 + number // 60:02}:{number % 60:02}:00", value)
    mine.arrive(clock(11, 30))
    (found,) = alarms()
    rows = list(Episode.objects.filter(matter=found))
    sheet = sheet_of(found, rows, by=county.actor("watch"), now=clock(11, 30))
    assert len(sheet.rows) <= ROWS
    assert sheet.rows[0][0] == "03-01 08:00:00"
    assert ("03-01 09:17:00", "1.9 %CH4", "") in sheet.rows
    assert "均匀列出" in sheet.rows_words
    assert dict(sheet.facts)["恢复"] == "未恢复"
