"""Following the ledger of readings: nothing lost or doubled, whatever happens between."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.clauses.mine import METHANE, MINE, Mine, alarms, clock
from tests.doors import Door
from tests.people import County

from bihuan.matters.models import Facts, Matter, Outbox
from bihuan.monitoring.alarms.following import follow, try_again
from bihuan.monitoring.alarms.tables import Episode, Followed
from bihuan.places.models import Site


@pytest.fixture
def mine(mine: Mine) -> Mine:
    """One methane sensor, alarm at 1.0, power off at 1.5."""
    mine.define(METHANE, cut="1.5")
    return mine


def facts(matter: Matter) -> dict[str, object]:
    return dict(Facts.objects.get(pk=matter.pk).data)


def test_the_same_changes_again_change_nothing(mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.send("08:10:00", "0.20")
    mine.arrive(clock(8, 11))
    (alarm,) = alarms()
    Followed.objects.update(commit=0, episode=0)
    assert follow(now=clock(8, 12)) == 2  # the alarm, and the gap between the two readings
    assert [one.last_seq for one in alarms()] == [alarm.last_seq]


def test_power_off_belongs_to_the_alarm_of_its_point(mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    mine.send("08:02:00", "1.60")
    mine.arrive(clock(8, 3))
    (alarm,) = alarms()
    assert facts(alarm)["level"] == "power_off"
    assert alarm.severity == 2
    assert Episode.objects.filter(matter=alarm).count() == 2


def test_each_episode_of_the_alarm_level_is_a_matter_of_its_own(mine: Mine) -> None:
    for minute, value in enumerate(("1.20", "0.20", "1.30", "0.30", "1.40")):
        mine.send(f"08:0{minute}:00", value)
    mine.arrive(clock(8, 6))
    assert [facts(one)["peak"] for one in alarms()] == ["1.2 %CH4", "1.3 %CH4", "1.4 %CH4"]


def test_a_peak_that_only_rises_leaves_the_trail_alone_until_the_end(mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 0, 1))
    (alarm,) = alarms()
    for minute in range(1, 5):
        mine.send(f"08:0{minute}:00", f"1.2{minute}")
        mine.arrive(clock(8, minute, 1))
    assert alarms()[0].last_seq == alarm.last_seq
    assert Episode.objects.get(matter=alarm).peak == 1.24
    mine.send("08:05:00", "0.20")
    mine.arrive(clock(8, 5, 1))
    assert alarms()[0].last_seq == alarm.last_seq + 1
    assert facts(alarm)["peak"] == "1.24 %CH4"


def test_a_peak_that_goes_on_by_a_tenth_of_the_limit_is_told(mine: Mine) -> None:
    mine.send("08:00:00", "1.00")
    mine.arrive(clock(8, 0, 1))
    (alarm,) = alarms()
    assert facts(alarm)["boundary"] == "边界值"
    told = []
    for minute, value in ((1, "1.01"), (2, "1.10"), (3, "1.11"), (4, "1.21")):
        mine.send(f"08:0{minute}:00", value)
        mine.arrive(clock(8, minute, 1))
        told.append((facts(alarms()[0])["peak"], alarms()[0].last_seq - alarm.last_seq))
    assert told == [("1.01 %CH4", 1), ("1.01 %CH4", 1), ("1.11 %CH4", 2), ("1.21 %CH4", 3)]
    assert "boundary" not in facts(alarms()[0])
    assert alarms()[0].title.endswith("1.21 %CH4")


def test_a_mine_that_is_not_on_file_gets_its_alarm_when_it_is(county: County, mine: Mine) -> None:
    Site.objects.filter(code=MINE).update(code="")
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    assert alarms() == []
    assert try_again(now=clock(8, 2)) == 0
    Site.objects.filter(pk=county.sites["qingshiling"].pk).update(code=MINE)
    assert try_again(now=clock(8, 3)) == 1
    assert len(alarms()) == 1
    assert try_again(now=clock(8, 4)) == 0


def test_a_reading_amended_after_somebody_acted_is_told_to_him(door: Door, mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.send("08:10:00", "0.20")
    mine.send("08:20:00", "0.20")
    mine.arrive(clock(8, 21))
    (alarm,) = alarms()
    told = {"answered_by": "调度室", "answered_at": "2026-03-01 08:22"}
    door.press("watch", alarm, "receive", clock(8, 23), **told)
    before = Outbox.objects.filter(matter=alarm).count()
    mine.send("08:05:00", "1.45")
    mine.arrive(clock(8, 30))
    assert "更正为“1.45”" in str(facts(alarm)["amended"])
    assert facts(alarm)["peak"] == "1.45 %CH4"
    assert Outbox.objects.filter(matter=alarm).count() > before


def test_a_ground_that_vanishes_is_closed_by_a_person(door: Door, mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.send("08:20:00", "0.20")
    mine.arrive(clock(8, 21))
    (alarm,) = alarms()
    mine.send("08:00:00", "0.40", status="0")  # the same time told otherwise, later in order
    mine.folder.joinpath("later").mkdir()
    for path in list(mine.folder.glob(f"{MINE}_CDSS_20260301080000.txt")):
        path.rename(mine.folder / "later" / f"{MINE}_CDSS_202603010800009.txt")
    mine.arrive(clock(8, 30))
    alarm = alarms()[0]
    assert alarm.is_open
    assert facts(alarm)["ground_withdrawn"] is True
    told = {"reason": "读数已由煤矿更正，经核对不成立。"}
    assert door.press("watch", alarm, "close_withdrawn", clock(8, 40), **told).stage == "withdrawn"


def test_an_older_ledger_put_back_doubles_nothing(mine: Mine, tmp_path: Path) -> None:
    mine.send("08:00:00", "1.20")
    mine.arrive(clock(8, 1))
    kept = tmp_path / "kept"
    kept.mkdir()
    for path in mine.store.glob("ledger.sqlite3*"):
        shutil.copy(path, kept)
    mine.send("08:02:00", "0.20")
    mine.send("08:04:00", "1.30")
    mine.arrive(clock(8, 5))
    before = [(one.pk, facts(one)["peak"]) for one in alarms()]
    for path in mine.store.glob("ledger.sqlite3*"):
        path.unlink()
    for path in kept.iterdir():
        shutil.copy(path, mine.store)
    follow(now=clock(8, 6))
    mine.arrive(clock(8, 7))
    assert [(one.pk, facts(one)["peak"]) for one in alarms()] == before


def test_an_alarm_nobody_answers_goes_up_the_ladder(door: Door, mine: Mine) -> None:
    mine.send("02:00:00", "1.20")
    mine.arrive(clock(2, 0, 1))
    (alarm,) = alarms()
    door.tick(clock(2, 15))
    assert not told_to(door, alarm, "leader")
    door.tick(clock(2, 15) + timedelta(seconds=1))
    assert told_to(door, alarm, "watch")
    assert told_to(door, alarm, "dispatcher")
    door.tick(clock(2, 30) + timedelta(seconds=1))
    assert told_to(door, alarm, "leader")


def told_to(door: Door, alarm: Matter, account: str) -> bool:
    user = door.county.users[account]
    found = Outbox.objects.filter(matter=alarm, user=user, channel="desk")
    return any("无人应答" in row.event for row in found)


def test_a_ledger_begun_anew_touches_no_alarm_of_before(mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.send("08:05:00", "0.20")
    mine.arrive(clock(8, 6))
    (before,) = alarms()
    shutil.rmtree(mine.store)
    mine.define(METHANE, cut="1.5")
    mine.send("09:00:00", "1.70")
    mine.arrive(clock(9, 1))
    first, second = alarms()
    assert (first.pk, first.last_seq) == (before.pk, before.last_seq)
    assert facts(first)["peak"] == "1.2 %CH4"
    assert facts(second)["peak"] == "1.7 %CH4"


def test_the_trail_says_that_a_reading_is_back_and_how_long_it_lasted(
    door: Door, mine: Mine
) -> None:
    mine.send("08:00:00", "1.10")
    mine.arrive(clock(8, 0, 30))
    mine.send("08:01:00", "1.34")
    mine.arrive(clock(8, 1, 30))
    mine.send("08:02:40", "0.40")
    mine.arrive(clock(8, 3))
    (alarm,) = alarms()
    trail = door.read("watch", alarm, clock(8, 4))["trail"]
    assert [line["words"] for line in trail][1:] == [
        "读数变化：峰值1.34 %CH4，报警。",
        "读数恢复，持续2分钟40秒，峰值1.34 %CH4。",
    ]


def test_a_reading_that_was_taken_back_is_not_said_to_be_over(door: Door, mine: Mine) -> None:
    mine.send("08:00:00", "1.20")
    mine.send("08:02:40", "0.40")
    mine.arrive(clock(8, 3))
    mine.send_again("08:00:00", "0.20", at="08:05:00")
    mine.arrive(clock(8, 6))
    (alarm,) = alarms()
    assert facts(alarm)["ground_withdrawn"] is True
    trail = door.read("watch", alarm, clock(8, 7))["trail"]
    assert not [line for line in trail if "读数恢复" in line["words"]]
