"""What is remembered of files is bounded, and long enough that none is taken twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bihuan.telemetry.intake import upkeep
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.intake.upkeep import Upkeep
from bihuan.telemetry.live.engine import Engine
from bihuan.telemetry.notation import DAY_S, time_of
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.inboxes import MINE, definition, reading

pytestmark = pytest.mark.once
NOW = time_of("2026-06-01 12:00:00") or 0
OTHER = "140000000001"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path)
    yield found
    found.close()


def nothing() -> None:
    """Nobody waits for an acknowledgement here."""


def arrived(*records: str, days: int, kind: str = "CDSS", mine: str = MINE) -> Arrived:
    """A file that came so many days ago, each with another name."""
    return Arrived(
        name=f"{mine}_{kind}_202606010000{days:02}.txt",
        path="",
        content=f"{mine};矿;x~{'~'.join(records)}~||".encode(),
        channel="http",
        received_at=NOW - days * DAY_S,
        acknowledge=nothing,
    )


def remembered(store: Store) -> list[int]:
    """How many days ago each file came that is still known."""
    rows = store.ledger.rows.execute("SELECT received_at FROM delivery ORDER BY received_at")
    return [(NOW - at) // DAY_S for (at,) in rows]


@pytest.mark.parametrize(("readings_days", "left"), [(5, [30, 20, 0]), (45, [40, 31, 30, 20, 0])])
def test_files_are_remembered_as_long_as_readings_and_a_month_at_least(
    store: Store, readings_days: int, left: list[int]
) -> None:
    engine = Engine(store)
    for days in (60, 40, 31, 30, 20, 0):
        engine.take([arrived(reading(days, "0.5"), "short", days=days)])
    engine.take([replace(arrived(days=59, mine=OTHER), name="读我.txt")])
    count = store.forget_deliveries(now=NOW, readings_days=readings_days, count=100)
    assert count == 7 - len(left)
    assert remembered(store) == left
    (refused,) = store.ledger.rows.execute("SELECT count(*) FROM refused").fetchone()
    assert refused == len(left)
    assert engine.take([arrived(reading(20, "0.5"), "short", days=20)]).again == 1
    assert engine.take([arrived(reading(60, "0.5"), "short", days=60)]).again == 0


def test_they_are_forgotten_a_few_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "FORGET_AT_ONCE", 2)
    monkeypatch.setattr(upkeep, "arrived_at", lambda: NOW)
    engine = Engine(store)
    for days in (60, 50, 40):
        engine.take([arrived(reading("2026-06-01 11:00:00", "0.5"), days=days)])
        engine.take([arrived(days=days, mine=OTHER)])
    keeping = Upkeep(store, readings_days=30)
    counts = []
    for _step in range(5):
        keeping.step()
        counts.append(len(remembered(store)))
    keeping.close()
    assert counts == [6, 4, 2, 0, 0]


def test_without_a_limit_all_are_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "arrived_at", lambda: NOW)
    engine = Engine(store)
    engine.take([arrived(reading(0, "0.5"), days=400)])
    keeping = Upkeep(store, rollups_days=1)
    for _step in range(3):
        keeping.step()
    keeping.close()
    assert remembered(store) == [400]


def test_a_reading_of_a_day_that_was_let_go_changes_no_episode(store: Store) -> None:
    """Sent again after it was forgotten, or for the first time: it is refused for that reason."""
    engine = Engine(store)
    engine.take([arrived(definition(), days=2, kind="CDDY")])
    values = [("2026-05-01 08:00:00", "1.5"), ("2026-05-01 08:00:30", "0.5")]
    old = arrived(*(reading(clock, value) for clock, value in values), days=1)
    engine.take([old])
    before = store.episodes(kinds=["upper_limit"])
    assert len(before) == 1
    store.let_go(now=NOW, readings_days=10, rollups_days=None)
    changed = arrived(reading(*values[0]), reading("2026-05-31 08:00:00", "0.1"), days=0)
    taken = engine.take([changed, arrived(reading("2026-05-01 08:00:00", "0.1"), days=9)])
    assert (taken.rows, taken.refused) == (1, 2)
    faults = store.ledger.rows.execute("SELECT record, fault FROM refused").fetchall()
    assert faults == [(0, "let_go")] * 2
    assert store.episodes(kinds=["upper_limit"]) == before
    tallies = store.ledger.tallies()
    assert sum(one.received for one in tallies) == 5
    assert sum(one.rejected for one in tallies) == 2
