"""Settled days are looked at for what was played again: what stands is what a replay says."""

import random
import sqlite3
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from bihuan.telemetry.intake import looking, replays
from bihuan.telemetry.intake.arriving import Arrived, arrived_at
from bihuan.telemetry.intake.looking import Looking
from bihuan.telemetry.intake.upkeep import Upkeep
from bihuan.telemetry.live.engine import Engine
from bihuan.telemetry.live.hints import Source
from bihuan.telemetry.live.identity import HINTS_FROM, OWN_FROM, Standing
from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.notation import DAY_S, moment_of, stamp_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.store.segments import Damaged, Segment
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.inboxes import MINE, definition

pytestmark = pytest.mark.once
START = moment_of("20260301000000") or 0
STEP_S = 900
POINTS = [f"{MINE}01MN000100000001", f"{MINE}01MN000400000002"]
PATIENCE_S = 20.0
type Values = dict[int, list[str]]  # by second of the first reading


class Mine:
    """Files of two points day by day, a store, and what is done between its commits."""

    def __init__(self, folder: Path) -> None:
        self.source, self.place = folder / "source", folder / "store"
        self.source.mkdir()
        self.rnd = random.Random(5)  # noqa: S311
        self.count = 0
        self.open()
        records = [definition(point) for point in POINTS]
        self.send("CDDY", START, [*records, definition(f"{MINE}01KG100100000003", kind="KG")])

    def open(self) -> None:
        """Begin, or begin again."""
        self.store = Store(self.place)
        self.engine = Engine(self.store)
        self.upkeep, self.said_to = Upkeep(self.store), list[str]()
        self.looking = Looking(self.engine, say=self.said_to.append)

    def close(self) -> None:
        """End, whatever was found and not told."""
        self.looking.close()
        self.upkeep.close()
        self.store.close()

    def send(self, kind: str, moment: int, records: list[str]) -> None:
        """A file, committed by itself."""
        digits = stamp_of(moment).translate({ord(mark): None for mark in "- :"})
        self.count += 1
        name = f"{MINE}_{kind}_{digits}{self.count:06}.txt"
        content = f"{MINE};矿;x~{'~'.join(records)}~||".encode()
        (self.source / name).write_bytes(content)
        one = Arrived(
            name=name, path=name, content=content, channel="folder", received_at=0,
            acknowledge=str,
        )  # fmt: skip
        self.engine.take([one])

    def day(self, number: int, values: Values, *, point: str = POINTS[0]) -> None:
        """A day of readings: noise, and these values where they stand."""
        begin = START + number * DAY_S
        found = {
            at: f"{self.rnd.randrange(1000) / 1000}" for at in range(begin, begin + DAY_S, STEP_S)
        }
        for first, some in values.items():
            found |= {first + n * STEP_S: value for n, value in enumerate(some)}
        self.readings(point, {at: one for at, one in found.items() if at < begin + DAY_S})

    def readings(self, point: str, found: dict[int, str]) -> None:
        """One file."""
        records = [f"{point};甲烷;巷;{value};%CH4;0;{stamp_of(at)}" for at, value in found.items()]
        self.send("CDSS", max(found), records)

    def settle(self, commits: int = 17) -> None:
        """Merge what is over, look at it, and let commits that say nothing tell what was found."""
        for _n in range(commits):
            self.send("CDSS", START, [])
        end = time.monotonic() + PATIENCE_S
        while self._is_busy():
            assert time.monotonic() < end
            self.upkeep.step()
            self.looking.step()
            time.sleep(0.002)
            if self.engine.owes:
                self.send("CDSS", START, [])

    def _is_busy(self) -> bool:
        held = self.looking
        is_working = self.upkeep._preparing or held._looking or held._replays or self.engine.owes  # noqa: SLF001
        noted = held._noted  # noqa: SLF001
        is_due = replays.settled(self.store.manifest(), noted, readings_from=0)
        return bool(is_working or is_due or self.store.next_merge(now=arrived_at()))

    def rows(self) -> list[str]:
        """What stands of what was played again."""
        held = (one for one in self.store.episodes() if one.kind == "replayed")
        return table_of(held).splitlines()[1:]

    def said(self) -> list[str]:
        """What a replay of all files says."""
        return replay(self.source, only=("replayed",)).episodes_csv().decode().splitlines()[1:]


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mine]:
    monkeypatch.setattr(looking, "REST_SHARE", 0)
    monkeypatch.setattr(replays, "POINTS_EACH", 1)
    found = Mine(tmp_path)
    yield found
    found.close()


def block(seed: int, count: int = 50) -> list[str]:
    """Values that no noise has."""
    rnd = random.Random(seed)  # noqa: S311
    return [f"{2 + rnd.randrange(1000) / 1000}" for _n in range(count)]


def test_what_was_played_again_within_a_week_is_told(mine: Mine) -> None:
    """Before midnight, over it, after exactly seven days, and not after more."""
    one, two = block(1), block(2)
    mine.day(0, {START: one})
    mine.day(0, {START + 9_000: two}, point=POINTS[1])
    late = START + DAY_S + 60_300
    mine.day(1, {late: one})
    mine.day(2, {late: one, START + 2 * DAY_S + 50_400: block(7, 20)})
    for number in range(3, 7):
        mine.day(number, {})
    mine.day(7, {START + 7 * DAY_S + 9_000: two}, point=POINTS[1])
    mine.settle()
    assert mine.rows() == mine.said()
    assert len(mine.rows()) == 2
    ids = {one.id for one in mine.store.episodes() if one.kind == "replayed"}
    assert all(HINTS_FROM <= one < OWN_FROM for one in ids)


def test_days_that_come_late_are_looked_at_again(mine: Mine) -> None:
    """A week later the day comes that was played again; ids stay where unions grow."""
    one = block(1, 90)
    mine.day(3, {START + 3 * DAY_S: one})
    mine.settle()
    assert mine.rows() == mine.said() == []
    mine.day(1, {START + DAY_S: one[:45]})
    mine.settle()
    assert mine.rows() == mine.said()
    before = {held.id: held for held in mine.store.episodes() if held.kind == "replayed"}
    assert len(before) == 1
    mine.close()
    mine.open()
    mine.day(2, {START + 2 * DAY_S: one})
    mine.settle()
    assert mine.rows() == mine.said()
    after = {held.id: held for held in mine.store.episodes() if held.kind == "replayed"}
    assert before.keys() < after.keys()
    (grown,) = (after[key] for key in before)
    assert grown.samples == 90


def test_a_kill_before_it_is_told_loses_nothing(
    mine: Mine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "SLICE_S", 0.0)
    one = block(3)
    mine.day(0, {START: one})
    mine.day(1, {START + DAY_S: one})
    for _n in range(17):
        mine.send("CDSS", START, [])
    end = time.monotonic() + PATIENCE_S
    while not mine.engine.owes:
        assert time.monotonic() < end
        mine.upkeep.step()
        mine.looking.step()
        time.sleep(0.002)
    mine.close()
    mine.open()
    assert mine.rows() == []
    mine.settle()
    assert mine.rows() == mine.said()
    changed = [held for held in mine.store.episodes() if held.kind == "replayed"]
    assert [held.raised_in > 0 for held in changed] == [True]
    mine.close()
    mine.open()
    mine.settle(commits=0)
    assert [held for held in mine.store.episodes() if held.kind == "replayed"] == changed


def test_a_look_that_failed_is_made_again(mine: Mine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the disk says no, once a file is broken, once nobody knows why."""
    one = block(4)
    mine.day(0, {START: one})
    mine.day(1, {START + DAY_S: one})
    given_up: list[Damaged] = []
    faults = [ValueError("odd"), OSError("no"), Damaged("nothing.parquet", "broken")]
    monkeypatch.setattr(looking, "REST_S", 0.0)
    really = replays.judged

    def judged(points: list[str], source: Source, *, since: int, until: int) -> list[Standing]:
        if faults:
            raise faults.pop()
        return really(points, source, since=since, until=until)

    monkeypatch.setattr(replays, "judged", judged)
    monkeypatch.setattr(mine.store, "give_up", given_up.append)
    mine.settle()
    assert faults == []
    assert len(given_up) == 1
    assert "ValueError" in "".join(mine.said_to)
    assert mine.rows() == mine.said()
    assert len(mine.rows()) == 1


def test_looking_rests_and_is_closed_midway(mine: Mine, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.day(0, {})
    mine.settle()
    mine.day(1, {})
    for _n in range(17):
        mine.send("CDSS", START, [])
    monkeypatch.setattr(looking, "REST_SHARE", 1_000_000)
    monkeypatch.setattr(replays, "SLICE_S", 0.0)
    end = time.monotonic() + PATIENCE_S
    while mine.looking._rests_until <= time.monotonic():  # noqa: SLF001
        assert time.monotonic() < end
        mine.upkeep.step()
        mine.looking.step()
        time.sleep(0.002)
    mine.looking.step()
    assert mine.looking._looking is None  # noqa: SLF001 - it rests, in the middle of a day
    assert mine.looking._replays is not None  # noqa: SLF001


def test_an_id_that_is_taken_is_given_to_nobody_else(mine: Mine) -> None:
    one = block(6)
    mine.day(0, {START: one})
    mine.day(1, {START + DAY_S: one})
    digest = sha256(f"{POINTS[0]} {START + DAY_S}".encode()).digest()
    number = HINTS_FROM + int.from_bytes(digest[:6], "big")
    other = Standing(
        number, MINE, POINTS[1], "disconnected", "", START, START + 1, None, None, 0,
        False, "standing", None, None, 1,
    )  # fmt: skip
    mine.engine.owe([other], notes={})
    mine.settle()
    (found,) = (held for held in mine.store.episodes() if held.kind == "replayed")
    assert found.id == number + 1


def test_without_the_readings_before_it_a_day_stays_as_it_is_told() -> None:
    """A day that was looked at needs those of the week before; a new one is looked at anyway."""
    days = [
        Segment(
            name=f"h-{100 + run:08}-{run:08}-0000.parquet", kind="hour", generation=2,
            first_commit=1, last_commit=1, rows=1, first_point="", last_point="", first_time=0,
            last_time=0, days=((100 + run, 1),),
        )
        for run in range(3)
    ]  # fmt: skip
    assert replays.settled(days, {}, readings_from=101) == replays.Settled(101, 1, 102 * DAY_S - 1)
    noted = {101: 9, 102: 2}
    assert replays.settled(days, noted, readings_from=101) is None
    assert replays.settled(days, noted, readings_from=90) is not None
    assert replays.settled(days, {100: 0, 101: 1, 102: 2}, readings_from=0) is None


def test_a_fault_of_the_ledger_ends_the_engine(mine: Mine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs it opens the store anew."""
    monkeypatch.setattr(replays, "judged", _refusing)
    mine.day(0, {})
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        mine.settle()


def _refusing(*_points: object, **_bounds: int) -> list[Standing]:
    raise sqlite3.OperationalError("database is locked")
