"""Files through the engine and a real store: whatever is killed between, it ends as a replay."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from bihuan.telemetry.definitions import BEGINNING
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.episodes import KINDS
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.live import snapshots, terms
from bihuan.telemetry.live.engine import SNAPSHOT, Engine
from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.live.terms import first_difference
from bihuan.telemetry.packs import methane, rules
from bihuan.telemetry.replay import replay
from bihuan.telemetry.store import glance, schema
from bihuan.telemetry.store.commits import Told
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.folders import draw
from bihuan.telemetry.tests.inboxes import MINE, Inbox, definition, reading

pytestmark = pytest.mark.once
LIVE = tuple(kind for kind in KINDS if kind != "replayed")
NAME = f"{MINE}_CDSS_20260301080000.txt"
WHOLE = f"{MINE};矿;x~{reading('08:00:00', '0.5')}~||"


class Mine:
    """A folder of files, a store, and an engine that may end at any moment."""

    def __init__(self, folder: Path) -> None:
        self.source, self.place = folder / "source", folder / "store"
        self.source.mkdir()
        self.acknowledged: list[str] = []
        self.open()

    def open(self) -> None:
        """Begin, or begin again."""
        self.store = Store(self.place)
        self.engine = Engine(self.store)

    def end(self) -> None:
        """As a kill would: nothing is kept that wasn't durable already."""
        self.store.close()

    def arrived(self, path: Path) -> Arrived:
        """One file as the folder offers it."""
        within = str(path.relative_to(self.source))
        return Arrived(
            name=path.name,
            path=within,
            content=path.read_bytes(),
            channel="folder",
            received_at=0,
            acknowledge=_Noting(self.acknowledged, within),
        )

    def table(self) -> str:
        """What stands."""
        return table_of(self.store.episodes(), with_packs=True)

    def replayed(self) -> str:
        """What a replay of all files says."""
        said = replay(self.source, only=LIVE, limits=rules(dialect()))
        return said.episodes_csv().decode()


class _Noting:
    """An acknowledgement that is written down."""

    def __init__(self, noted: list[str], path: str) -> None:
        self.noted, self.path = noted, path

    def __call__(self) -> None:
        self.noted.append(self.path)


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Mine]:
    found = Mine(tmp_path)
    yield found
    found.end()


def groups(rnd: random.Random, files: list[Path]) -> Iterator[list[Path]]:
    """Shuffled, in groups of several sizes."""
    rnd.shuffle(files)
    while files:
        size = rnd.choice((1, 3, 10))
        yield files[:size]
        files = files[size:]


@pytest.mark.parametrize("seed", range(8))
def test_after_kills_and_an_older_ledger_it_ends_as_a_replay(mine: Mine, seed: int) -> None:
    draw(mine.source, seed)
    rnd, older = random.Random(seed), mine.place.with_name("older")  # noqa: S311
    files = [path for path in mine.source.rglob("*") if path.is_file()]
    count = len(files)
    for group in groups(rnd, files):
        mine.engine.take([mine.arrived(path) for path in group])
        if rnd.random() < 0.3:
            mine.engine.snapshot()
        if rnd.random() < 0.4:
            told = {one.id: one[1:5] for one in mine.store.episodes()}
            mine.end()
            if rnd.random() < 0.3:
                (mine.place / SNAPSHOT).unlink(missing_ok=True)
            mine.open()
            assert told == {one.id: one[1:5] for one in mine.store.episodes()}
        elif rnd.random() < 0.2:
            told = {one.id: one for one in mine.store.episodes()}
            mine.end()
            _put_back(mine.place, older)
            mine.open()
            assert told == {one.id: one for one in mine.store.episodes()}
    assert len(mine.acknowledged) == count
    assert mine.table() == mine.replayed()


def _put_back(place: Path, older: Path) -> None:
    """Put an older ledger beside newer segments; the first time, keep one for later."""
    if older.exists():
        for path in place.glob("ledger*"):
            path.unlink()
        shutil.copytree(older, place, dirs_exist_ok=True)
    else:
        older.mkdir()
        for path in place.glob("ledger*"):
            shutil.copy(path, older)


def test_nothing_is_acknowledged_before_it_is_settled(mine: Mine) -> None:
    Inbox(mine.source).put(NAME, WHOLE)
    shutil.rmtree(mine.store.files)
    with pytest.raises(OSError, match="No such file"):
        mine.engine.take([mine.arrived(mine.source / NAME)])
    assert mine.acknowledged == []


def test_a_commit_that_was_durable_and_not_settled_is_adopted(mine: Mine) -> None:
    names = (NAME.replace("CDSS", "CDDY"), NAME)
    told = (definition(upper="1.0"), reading("08:00:00", "1.2"))
    for name, record in zip(names, told, strict=True):
        Inbox(mine.source).put(name, f"{MINE};矿;x~{record}~||")
    mine.store.ledger.rows.execute("PRAGMA query_only = 1")  # as a disk that is full says no
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        mine.engine.take([mine.arrived(mine.source / name) for name in names])
    assert mine.acknowledged == []
    mine.end()
    mine.open()
    assert mine.table() == mine.replayed()
    again = mine.engine.take([mine.arrived(mine.source / name) for name in names])
    assert (again.commits, again.again, len(mine.acknowledged)) == (0, 2, 2)


def test_the_same_file_again_is_acknowledged_and_not_committed(mine: Mine) -> None:
    Inbox(mine.source).put(NAME, WHOLE)
    one = mine.arrived(mine.source / NAME)
    assert mine.engine.take([one]).commits == 1
    assert mine.engine.take([one]).again == 1
    assert mine.store.watermark() == 1
    assert mine.acknowledged == [NAME, NAME]


def test_a_path_with_other_bytes_is_committed_after_the_first(mine: Mine) -> None:
    path = mine.source / NAME
    offered = []
    for value in ("0.5", "0.7"):
        Inbox(mine.source).put(NAME, f"{MINE};矿;x~{reading('08:00:00', value)}~||")
        offered.append(mine.arrived(path))
    assert mine.engine.take(offered).commits == 2
    point = reading("08:00:00", "0").partition(";")[0]
    assert mine.store.standing([point])["value"].to_list() == [0.7]


def test_what_a_channel_refuses_is_on_record(mine: Mine) -> None:
    Inbox(mine.source).put("读我.txt", "x")
    Inbox(mine.source).put(NAME, "no end")
    taken = mine.engine.take([mine.arrived(path) for path in mine.source.iterdir()])
    assert taken.refused == 2
    ledger = Ledger(mine.place, is_read_only=True)
    rows = ledger.rows.execute("SELECT fault FROM refused ORDER BY fault").fetchall()
    ledger.close()
    assert rows == [("name",), ("no_end",)]
    assert len(mine.acknowledged) == 2


def test_a_definition_that_does_not_stand_is_listed(mine: Mine) -> None:
    name = NAME.replace("CDSS", "CDDY")
    Inbox(mine.source).put(name, f"{MINE};矿;x~{definition()};too;many~{definition()}~||")
    assert mine.engine.take([mine.arrived(mine.source / name)]).refused == 1
    assert len(mine.store.definitions()) == 1


def test_readings_that_never_count_are_judged_again_without_a_run(mine: Mine) -> None:
    send = Inbox(mine.source)
    send.put(NAME.replace("CDSS", "CDDY"), f"{MINE};矿;x~{definition()}~||")
    for clock in ("08:00:00", "08:01:00", "08:00:30"):
        name = f"{MINE}_CDSS_20260301{clock.replace(':', '')}.txt"
        send.put(name, f"{MINE};矿;x~{reading(clock, '5', '16')}~||")
    files = sorted(mine.source.iterdir(), key=lambda path: ("080030" in path.name, path.name))
    for path in files:
        mine.engine.take([mine.arrived(path)])
    assert mine.table() == mine.replayed()
    assert mine.store.watermark() == 4


@pytest.mark.parametrize("kind", ["CDSS", "CDDY"])
@pytest.mark.parametrize("piece", ["", ";;;;;;", "x"])
def test_of_a_file_of_nothing_but_faults_the_first_are_listed(
    mine: Mine, kind: str, piece: str
) -> None:
    name = NAME.replace("CDSS", kind)
    Inbox(mine.source).put(name, f"{MINE};矿;x~" + f"{piece}~" * 3_000 + "||")
    assert mine.engine.take([mine.arrived(mine.source / name)]).refused == 3_000
    rows = mine.store.ledger.rows
    assert rows.execute("SELECT count(*), max(record) FROM refused").fetchone() == (1_000, 999)
    assert rows.execute("SELECT rejected FROM delivery").fetchone() == (3_000,)


def test_a_file_that_its_channel_refused_is_not_read(mine: Mine) -> None:
    Inbox(mine.source).put(NAME, WHOLE)
    one = replace(mine.arrived(mine.source / NAME), fault="size")
    taken = mine.engine.take([one])
    assert (taken.refused, taken.rows, mine.acknowledged) == (1, 0, [NAME])


@pytest.mark.parametrize("inside", [WHOLE, f"{MINE};矿;x~||"])
def test_an_archive_is_refused_and_stops_nobody(mine: Mine, inside: str) -> None:
    """Whatever is in it, and whatever it is called."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(NAME, inside * 1000)
    send = Inbox(mine.source)
    for name in (NAME, NAME.replace(".txt", ".zip")):
        send.put(name, packed.getvalue())
    good = NAME.replace("080000", "080030")
    send.put(good, WHOLE)
    taken = mine.engine.take([mine.arrived(path) for path in sorted(mine.source.iterdir())])
    assert (taken.refused, taken.rows, len(mine.acknowledged)) == (2, 1, 3)


def test_a_definition_said_again_changes_nothing_until_another_comes(mine: Mine) -> None:
    send = Inbox(mine.source)
    for hour, limit in (("08", "1.0"), ("09", "1.0"), ("10", "0.4")):
        name = f"{MINE}_CDDY_20260301{hour}0000.txt"
        send.put(name, f"{MINE};矿;x~{definition(upper=limit)}~||")
        mine.engine.take([mine.arrived(mine.source / name)])
        record = reading(f"{hour}:30:00", "0.5")
        name = f"{MINE}_CDSS_20260301{hour}3000.txt"
        send.put(name, f"{MINE};矿;x~{record}~||")
        mine.engine.take([mine.arrived(mine.source / name)])
    assert "upper_limit,alarm,2026-03-01T10:30:00" in mine.table()
    assert mine.table() == mine.replayed()


def test_a_store_of_an_older_version_is_taken_over(
    mine: Mine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knew nothing of packs: its snapshot isn't used, what lasts by them is told next."""
    monkeypatch.setattr(snapshots, "VERSION", 1)
    mine.engine = Engine(mine.store, limits=())
    send = Inbox(mine.source)
    for kind, minute, record in (("CDDY", 0, definition()), ("CDSS", 1, reading(1, "2.5"))):
        send.send(kind, minute, record)
    mine.engine.take([mine.arrived(path) for path in sorted(mine.source.iterdir())])
    mine.engine.snapshot()
    mine.store.ledger.rows.execute("PRAGMA user_version = 1")
    mine.end()
    monkeypatch.undo()
    for found in (glance.open_episodes(mine.place), glance.changes_since(mine.place, 0, limit=9)):
        assert len(found) == 1
    mine.open()
    send.send("CDSS", 2, reading(2, "2.7"))
    mine.engine.take([mine.arrived(path) for path in sorted(mine.source.iterdir())])
    assert "pack:methane,two_percent,2026-03-01T00:01:00+08:00,,2.7" in mine.table()
    assert mine.table() == mine.replayed()
    assert "pack" not in table_of(mine.store.episodes())
    version = mine.store.ledger.rows.execute("PRAGMA user_version").fetchone()
    assert version == (schema.FORMAT,)


def test_a_store_that_knew_methane_alone_goes_on(mine: Mine) -> None:
    """Its snapshot has fewer places: it isn't used, and what lasted keeps its number."""
    mine.engine = Engine(mine.store, limits=methane(dialect()))
    send, fan = Inbox(mine.source), f"{MINE}01KG100100000009"

    def arrive(minute: int, gas: str, state: str) -> None:
        records = (reading(minute, gas), reading(minute, state, point=fan))
        send.send("CDSS", minute, *records)
        mine.engine.take([mine.arrived(path) for path in sorted(mine.source.iterdir())])

    send.send("CDDY", 0, definition(), definition(fan, kind="KG", unit="", upper=""))
    arrive(1, "2.5", "1")
    arrive(2, "2.6", "0")
    mine.engine.snapshot()
    old = {(one.kind, one.level): one for one in glance.open_episodes(mine.place)}
    assert ("pack:switch", "fan_stopped") not in old
    mine.end()
    mine.open()
    arrive(3, "2.7", "0")
    new = {(one.kind, one.level): one for one in glance.open_episodes(mine.place)}
    assert {key: new[key].id for key in old} == {key: one.id for key, one in old.items()}
    assert new["pack:switch", "fan_stopped"].samples == 2
    assert mine.table() == mine.replayed()
    mine.engine.snapshot()
    mine.end()
    mine.open()
    arrive(4, "0.1", "1")
    assert mine.table() == mine.replayed()


def test_terms_are_numbered_alike_however_many_were_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_MET_MAX", 1)
    table, limits = terms.Terms(dialect()), ("1.0", "0.5", "1.0", "0.5")
    told = [Told("", 0, ("", "", "", 0), tuple(definition(upper=one).split(";"))) for one in limits]
    assert [table.row_of(one) for one in told] == [0, 1, 0, 1]


def test_nothing_to_compare_with_reads_otherwise_from_the_beginning() -> None:
    assert first_difference([], []) is None
    assert first_difference([], [(5, 0)]) == BEGINNING
    assert first_difference([(BEGINNING, 0)], [(BEGINNING, 0), (9, 1)]) == 9
