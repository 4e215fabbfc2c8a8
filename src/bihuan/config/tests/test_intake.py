"""How the taking in of readings is: told by the process itself, seen on every way of asking."""

import shutil
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from bihuan.config.condition import condition_of
from bihuan.config.intake import Intake, intake_of
from bihuan.config.status_page import facts_of
from bihuan.config.tests.test_condition import HERE, alive, figure
from bihuan.telemetry.intake.heartbeat import NAME, Heartbeat, write_heartbeat
from bihuan.telemetry.intake.spool import Spool

__all__ = ["alive"]
pytestmark = pytest.mark.once
GOOD = Heartbeat(at=time.time(), committed_at=time.time() - 90)


@pytest.fixture
def store(tmp_path: Path, settings: LazySettings) -> Path:
    settings.HOME = tmp_path
    found = tmp_path / "telemetry"
    found.mkdir()
    return found


def seen(beat: Heartbeat | None = GOOD, *, after_s: float = 1) -> Intake:
    if beat:
        write_heartbeat(store_of(), beat)
    found = intake_of(datetime.fromtimestamp(GOOD.at + after_s, tz=timezone.get_current_timezone()))
    assert found is not None
    return found


def store_of() -> Path:
    from django.conf import settings  # noqa: PLC0415 - as the fixture left them

    return Path(settings.HOME) / "telemetry"


def alarms(found: Intake) -> dict[str, str]:
    return {key: words for key, words, is_wrong in found.checks() if is_wrong}


def test_where_readings_were_never_taken_in_nothing_is_told(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.HOME = tmp_path
    assert intake_of(timezone.now()) is None


@pytest.mark.usefixtures("store")
def test_all_is_well() -> None:
    found = seen()
    assert alarms(found) == {}
    assert found.committed_s == pytest.approx(91, abs=0.1)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("beat", "after_s", "key", "words"),
    [
        (GOOD, 301, "ingest_stopped", "请启动 bihuan-ingest"),
        (replace(GOOD, failing="disk full"), 1, "ingest_failing", "disk full。文件都还在"),
        (
            replace(GOOD, feeds=("连不上消息服务器。",), away_since=GOOD.at - 60),
            1,
            "broker_away",
            "连不上消息服务器",
        ),
        (replace(GOOD, troubles=("“a”读不了。", "“b”读不了。")), 1, "readings_unread", "2 处"),
    ],
)
def test_each_alarm(beat: Heartbeat, after_s: float, key: str, words: str) -> None:
    found = alarms(seen(beat, after_s=after_s))
    assert list(found) == [key]
    assert words in found[key]


@pytest.mark.usefixtures("store")
def test_a_broker_that_is_away_for_a_moment_is_no_alarm() -> None:
    away = replace(GOOD, feeds=("连接断了。",), away_since=GOOD.at - 59)
    assert alarms(seen(away)) == {}


def test_files_that_nobody_takes_in(store: Path, settings: LazySettings) -> None:
    Spool(store / "spool").keep(b"x" * 1000, name="a")
    came_s = time.time() - GOOD.at  # other tests ran since this module was read
    assert alarms(seen(None, after_s=came_s)) == {}
    assert list(alarms(seen(None, after_s=came_s + 400))) == ["ingest_stopped"]
    settings.TELEMETRY_SPOOL_BYTES_MAX = 1_500
    assert list(alarms(seen())) == ["spool_filling"]


def test_a_file_that_was_set_aside(store: Path) -> None:
    (store / "set_aside").mkdir()
    for name in ("a.file", "a.json"):
        (store / "set_aside" / name).write_text("x")
    found = alarms(seen())
    assert list(found) == ["readings_set_aside"]
    assert found["readings_set_aside"].startswith("有 1 个")


def test_every_way_of_asking_tells(
    store: Path, alive: datetime, client: Client, settings: LazySettings
) -> None:
    write_heartbeat(store, Heartbeat(at=alive.timestamp() - 3600, committed_at=alive.timestamp()))
    assert "ingest_stopped" in client.get("/health/ready").json()["alarms"]
    figures = client.get("/metrics", headers=HERE).text
    assert figure(figures, "ingest_age_seconds") > 3500
    assert figure(figures, "ingest_spool_bytes") == 0
    with pytest.raises(CommandError, match="请启动 bihuan-ingest"):
        call_command("status")
    words = dict(facts_of(condition_of(alive)))
    assert words["监测收件"] == "已停"
    write_heartbeat(store, Heartbeat(at=alive.timestamp()))
    words = dict(facts_of(condition_of(alive)))
    assert (words["监测收件"], words["监测最近入账"]) == ("正常", "从未")
    write_heartbeat(store, Heartbeat(at=alive.timestamp(), committed_at=alive.timestamp() - 300))
    assert dict(facts_of(condition_of(alive)))["监测最近入账"] == "5 分钟前"
    (store / NAME).unlink()
    assert dict(facts_of(condition_of(alive)))["监测收件"] == "没有运行过"
    free = shutil.disk_usage(store).free
    settings.DISK_RESERVE_BYTES = free * 2
    roomy = replace(condition_of(alive), disk_free_bytes=free * 3)  # on a disk of its own
    assert "disk_full" in roomy.alarms
