"""Commits are written, read back and settled; one process at a time."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.telemetry.intake.tests.test_spool import no_more_than
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.store.lock import Lock
from bihuan.telemetry.store.store import FolderTaken, Store
from bihuan.telemetry.store.tests.written import (
    MINES,
    POINTS,
    bits,
    changes,
    commit,
    drawn,
    put,
    same,
    seeded,
    stands,
)

pytestmark = pytest.mark.once


def test_a_commit_reads_back_equal(store: Store) -> None:
    """Rows to the sign of a zero, paths that are no text, a commit without rows."""
    rnd = seeded(1)
    written = [commit(1, drawn(rnd, rows=200)), commit(2)]
    for one in written:
        store.write(one)
    assert all(same(store.commit(one.number), one) for one in written)
    with pytest.raises(LookupError):
        store.commit(3)


def test_only_the_next_number_is_written(store: Store) -> None:
    """Numbers have no gap."""
    assert store.next_number == 1
    with pytest.raises(ValueError, match="isn't the next"):
        store.write(commit(2))
    store.write(commit(1))
    assert store.next_number == 2


def test_settling_twice_changes_nothing(store: Store) -> None:
    """The ledger takes a number once."""
    put(store, commit(1))
    before = list(store.ledger.rows.iterdump())
    store.settle(commit(1), changes(1))
    assert list(store.ledger.rows.iterdump()) == before
    assert store.watermark() == 1


def test_what_is_settled_is_read_back(store: Store) -> None:
    """Deliveries, definitions in the order of T1, episodes, amendments, counts."""
    written = [commit(number) for number in (1, 2, 3)]
    put(store, *written)
    known = [(one.path, one.digest) for one in written[1].deliveries]
    assert store.known([*known, ("1", "00" * 32)]) == set(known)
    told = [one.definitions[0] for one in written]
    assert store.definitions() == {POINTS[0]: told}
    assert store.definitions([POINTS[1]]) == {}
    assert [one.id for one in store.episodes()] == [1, 2, 3]
    assert store.episodes([POINTS[0]], only_open=True) == changes(1).episodes + changes(3).episodes
    assert store.episodes(kinds=["frozen"]) == []
    late = changes(2).episodes[0]
    assert [one.id for one in store.episodes(since=late.ended_at + 1)] == [1, 3]
    assert store.ledger.amendments([2]) == changes(2).amendments
    (tally,) = store.ledger.tallies()
    assert tally[:3] == (MINES[0], "2026-03-01", 9)


def test_of_equal_definitions_the_later_commit_comes_last(store: Store) -> None:
    """The same file sent again with other bytes."""
    put(store, commit(1, told="old"))
    again = commit(1, told="new")
    second = type(again)(number=2, rows=again.rows, definitions=again.definitions)
    put(store, second)
    assert [one.fields[1] for one in store.definitions()[POINTS[0]]] == ["old", "new"]


def test_a_failed_settlement_leaves_nothing(store: Store) -> None:
    """One transaction."""
    broken = changes(1)
    broken.tallies.append(("too", "short"))  # type: ignore[arg-type]
    store.write(commit(1))
    with pytest.raises(sqlite3.Error):
        store.settle(commit(1), broken)
    assert store.watermark() == 0
    assert store.episodes() == []
    store.settle(commit(1), changes(1))
    assert store.watermark() == 1


@pytest.mark.parametrize("seed", range(5))
def test_what_stands_is_the_last_by_order(store: Store, seed: int) -> None:
    """T5 over several segments in any order, equal keys among them: the later commit wins."""
    rnd = seeded(seed)
    written = [commit(number, drawn(rnd, rows=60)) for number in range(1, 7)]
    put(store, *written)
    assert bits(store.standing(POINTS)) == stands(written)
    some = [row for row in stands(written) if row[0] == repr(POINTS[2])]
    assert bits(store.standing([POINTS[2]])) == some
    times = sorted(int(row[1]) for row in some)
    middle = store.standing([POINTS[2]], since=times[1], until=times[-2])
    assert bits(middle) == some[1:-1]
    assert store.standing([]).is_empty()


def test_the_second_to_open_is_refused(tmp_path: Path) -> None:
    """With a sentence that names the process that has it; in another process too."""
    opened = Store(tmp_path)
    with pytest.raises(FolderTaken, match=f"进程 {os.getpid()} 使用.*请先停止"):
        Store(tmp_path)
    code = (
        "import sys, pathlib; from bihuan.telemetry.store.lock import Lock;"
        "Lock(pathlib.Path(sys.argv[1]))"
    )
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False, text=True
    )
    assert "FolderTaken" in ran.stderr
    opened.close()
    Store(tmp_path).close()


def test_a_full_disk_does_not_keep_the_lock(tmp_path: Path) -> None:
    """Else the next try of the same process would be told that another one has it."""
    with no_more_than(0):
        for _ in range(2):
            Lock(tmp_path).release()
            with pytest.raises((OSError, sqlite3.Error)):
                Store(tmp_path)
    Store(tmp_path).close()


def test_a_folder_that_cannot_be_understood_is_let_go_of(tmp_path: Path) -> None:
    Store(tmp_path).close()
    swap = tmp_path / "segments" / "swap-00000001.json"
    swap.write_text("nothing of ours")
    with pytest.raises(ValueError, match="Expecting value"):
        Store(tmp_path)
    swap.unlink()
    Store(tmp_path).close()


def test_others_read_the_ledger_meanwhile(store: Store) -> None:
    """A reader's connection sees what is settled, and writes nothing."""
    put(store, commit(1))
    reader = Ledger(store.folder, is_read_only=True)
    with store.ledger.transaction():
        store.ledger.keep_note("x", 1)
        assert reader.note("watermark") == 1
        assert reader.note("x") == 0
    assert reader.note("x") == 1
    with pytest.raises(sqlite3.OperationalError):
        reader.keep_note("x", 2)
    reader.close()


def test_what_lies_about_is_set_aside(tmp_path: Path) -> None:
    """A torn segment, a foreign file, one under another's name: a start says so and goes on."""
    opened = Store(tmp_path)
    put(opened, commit(1), commit(2))
    opened.close()
    files = tmp_path / "segments"
    torn = (files / "c-0000000002.parquet").read_bytes()[:-40]
    (files / "c-0000000003.parquet").write_bytes(torn)
    (files / "c-0000000004.parquet").write_bytes((files / "c-0000000001.parquet").read_bytes())
    (files / "notes.txt").write_text("x")
    (files / "c-0000000005.parquet.part").write_text("x")
    (files / "d-x.parquet.new").write_text("x")
    (files / "folder").mkdir()
    again = Store(tmp_path)
    names = {one.names[0] for one in again.findings if one.what == "set_aside"}
    assert names == {"c-0000000003.parquet", "c-0000000004.parquet", "folder", "notes.txt"}
    assert all("aside" in one.sentence and "请" in one.sentence for one in again.findings)
    assert again.next_number == 3
    assert sorted(one.name for one in files.iterdir()) == [
        "aside",
        "c-0000000001.parquet",
        "c-0000000002.parquet",
    ]
    again.close()
