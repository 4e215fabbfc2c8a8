"""The living demonstration: readings that say what they should, and people who act on alarms."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.clauses.crews import Crews
from tests.clauses.mine import MINE, alarms
from tests.doors import Door, march
from tests.people import County

from bihuan.config.demo_data import demo_data
from bihuan.config.demo_readings import Readings
from bihuan.config.demo_watch import handle_alarms
from bihuan.config.https import Https, https_from
from bihuan.config.serving import children
from bihuan.matters.models import Matter
from bihuan.monitoring.alarms.following import follow
from bihuan.telemetry.checking import check
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import Ingest

BEGAN = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def readings(tmp_path: Path) -> Readings:
    """One mine of the demonstration."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return Readings(inbox, [(MINE, "青石岭煤矿")], began=BEGAN)


def test_every_file_is_as_a_vendor_should_write_it(readings: Readings) -> None:
    readings.define(BEGAN)
    readings.send(BEGAN)
    paths = sorted(readings.inbox.iterdir())
    assert [path.name.split("_")[1] for path in paths] == ["CDDY", "CDSS"]
    for path in paths:
        assert not any(one.is_fault for one in check(path.read_bytes(), name=path.name))


def test_something_happens_within_a_minute_and_passes(readings: Readings) -> None:
    told = demo_data("living")
    assert readings.event_at(BEGAN) is None
    first = BEGAN + timedelta(seconds=told["first_event_s"])
    assert readings.event_at(first + timedelta(seconds=30)) is not None
    over = first + timedelta(seconds=told["event_lasts_s"] + 1)
    assert readings.event_at(over) is None
    assert told["first_event_s"] <= 60


def test_an_alarm_arises_is_handled_and_closed(
    county: County, readings: Readings, tmp_path: Path
) -> None:
    readings.define(BEGAN)
    told = demo_data("living")
    moment, last = BEGAN, BEGAN + timedelta(seconds=told["first_event_s"] + 300)
    while moment <= last:
        readings.send(moment)
        moment += timedelta(seconds=told["every_s"])
    store = tmp_path / "telemetry"
    store.mkdir()
    Ingest(folder=store, channels=[WatchedFolder(readings.inbox, taken=store / "taken")]).once()
    county.users["watch"].username = "watch"
    county.users["watch"].save()
    follow(now=BEGAN + timedelta(seconds=120))
    (alarm,) = alarms()
    later = alarm.opened_at
    for _round in range(60):
        later += timedelta(seconds=60)
        handle_alarms(now=later)
    assert Matter.objects.get(pk=alarm.pk).stage == "closed"
    assert not Matter.objects.filter(parent=alarm, is_open=True).exists()


def test_a_fan_stops_and_the_people_say_why(county: County, tmp_path: Path) -> None:
    told = demo_data("living")
    (turn,) = [n for n, one in enumerate(told["events"]) if one["cause"] == "power_cut"]
    place = told["events"][turn]["mine"]
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    others = [(f"99{number:010}", "另一座矿") for number in range(place)]
    fan = Readings(inbox, [*others, (MINE, "青石岭煤矿")], began=BEGAN)
    fan.define(BEGAN)
    since = BEGAN + timedelta(seconds=told["first_event_s"] + turn * told["event_every_s"])
    for second in range(-10, told["event_lasts_s"] + 20, told["every_s"]):
        fan.send(since + timedelta(seconds=second))
    store = tmp_path / "telemetry"
    store.mkdir()
    Ingest(folder=store, channels=[WatchedFolder(inbox, taken=store / "taken")]).once()
    county.users["watch"].username = "watch"
    county.users["watch"].save()
    follow(now=since + timedelta(minutes=5))
    (alarm,) = alarms()
    assert alarm.title == "302掘进工作面 局部通风机停风"
    for minute in range(5, 60):
        handle_alarms(now=alarm.opened_at + timedelta(minutes=minute))
    alarm.refresh_from_db()
    known = alarm.facts_row.data
    assert (alarm.stage, known["cause"]) == ("closed", "power_cut")
    assert known["verified_words"].startswith("电工到现场核实")
    assert known["state"] == "停风，已恢复"


def test_ingest_and_living_are_served_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIHUAN_INBOX", "/srv/inbox")
    monkeypatch.setenv("BIHUAN_LIVING", "1")
    names = [child.name for child in children(host="127.0.0.1", port=1, https=plain())]
    assert names == ["web", "worker", "ingest", "living"]
    monkeypatch.delenv("BIHUAN_LIVING")
    monkeypatch.delenv("BIHUAN_INBOX")
    names = [child.name for child in children(host="127.0.0.1", port=1, https=plain())]
    assert names == ["web", "worker"]


def plain() -> Https:
    return https_from({})


def test_an_over_crewed_face_is_handled_and_closed(county: County) -> None:
    county.users["watch"].username = "watch"
    county.users["watch"].save()
    crews = Crews(Door(county))
    crews.face("mech_heading")
    crews.send(march(2, 9), at_face=19)
    crews.send(march(2, 9, 5), at_face=18)
    for minute in range(6, 20):
        handle_alarms(now=march(2, 9, minute) + timedelta(hours=1))
    alarm = Matter.objects.get(kind="crew_alarm")
    assert alarm.stage == "closed"
    assert alarm.facts_row.data["measures"].startswith("多余人员已撤出")
