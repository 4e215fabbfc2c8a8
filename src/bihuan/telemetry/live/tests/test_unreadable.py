"""A file that the program can't read, or judge, is set aside; the others are taken (T22)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from bihuan.telemetry.intake.aside import FOLDER, kept_aside
from bihuan.telemetry.live import engine as engines
from bihuan.telemetry.live.engine import SNAPSHOT, Engine
from bihuan.telemetry.live.faults import CannotGoOn
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.identity import Changes
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.tests.test_engine import Mine
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.store.commits import Commit
from bihuan.telemetry.store.folder import ASIDE
from bihuan.telemetry.tests.inboxes import MINE, Inbox, definition, reading

pytestmark = pytest.mark.once
POISON = "13.7"
BAD = f"{MINE}_CDSS_20260301080300.txt"


@dataclass
class Trouble:
    """What raises, as long as it does, wherever the value of the bad file turns up."""

    error: type[BaseException] = ValueError
    is_on: bool = True

    def meets(self, values: pl.Series) -> None:
        if self.is_on and (values == float(POISON)).any():
            raise self.error("what nobody thought of")


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Mine]:
    """Ten files of readings and one of definitions; the third of readings is bad."""
    found = Mine(tmp_path)
    send = Inbox(found.source)
    send.put(f"{MINE}_CDDY_20260301080000.txt", f"{MINE};矿;x~{definition()}~||")
    for minute in range(1, 11):
        value = POISON if minute == 3 else f"{minute % 3}.5"
        name = f"{MINE}_CDSS_2026030108{minute:02}00.txt"
        send.put(name, f"{MINE};矿;x~{reading(f'08:{minute:02}:00', value)}~||")
    yield found
    found.end()


def begin_again(mine: Mine, said: list[str]) -> None:
    mine.end()
    mine.open()
    mine.engine.say = said.append


def take_all(mine: Mine) -> engines.Taken:
    files = sorted(mine.source.iterdir())
    return mine.engine.take([mine.arrived(path) for path in files])


@pytest.fixture
def parsing(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    """The parser raises for whatever group the bad file is in."""
    trouble = Trouble()

    def troubled(sources: list, **options: object) -> object:
        found = parse(sources, **options)  # type: ignore[arg-type]
        trouble.meets(pl.Series(found[0].value))
        return found

    monkeypatch.setattr(engines, "parse", troubled)
    return trouble


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    """The judge raises for the bad reading when half is done."""
    trouble = Trouble()

    class Troubled(Judge):
        def take(self, commit: Commit, history: History) -> Changes:
            changes = super().take(commit, history)
            trouble.meets(commit.rows["value"])
            return changes

    monkeypatch.setattr(engines, "Judge", Troubled)
    return trouble


def panic() -> type[BaseException]:
    return pl.exceptions.PanicException


@pytest.mark.parametrize("error", [ValueError, AssertionError, OverflowError, panic()])
@pytest.mark.parametrize("where", ["parsing", "judging"])
def test_the_others_are_taken(
    mine: Mine, where: str, error: type[BaseException], request: pytest.FixtureRequest
) -> None:
    said: list[str] = []
    trouble = request.getfixturevalue(where)
    trouble.error = error
    begin_again(mine, said)
    taken = take_all(mine)
    assert (taken.files, taken.refused, taken.rows) == (11, 1, 9)
    assert sorted(mine.acknowledged) == sorted(path.name for path in mine.source.iterdir())
    (kept,) = (mine.place / FOLDER).glob("*.file")
    assert kept.read_bytes() == (mine.source / BAD).read_bytes()
    told = json.loads(kept.with_suffix(".json").read_text())
    assert (told["name"], told["error"]) == (BAD, error.__name__)
    assert told["message"] == "what nobody thought of"
    (line,) = said
    assert BAD in line
    assert str(kept) in line
    rows = mine.store.ledger.rows.execute("SELECT path, fault FROM refused").fetchall()
    assert rows == [(BAD.encode(), "unreadable")]
    (mine.source / BAD).unlink()
    assert mine.table() == mine.replayed()


@pytest.mark.parametrize("where", ["parsing", "judging"])
def test_sent_again_it_is_read_once_the_program_can(
    mine: Mine, where: str, request: pytest.FixtureRequest
) -> None:
    said: list[str] = []
    trouble = request.getfixturevalue(where)
    begin_again(mine, said)
    take_all(mine)
    again = mine.arrived(mine.source / BAD)
    assert mine.engine.take([again]).again == 1  # not tried again before a start
    numbers = mine.store.watermark()
    begin_again(mine, said)
    assert mine.engine.take([again]).again == 1  # tried, in vain, and on record already
    assert mine.store.watermark() == numbers
    assert len(said) == 1
    trouble.is_on = False
    begin_again(mine, said)
    assert mine.engine.take([again]).rows == 1
    assert mine.table() == mine.replayed()
    assert mine.engine.take([again]).again == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_commit_that_cannot_be_judged_after_a_kill_is_taken_apart(
    mine: Mine, judging: Trouble, monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    """Killed while the segment was durable and its commit not yet taken back."""
    said: list[str] = []
    begin_again(mine, said)
    files = sorted(mine.source.iterdir())
    mine.engine.take([mine.arrived(path) for path in files[:2]])
    if is_kept:
        mine.engine.snapshot()
    with monkeypatch.context() as killed:
        killed.setattr(mine.store, "withdraw", _killed)
        with pytest.raises(KeyboardInterrupt):
            mine.engine.take([mine.arrived(path) for path in files[2:]])
    begin_again(mine, said)
    assert mine.store.next_number == 2
    assert len(list((mine.store.files / ASIDE).iterdir())) == 1
    assert "逐个判" in mine.store.findings[-1].sentence
    taken = take_all(mine)
    assert (taken.again, taken.files, taken.refused) == (2, 9, 1)
    assert mine.store.findings
    (mine.source / BAD).unlink()
    assert mine.table() == mine.replayed()
    begin_again(mine, said)
    assert mine.store.findings == []


def test_an_older_ledger_beside_a_commit_that_cannot_be_judged_any_more(
    mine: Mine, judging: Trouble
) -> None:
    """Its readings were acknowledged long ago: they stay, unjudged, and the later are judged."""
    judging.is_on = False
    said: list[str] = []
    begin_again(mine, said)
    files = sorted(mine.source.iterdir())
    for path in files:
        mine.engine.take([mine.arrived(path)])
    mine.end()
    for path in mine.place.glob("ledger*"):
        path.unlink()
    (mine.place / SNAPSHOT).unlink(missing_ok=True)
    judging.is_on = True
    found: list[str] = []
    mine.open()
    mine.end()
    for path in mine.place.glob("ledger*"):
        path.unlink()
    mine.store = engines.Store(mine.place)
    mine.engine = Engine(mine.store, say=found.append)
    assert mine.store.watermark() == len(files)
    assert "第 4 批" in found[0]
    point = reading(0, "0").partition(";")[0]
    assert len(mine.store.standing([point])) == 10
    assert mine.engine.take([mine.arrived(files[3])]).again == 1


def test_a_storage_that_fails_at_a_start_loses_no_commit(
    mine: Mine, judging: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(mine.store, "settle", _killed)
        with pytest.raises(KeyboardInterrupt):
            take_all(mine)
    mine.end()
    judging.error = OSError
    mine.store = engines.Store(mine.place)
    with pytest.raises(OSError, match="nobody"):
        Engine(mine.store)
    judging.is_on = False
    begin_again(mine, [])
    assert mine.store.watermark() == 1
    assert mine.table() == mine.replayed()


def test_where_nothing_can_be_committed_it_ends(
    mine: Mine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*_told: object, **_options: object) -> None:
        raise ValueError("never")

    monkeypatch.setattr(Judge, "take", nothing)
    with pytest.raises(CannotGoOn, match="文件都还在"):
        take_all(mine)
    assert mine.acknowledged == []
    assert kept_aside(mine.place) == 1


@pytest.mark.parametrize("error", [OSError, MemoryError, KeyboardInterrupt])
def test_what_is_not_the_files_fault_sets_none_aside(
    mine: Mine, parsing: Trouble, error: type[BaseException]
) -> None:
    parsing.error = error
    with pytest.raises(error):
        take_all(mine)
    assert mine.acknowledged == []
    assert kept_aside(mine.place) == 0


@pytest.mark.parametrize(
    ("errors", "raised"),
    [
        ([ValueError("once")], None),
        ([ValueError("once"), ValueError("twice")], CannotGoOn),
        ([OSError("a disk")], OSError),
        ([ValueError("once"), OSError("a disk")], OSError),
    ],
)
def test_a_judge_that_cannot_take_up_what_was_kept_begins_without_it(
    mine: Mine,
    monkeypatch: pytest.MonkeyPatch,
    errors: list[Exception],
    raised: type[Exception] | None,
) -> None:
    take_all(mine)
    before, left = mine.table(), list(errors)
    mine.end()
    caught_up = Judge.catch_up

    def failing(self: Judge, *told: object, **options: object) -> object:
        if left:
            raise left.pop(0)
        return caught_up(self, *told, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Judge, "catch_up", failing)
    mine.store = engines.Store(mine.place)
    if raised:
        with pytest.raises(raised):
            Engine(mine.store)
    mine.engine = Engine(mine.store)
    assert mine.table() == before
    assert left == []


def _killed(*_told: object, **_options: object) -> Callable[[], None]:
    raise KeyboardInterrupt
