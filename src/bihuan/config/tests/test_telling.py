"""The demonstration told at speed: days come one by one, the watches find, nothing comes twice."""

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Count, Max

from bihuan.config.demo_data import demo_data
from bihuan.config.demo_figures import settle_figures
from bihuan.config.demo_places import settle_places
from bihuan.config.demo_story import between
from bihuan.config.demo_telling import Kept, Telling, what_will_be_seen
from bihuan.config.tests.processes import serving
from bihuan.language.clock import SHANGHAI
from bihuan.matters.grounds import SiteGround
from bihuan.matters.models import Matter
from bihuan.monitoring.activity.codes import NOT_STOPPED
from bihuan.monitoring.activity.intake import take
from bihuan.monitoring.activity.series import OUTPUT, POWER
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.regulations.packs import load_packs

NOW = datetime(2026, 11, 23, 9, 20, tzinfo=SHANGHAI)
NEW_YEAR = datetime(2027, 1, 9, 9, 20, tzinfo=SHANGHAI)
A_MINUTE = timedelta(minutes=1)
A_DAY_A_MINUTE = 1440
WAIT_S = 60.0
TOLD_SINCE = "SELECT count(*) FROM monitoring_seriesvalue WHERE at >= ?"
FOUND = """SELECT data FROM matters_facts JOIN matters_matter ON id = matter_id
    WHERE kind = 'site_proposal' AND data LIKE '%seven_series%'"""


def settled(now: datetime, *, at_speed: bool) -> None:
    """The county's mines with their figures, and nothing else of the demonstration."""
    load_packs(settings.DATA / "packs", now=now)
    since = now - timedelta(days=150)
    county = settle_places(today=now.date(), since=since.date(), now=since)
    settle_figures(county, now=now, at_speed=at_speed)


def started(now: datetime, *, speed: int = A_DAY_A_MINUTE) -> Telling:
    """A process that has just read how far the figures came."""
    kept = Kept.read()
    assert kept
    return Telling(kept, now=now, speed=speed)


def tell(telling: Telling, *, at: datetime) -> None:
    """Everything that is due at a real moment."""
    while telling.step(now=at):
        pass


def proposed(key: str) -> list[tuple[str, str, datetime]]:
    """What was proposed about a mine: watch, ground, moment of opening."""
    kept = Kept.read()
    assert kept
    site = next(mine.site for mine in kept.mines if mine.key == key)
    found = Matter.objects.filter(kind="site_proposal", site=site).select_related("facts_row")
    rows = [(one.facts_row.data, one.opened_at) for one in found.order_by("opened_at", "id")]
    return [(facts["watch"], facts["ground"], at) for facts, at in rows]


def note(seen: dict[str, datetime], told: datetime) -> None:
    """What has been found of what was announced, and when it was first seen."""
    for one in demo_data("figures")["seen"]:
        if any(watch == one["watch"] for watch, _ground, _at in proposed(one["mine"])):
            seen.setdefault(one["mine"], told)


def stored() -> dict[str, Any]:
    """How many figures there are, up to when, and how often one of them was altered."""
    told = SeriesValue.objects.aggregate(count=Count("pk"), last=Max("at"), version=Max("version"))
    return dict(told)


def day(number: int, *, of: datetime = NOW) -> datetime:
    """The midnight that begins a day of the story."""
    return of.replace(hour=0, minute=0) + timedelta(days=number)


@pytest.mark.django_db
def test_without_a_speed_three_mines_are_settled_up_to_yesterday() -> None:
    settled(NOW, at_speed=False)
    kept = Kept.read()
    assert kept
    assert [mine.key for mine in kept.mines] == ["over", "shut", "usual"]
    assert kept.settled_on == NOW.date()
    assert kept.told == day(0)
    assert stored()["count"] == 8568
    assert "没有可加快的" in what_will_be_seen(now=NOW, speed=60, address="")


@pytest.mark.django_db
def test_without_a_speed_hours_go_on_as_they_end() -> None:
    settled(NOW, at_speed=False)
    telling = started(NOW, speed=1)
    tell(telling, at=NOW)
    assert telling.told == NOW.replace(minute=0)
    hours = SeriesValue.objects.filter(at__gte=day(0))
    assert hours.count() == 2 * 9  # power of two mines; the day itself comes when it is over
    assert not telling.step(now=NOW + timedelta(minutes=39))
    telling.step(now=NOW + timedelta(minutes=40))
    assert hours.count() == 2 * 10
    tell(telling, at=day(1) + timedelta(minutes=59))
    assert not SeriesValue.objects.filter(series=OUTPUT, at=day(0)).exists()
    tell(telling, at=day(1) + timedelta(hours=1))
    assert SeriesValue.objects.filter(series=OUTPUT, at=day(0)).count() == 2  # one is shut
    assert SeriesValue.objects.filter(series=POWER, at__gte=day(0)).count() == 2 * 25
    assert stored()["version"] == 1
    assert proposed("shut") == [], "looking is left to the worker"


@pytest.mark.django_db
def test_days_on_which_nothing_was_served_are_told_and_looked_at_together() -> None:
    settled(NOW, at_speed=False)
    later = NOW + timedelta(days=5)
    telling = started(later, speed=1)
    tell(telling, at=later)
    assert telling.told == later.replace(minute=0)
    nights = set(SiteGround.objects.filter(watch="power_kinds").values_list("key", flat=True))
    assert {f"{NOT_STOPPED}/{day(number):%Y-%m-%d}" for number in range(5)} <= nights
    kinds = [ground for watch, ground, _at in proposed("shut") if watch == "power_kinds"]
    assert len({ground.split("/")[0] for ground in kinds}) == len(kinds), "one for each kind"
    assert stored()["version"] == 1


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("now", [NOW, NEW_YEAR])
def test_the_hidden_face_is_proposed_on_the_day_that_was_announced(now: datetime) -> None:
    settled(now, at_speed=True)
    words = what_will_be_seen(now=now, speed=A_DAY_A_MINUTE, address="http://x")
    assert "每 60 秒过一个模拟日" in words
    assert "第 8 个模拟日（约 7 分钟后）软件提出研判建议：黄土梁煤矿产量照旧" in words
    assert "第 16 个模拟日（约 15 分钟后）软件提出研判建议：老鹰嘴煤矿责令停产期间" in words
    telling = started(now)
    seen: dict[str, datetime] = {}
    for second in range(5, 21 * 60, 5):  # two hours each time
        at = now + timedelta(seconds=second)
        while telling.step(now=at):
            note(seen, telling.told)
        note(seen, telling.told)
        if second == 7 * 60:
            assert SeriesValue.objects.filter(series=OUTPUT, at=day(-15, of=now)).exists()
            assert not SeriesValue.objects.filter(at__gte=day(-13, of=now)).exists()
            assert proposed("hidden") == []
    kept = telling.kept
    assert seen == {one["mine"]: kept.when(one["day"]) for one in demo_data("figures")["seen"]}
    first = proposed("hidden")[0]
    assert first[:2] == ("seven_series", f"{day(-14, of=now):%Y-%m-%d}")
    assert first[2] == now + timedelta(seconds=7 * 60 + 5), "proposed in the present"
    assert proposed("usual") == []
    assert telling.told == now.replace(minute=0), "it caught up with the present"


@pytest.mark.django_db
def test_killed_at_any_time_nothing_is_lost_and_nothing_comes_twice() -> None:
    settled(NOW, at_speed=True)
    before = stored()["count"]
    real = NOW
    for _start in range(8):  # each lives for twenty seconds, a third of a simulated day
        telling = started(real)
        for _round in range(10):
            real += timedelta(seconds=2)
            telling.step(now=real)
    assert telling.told == day(-20) + timedelta(hours=8 * 8)
    told = between(telling.mines, since=day(-20), until=telling.told)
    came = [one for one in told if one.at >= day(-20)]
    assert stored() == {
        "count": before + len(came),
        "last": telling.told - A_MINUTE * 60,
        "version": 1,
    }


@pytest.mark.django_db
def test_killed_before_the_watches_could_look_they_look_at_the_next_start() -> None:
    settled(NOW, at_speed=True)
    kept = Kept.read()
    assert kept
    found_at = kept.when(-13)
    take(between(kept.mines, since=kept.told, until=found_at), source="演示数据", now=found_at)
    assert proposed("hidden") == []
    assert not started(NOW).step(now=NOW + timedelta(seconds=1)), "an hour isn't over"
    started(NOW).step(now=NOW + timedelta(seconds=3))
    assert ("seven_series", f"{day(-14):%Y-%m-%d}", NOW + timedelta(seconds=3)) in proposed(
        "hidden"
    )


@pytest.mark.slow
@pytest.mark.once
def test_served_at_speed_the_face_is_proposed_and_a_second_start_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    arguments = ("--demo", "--speed", "100000", "--port", "0")
    start = day(-20, of=datetime.now(SHANGHAI)).astimezone(UTC)
    with serving(home, *arguments, BIHUAN_MODE="demo") as served:
        assert wait_for(home, TOLD_SINCE, f"{start:%Y-%m-%d %H}") > 0
        assert "--speed 100000：每 1 秒过一个模拟日" in served.log.read_text("utf-8")
    with serving(home, *arguments, BIHUAN_MODE="demo") as served:
        facts = json.loads(wait_for(home, FOUND))
        assert "黄土梁煤矿" in facts["title"]
        assert facts["figures"]
        assert facts["chart"]["points"]
        assert served.ask("/health/live")[0] == 200
        assert wait_for(home, "SELECT max(version) FROM monitoring_seriesvalue") == 1


def wait_for(home: Path, question: str, *values: str) -> Any:
    """The answer to a question about a served data folder, once there is one."""
    until = time.monotonic() + WAIT_S
    with closing(sqlite3.connect(f"file:{home / 'bihuan.sqlite3'}?mode=ro", uri=True)) as reading:
        while time.monotonic() < until:
            row = reading.execute(question, values).fetchone()
            if row and row[0]:
                return row[0]
            time.sleep(0.2)
    raise AssertionError(f"no answer to {question!r}")
