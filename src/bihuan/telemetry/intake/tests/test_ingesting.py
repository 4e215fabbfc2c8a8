"""The loop between channels and store: faults of the storage end an engine, never the process."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from bihuan.telemetry.intake import ingesting, upkeep
from bihuan.telemetry.intake.arriving import Arrivals, arrived_at
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import Ingest, pause_after
from bihuan.telemetry.intake.upkeep import Upkeep
from bihuan.telemetry.live.engine import SNAPSHOT, Engine
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.inboxes import MINE, Inbox, definition, reading

pytestmark = pytest.mark.once
PATIENCE_S = 20.0


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    found = Inbox(tmp_path / "inbox")
    found.send("CDDY", 0, definition())
    found.send("CDSS", 1, reading(1, "1.2"))
    return found


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses."""
    for name, value in {"GATHER_S": 0.0, "LOOK_S": (0.01, 0.01), "RETRY_S": (0.05,)}.items():
        monkeypatch.setattr(ingesting, name, value)


class Coming:
    """A feed that only notes what is asked of it: what it would bring comes by the folder."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trouble = ""

    def start(self) -> None:
        self.asked.append("start")

    def stop(self) -> None:
        self.asked.append("stop")

    def forget(self) -> None:
        self.asked.append("forget")


def ingest_of(tmp_path: Path, said: list[str], *feeds: Coming) -> Ingest:
    store = tmp_path / "store"
    store.mkdir(exist_ok=True)
    watched = WatchedFolder(tmp_path / "inbox", taken=store / "taken")
    return Ingest(folder=store, channels=[watched], feeds=feeds, say=said.append)


@contextmanager
def running(ingest: Ingest) -> Iterator[None]:
    thread = Thread(target=ingest.forever)
    thread.start()
    try:
        yield
    finally:
        ingest.stop()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def until(is_so: Callable[[], object]) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it didn't happen"
        time.sleep(0.02)


@pytest.mark.usefixtures("quickly")
def test_it_goes_on_after_the_storage_failed(inbox: Inbox, tmp_path: Path) -> None:
    said: list[str] = []
    feed = Coming()
    ingest = ingest_of(tmp_path, said, feed)
    segments = tmp_path / "store" / "segments"
    with running(ingest):
        until(lambda: ingest.total.files == 2)
        segments.rename(tmp_path / "away")
        inbox.send("CDSS", 2, reading(2, "0.2"))
        until(lambda: any("没有写成" in one for one in said))
        for path in list(segments.iterdir()) if segments.exists() else []:
            path.rename(tmp_path / "away" / path.name)
        if segments.exists():
            segments.rmdir()
        (tmp_path / "away").rename(segments)
        until(lambda: ingest.total.files == 3)
    assert feed.asked[0] == "start"
    assert "forget" in feed.asked
    assert feed.asked[-1] == "stop"
    assert not list(inbox.folder.rglob("*.txt"))
    assert (tmp_path / "store" / SNAPSHOT).exists()
    ledger = Ledger(tmp_path / "store", is_read_only=True)
    (episode,) = (one for one in ledger.episodes() if one.kind == "upper_limit")
    ledger.close()
    assert episode.ended_at is not None


@pytest.mark.usefixtures("quickly")
def test_it_says_what_came_and_keeps_what_it_carries(
    inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "TELL_S", 0.0)
    monkeypatch.setattr(ingesting, "SNAPSHOT_S", 0.0)
    said: list[str] = []
    ingest = ingest_of(tmp_path, said)
    with running(ingest):
        until(lambda: any("files=2" in one for one in said))
        until((tmp_path / "store" / SNAPSHOT).exists)
    assert not list(inbox.folder.rglob("*.txt"))


def test_what_it_says_goes_to_standard_error(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = WatchedFolder(inbox.folder, taken=tmp_path / "taken")
    ingest = Ingest(folder=tmp_path / "store", channels=[watched])
    ingest.say(f"{ingest.once().files}\n")
    assert capsys.readouterr().err == "2\n"


def test_a_store_that_cannot_be_begun_is_let_go_of(tmp_path: Path, inbox: Inbox) -> None:
    ingest = ingest_of(tmp_path, [])
    ingest.once()
    ledger = tmp_path / "store" / SNAPSHOT
    ledger.unlink()
    ledger.mkdir()  # neither there nor not there
    again = ingest_of(tmp_path, [])
    with pytest.raises(IsADirectoryError):
        again.once()
    ledger.rmdir()
    assert ingest_of(tmp_path, []).once().files == 0
    assert not list(inbox.folder.rglob("*.txt"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path / "kept")
    yield found
    found.close()


def filled(store: Store, inbox: Path, *, files: int) -> None:
    """As many commits as files."""
    engine, watched = Engine(store), WatchedFolder(inbox, taken=store.folder / "taken")
    found = Inbox(inbox)
    for minute in range(files):
        found.put(
            f"{MINE}_CDSS_2026030100{minute:02}00.txt",
            f"{MINE};矿;x~{reading(minute, '0.5')}~||",
        )
        arrivals = Arrivals()
        watched.look(arrivals)
        engine.take(arrivals.take(wait_s=0))


def test_small_segments_are_merged_between_commits(store: Store, tmp_path: Path) -> None:
    filled(store, tmp_path / "inbox", files=40)
    before = len(store.manifest())
    keeping = Upkeep(store)
    end = time.monotonic() + PATIENCE_S
    while len(store.manifest()) >= before and time.monotonic() < end:
        keeping.step()
        time.sleep(0.01)
    keeping.close()
    assert len(store.manifest()) < before
    assert len(store.standing([reading(0, "1").partition(";")[0]])) == 40


def test_a_segment_that_cannot_be_read_does_not_stop_the_others(
    store: Store, tmp_path: Path
) -> None:
    filled(store, tmp_path / "inbox", files=40)
    keeping = Upkeep(store)
    broken = min(store.files.glob("c-*"))
    broken.write_bytes(b"nothing that was written")
    store._held.clear()  # noqa: SLF001 - as after a start
    until(lambda: [keeping.step(), store.findings][1])
    keeping.close()
    assert broken.name in str(store.findings)


@pytest.mark.parametrize("days", [None, 400_000])
def test_what_is_young_is_kept(store: Store, tmp_path: Path, days: int | None) -> None:
    filled(store, tmp_path / "inbox", files=2)
    keeping = Upkeep(store, readings_days=days)
    keeping.step()
    keeping.step()
    keeping.close()
    assert len(store.standing([reading(0, "1").partition(";")[0]])) == 2


def test_a_clock_far_ahead_lets_nothing_go(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store, tmp_path / "inbox", files=2)
    monkeypatch.setattr(upkeep, "arrived_at", lambda: arrived_at() + 10_000 * DAY_S)
    keeping = Upkeep(store, readings_days=30)
    for _ in range(50):
        keeping.step()
        time.sleep(0.01)
    keeping.close()
    assert len(store.standing([reading(0, "1").partition(";")[0]])) == 2


class Blind:
    """A channel with a fault of its own."""

    def __init__(self) -> None:
        self.troubles: list[str] = []

    def look(self, arrivals: Arrivals) -> int:
        raise ValueError(f"nothing to see in {arrivals!r}")

    def forget(self) -> None:
        """Nothing was offered."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_ends_rather_than_take_nothing_in_for_ever(tmp_path: Path) -> None:
    ingest = Ingest(folder=tmp_path / "store", channels=[Blind()])
    ingest.forever()
    assert ingest.stopping.is_set()


def test_a_look_that_takes_longer_is_made_less_often() -> None:
    assert [pause_after(spent) for spent in (0.0, 0.002, 0.004, 0.01, 3.0)] == [
        0.1,
        0.1,
        0.2,
        0.5,
        0.5,
    ]
