"""The pieces of `bench telemetry`: what peers are given, and what their statement counts."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bench.peers.clickhouse import measure as clickhouse
from bench.peers.feeding import Feed, Ours, Size, fed, series_of, steps_of, written
from bench.peers.postgres import EPISODES, TOP
from bench.peers.watchers import prometheus, victoria
from bench.telemetry import row

from bihuan.config.tests.processes import run
from bihuan.telemetry.replay import replay
from bihuan.telemetry.simulation.simulate import simulate

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("mines") / "in"
    simulate(made, mines=1, points=28, days=0.25, seed=5)
    return made


@pytest.fixture(scope="module")
def feed(folder: Path) -> Feed:
    return fed(folder, Size(series=60, steps=3))


def test_the_statement_counts_the_same_episodes(folder: Path, feed: Feed) -> None:
    """A database that is measured must do the same work, not any."""
    upper = [cells[3] for cells in replay(folder).rows if cells[2] == "upper_limit"]
    assert upper
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE reading (point, time, value, status)")
        base.execute(
            "CREATE TABLE limits (point, alarm_on, alarm_off, power_off_on, power_off_off)"
        )
        base.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", feed.rows.rows())
        base.executemany("INSERT INTO limits VALUES (?, ?, ?, ?, ?)", feed.limits.rows())
        for level in ("alarm", "power_off"):
            (count,) = base.execute(EPISODES.format(level=level)).fetchone()
            assert count == upper.count(level)
        assert base.execute(TOP).fetchone()[1] >= 30


def test_watchers_are_given_what_was_read(feed: Feed) -> None:
    """Every series at every step; where points are taken again, what they said later."""
    steps = list(steps_of(feed))
    names, limits = series_of(feed)
    first = feed.limits["point"][0]
    told = feed.rows.filter(feed.rows["point"] == first)["value"].to_list()
    assert [len(values) for values in steps] == [60] * 3
    assert [values[0] for values in steps] == told[:3]
    assert [values[28] for values in steps] == told[3:6]
    assert len(set(names)) == 60
    assert first.encode() in names[0]
    assert {value for _labels, value in limits} >= {1.0, 1.5}


def test_a_request_is_framed_as_snappy_asks(feed: Feed) -> None:
    """Its length, then pieces of at most 64 kB, each as it is."""
    names, _limits = series_of(feed)
    body = written(names * 40, [1.0] * len(names) * 40, at_ms=1_700_000_000_000)
    length = place = 0
    while body[place] > 127:
        length |= (body[place] & 127) << 7 * place
        place += 1
    length |= body[place] << 7 * place
    place, plain = place + 1, b""
    while place < len(body):
        assert body[place] == 0xF4
        size = int.from_bytes(body[place + 1 : place + 3], "little") + 1
        plain += body[place + 3 : place + 3 + size]
        place += 3 + size
    assert len(plain) == length > 65_536
    assert plain.count(names[0]) == 40


def test_a_peer_that_is_not_here_has_no_figure(
    feed: Feed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("bench.peers.clickhouse.PLACE", str(tmp_path))
    for peer in (prometheus, victoria, clickhouse):
        (only,) = peer(feed, folder=tmp_path, ours=Ours(rate=2.0, bytes_each=1.0), say=print)
        assert only["value"].startswith("没有装")
        assert only["met"] is None


def test_targets_are_met_from_the_right_side() -> None:
    assert row("rate", 2.0, "M", 2.0, is_least=True)["met"]
    assert not row("rate", 1.99, "M", 2.0, is_least=True)["met"]
    assert row("time", 4.99, "ms", 5)["met"]
    assert row("bare", 5.12345, "M") == {
        "name": "bare",
        "value": 5.123,
        "unit": "M",
        "target": None,
        "met": None,
    }


@pytest.mark.slow
def test_readings_are_measured(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = run(tmp_path / "home", "bench", "telemetry", "--quick", "--json", str(figures))
    assert done.returncode == 0, done.stderr
    told = {one["name"] for one in json.loads(figures.read_text("utf-8"))}
    assert {"files to episodes, replay", "bytes per point, merged", "bare parse"} < told


@pytest.mark.slow
def test_a_nation_is_measured_by_its_files(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "bench", "nation", "--quick")
    assert done.returncode == 0, done.stderr
    assert "120 of 120 files of readings told" in done.stderr
    assert "40 mines: complete to told, p99: " in done.stdout


@pytest.mark.slow
def test_a_month_is_asked(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    done = run(tmp_path / "home", "bench", "month", "--quick", "--json", str(figures))
    assert done.returncode == 0, done.stderr
    told = {one["name"]: one["value"] for one in json.loads(figures.read_text("utf-8"))}
    assert told["readings of the month"] == pytest.approx(0.115, abs=0.005)
    assert told["episodes kept"] > 0
