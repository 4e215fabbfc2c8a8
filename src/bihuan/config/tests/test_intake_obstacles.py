"""What one file or one folder does to the others: nothing, whatever is wrong with it."""

import os
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from bihuan.config.cli import main
from bihuan.telemetry.intake import folder as folders
from bihuan.telemetry.intake import ingesting, upkeep
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import BrokenOff, Ingest
from bihuan.telemetry.intake.spool import SpoolReader
from bihuan.telemetry.intake.tests.test_folder import MINE, name, offered, put, taken
from bihuan.telemetry.intake.tests.test_ingesting import Blind, filled, ingest_of, running, until
from bihuan.telemetry.intake.upkeep import Upkeep
from bihuan.telemetry.live import engine as engines
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.inboxes import Inbox, definition

pytestmark = pytest.mark.once
UNREADABLE = Path("/proc/self/mem")  # a file that is there, and whose first byte nobody reads


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def watched(inbox: Path, tmp_path: Path) -> WatchedFolder:
    return WatchedFolder(inbox, taken=tmp_path / "taken")


def obstruct(inbox: Path) -> None:
    """A file that can't be read, one that is a link to itself, both before a good one."""
    inbox.mkdir(exist_ok=True)
    (inbox / name(0)).symlink_to(UNREADABLE)
    (inbox / name(1)).symlink_to(name(1))
    put(inbox, name(2))


def test_what_cannot_be_read_stays_and_the_others_come(inbox: Path, watched: WatchedFolder) -> None:
    obstruct(inbox)
    assert [one.name for one in offered(watched)] == [name(2)]
    assert len(watched.troubles) == 2
    assert all("留在原处" in one for one in watched.troubles)
    (inbox / name(0)).unlink()
    (inbox / name(1)).unlink()
    put(inbox, name(1))
    watched.forget()  # also looks at everything again
    assert [one.name for one in offered(watched)] == [name(1), name(2)]
    assert watched.troubles == []


def test_what_is_no_file_is_passed_by_and_an_old_folder_is_not_read_again(
    inbox: Path, watched: WatchedFolder
) -> None:
    put(inbox, f"a/{name(0)}")
    os.mkfifo(inbox / "a" / name(1))
    changed_at = time.time() - 60
    for folder in (inbox / "a", inbox):
        os.utime(folder, (changed_at,) * 2)
    assert [one.name for one in offered(watched)] == [name(0)]
    put(inbox, f"a/{name(2)}")
    for folder in (inbox / "a", inbox):
        os.utime(folder, (changed_at,) * 2)  # as if nothing had come
    assert offered(watched) == []
    assert watched.troubles == []


def test_an_inbox_that_cannot_be_read_at_all_is_no_trouble_of_a_file(
    inbox: Path, watched: WatchedFolder
) -> None:
    inbox.rmdir()
    assert offered(watched) == []  # away for a moment
    inbox.symlink_to(inbox)
    with pytest.raises(OSError, match="symbolic links"):
        offered(watched)


def test_what_cannot_be_moved_is_tried_again_now_and_then(
    inbox: Path, tmp_path: Path, watched: WatchedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, name(0))
    (tmp_path / "taken").write_text("in the way")
    (one,) = offered(watched)
    one.acknowledge()
    assert "移不走" in watched.troubles[0]
    assert offered(watched) == []
    (tmp_path / "taken").unlink()
    monkeypatch.setattr(folders, "_LOOK_EVERYWHERE_S", 0.0)
    (again,) = offered(watched)
    again.acknowledge()
    assert taken(tmp_path) == [name(0)]
    assert watched.troubles == []


def test_what_cannot_be_read_in_the_spool_keeps_nobody_waiting(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    reader = SpoolReader(spool)
    (spool / f"{'0' * 64}_a").mkdir()
    put(spool, f"{'1' * 64}_{name(0)}")
    assert [one.name for one in reader.arrived()] == [name(0)]
    assert "请检查磁盘" in reader.troubles[0]


def test_once_takes_the_others_and_says_that_it_broke_off(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    obstruct(inbox)
    store = tmp_path / "store"
    at = ("telemetry", "ingest", "--store", str(store), "--inbox", str(inbox), "--once")
    assert main([*at]) == 1
    said = capsys.readouterr().err
    assert said.count("留在原处") == 2
    assert "2 处读不了" in said
    assert "files=1" in said.splitlines()[-1]
    assert not (inbox / name(2)).exists()


def test_once_says_why_a_channel_broke_off(tmp_path: Path) -> None:
    ingest = Ingest(folder=tmp_path / "store", channels=[Blind()])
    with pytest.raises(BrokenOff, match="没有看完全部来件：nothing to see"):
        ingest.once()


def test_nothing_can_be_committed(
    inbox: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_told: object, **_options: object) -> None:
        raise ValueError("never")

    put(inbox, name(0))
    monkeypatch.setattr(engines, "rows_of", broken)
    store = tmp_path / "store"
    at = ("telemetry", "ingest", "--store", str(store), "--inbox", str(inbox), "--once")
    assert main([*at]) == 1
    assert "收件停下，文件都还在" in capsys.readouterr().err
    assert (inbox / name(0)).exists()


def test_it_tells_once_what_a_person_must_know(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingesting, "GATHER_S", 0.0)
    obstruct(inbox)
    Inbox(inbox).send("CDDY", 0, definition())
    said: list[str] = []
    ingest = ingest_of(tmp_path, said)
    Store(tmp_path / "store").close()
    (tmp_path / "store" / "segments" / "foreign").write_text("not ours")
    with running(ingest):
        until(lambda: ingest.total.files == 2)
        until(lambda: len(said) >= 3)
        Inbox(inbox).send("CDSS", 1)
        until(lambda: ingest.total.files == 3)
    assert len([one for one in said if "不是完整的数据段" in one]) == 1
    assert len([one for one in said if "读不了" in one]) == 2


def test_a_machine_without_memory_is_waited_for(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in {"GATHER_S": 0.0, "LOOK_S": (0.01, 0.01), "RETRY_S": (0.05,)}.items():
        monkeypatch.setattr(ingesting, key, value)
    parse, lacking = engines.parse, [MemoryError("none"), MemoryError("none")]

    def short(*told: object, **options: object) -> object:
        if lacking:
            raise lacking.pop()
        return parse(*told, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engines, "parse", short)
    put(inbox, name(0))
    said: list[str] = []
    ingest = ingest_of(tmp_path, said)
    with running(ingest):
        until(lambda: ingest.total.files == 1)
    assert sum("稍后再试" in one for one in said) == 2


@pytest.mark.parametrize("error", [ValueError, OSError])
def test_a_merge_that_cannot_be_made_is_left_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    store = Store(tmp_path / "kept")
    filled(store, tmp_path / "inbox", files=17)
    said: list[str] = []
    keeping = Upkeep(store, readings_days=400_000, say=said.append)
    prepared, prepare = threading.Event(), store.prepare
    future: Future[None] = Future()
    future.set_exception(error("what nobody thought of"))
    monkeypatch.setattr(keeping, "_preparing", future)
    if error is OSError:
        with pytest.raises(OSError, match="nobody"):
            keeping.step()
    else:
        keeping.step()
        assert "一小时后再试" in said[0]
        monkeypatch.setattr(store, "prepare", lambda plan: prepared.set() or prepare(plan))
        keeping.step()
        assert not prepared.is_set()
        monkeypatch.setattr(upkeep, "REST_S", 0.0)
        keeping._rest_until = 0.0  # noqa: SLF001 - an hour later
        keeping.step()
        assert prepared.wait(20)
    keeping.close()
    store.close()


def test_a_name_that_a_filesystem_hardly_bears(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a name that leaves no room beside it can still be set aside."""

    parse = engines.parse

    def broken(sources: list, **options: object) -> object:
        if sources:
            raise ValueError("what nobody thought of")
        return parse(sources, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(engines, "parse", broken)
    digits = "0" * (255 - len(f"{MINE}_CDSS_.txt") - 14)
    put(inbox, f"{MINE}_CDSS_20260301080000{digits}.txt")
    assert ingest_of(tmp_path, []).once().refused == 1
    assert list((tmp_path / "store" / "set_aside").iterdir())
