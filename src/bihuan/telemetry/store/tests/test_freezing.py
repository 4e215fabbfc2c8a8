"""A store taken as of one moment while it is written to: it opens whole and judges the same."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from bihuan.telemetry.episodes import KINDS
from bihuan.telemetry.intake import ingesting
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import Ingest
from bihuan.telemetry.intake.spool import Spool, SpoolReader
from bihuan.telemetry.intake.tests.test_ingesting import filled, running, until
from bihuan.telemetry.live.engine import Engine
from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.store import freezing
from bihuan.telemetry.store.freezing import freeze
from bihuan.telemetry.store.store import GRACE_S, Store
from bihuan.telemetry.tests.folders import draw

pytestmark = pytest.mark.once
LIVE = tuple(kind for kind in KINDS if kind != "replayed")


def said(place: Path) -> tuple[str, list[str]]:
    """What stands in a store, after a start, and the paths of the files that it took."""
    store = Store(place)
    try:
        Engine(store)
        assert store.findings == []
        paths = store.ledger.rows.execute("SELECT path FROM delivery").fetchall()
        return table_of(store.episodes()), [path.decode() for (path,) in paths]
    finally:
        store.close()


def replayed(source: Path, paths: list[str], scratch: Path) -> str:
    for path in paths:
        target = scratch / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target)
    scratch.mkdir(exist_ok=True)
    return replay(scratch, only=LIVE).episodes_csv().decode()


def test_taken_while_files_come_it_is_a_store_of_an_earlier_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"GATHER_S": 0.0, "LOOK_S": (0.01, 0.01)}.items():
        monkeypatch.setattr(ingesting, name, value)
    source, inbox, store = tmp_path / "source", tmp_path / "inbox", tmp_path / "store"
    for seed in (1, 3):
        draw(source / str(seed), seed)
    files = sorted(path for path in source.rglob("[0-9]*.txt") if path.is_file())
    watched = WatchedFolder(inbox, taken=store / "taken", patience_s=0)
    ingest = Ingest(folder=store, channels=[watched], say=[].append)
    frozen: list[Path] = []
    with running(ingest):
        for number, path in enumerate(files):
            target = inbox / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target.with_name(".part"))
            target.with_name(".part").rename(target)
            if number % 5 == 2:
                until(lambda: ingest.total.commits > len(frozen))
                frozen.append(tmp_path / f"frozen{number}")
                assert freeze(store, frozen[-1]) == []
        until(lambda: ingest.total.files + ingest.total.again >= len(files))
    counts = []
    for place in frozen:
        table, paths = said(place)
        assert table == replayed(source, paths, place / "replayed")
        counts.append(len(paths))
    assert counts == sorted(counts)
    assert 0 < counts[0] < len(files)


def test_what_is_merged_meanwhile_is_taken_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "store")
    filled(store, tmp_path / "inbox", files=17)
    copy, tries = freezing._copy_ledger, []  # noqa: SLF001 - something happens behind it

    def slowly(source: Path, target: Path) -> None:
        copy(source, target)
        tries.append(target)
        if len(tries) == 1:
            assert store.merge(now=0)
            store.clear_away(now=GRACE_S)

    monkeypatch.setattr(freezing, "_copy_ledger", slowly)
    frozen = tmp_path / "frozen"
    assert freeze(store.folder, frozen) == []
    assert len(tries) == 2
    points = list(store.definitions()) or [store.manifest()[0].first_point]
    rows = store.standing(points)
    store.close()
    opened = Store(frozen)
    assert opened.findings == []
    assert opened.standing(points).equals(rows)
    opened.close()


def test_a_segment_that_is_lost_is_named_and_the_others_are_taken(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    filled(store, tmp_path / "inbox", files=3)
    store.close()
    (tmp_path / "store" / "segments" / "c-0000000002.parquet").unlink()
    assert freeze(tmp_path / "store", tmp_path / "frozen") == ["c-0000000002.parquet"]
    opened = Store(tmp_path / "frozen")
    assert [one.what for one in opened.findings] == ["commits_lost"]
    opened.close()


def test_what_was_answered_for_comes_first(tmp_path: Path) -> None:
    Spool(tmp_path / "store" / "spool").keep(b"x", name="a")
    assert freeze(tmp_path / "store", tmp_path / "frozen") == []
    assert [one.content for one in SpoolReader(tmp_path / "frozen" / "spool").arrived()] == [b"x"]


def test_without_links_all_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_place: Path, _source: Path) -> None:
        raise PermissionError("no links here")

    store = Store(tmp_path / "store")
    filled(store, tmp_path / "inbox", files=2)
    store.close()
    (tmp_path / "store" / "set_aside").mkdir()
    (tmp_path / "store" / "set_aside" / "a.file").write_text("x")
    monkeypatch.setattr(Path, "hardlink_to", refused)
    assert freeze(tmp_path / "store", tmp_path / "frozen") == []
    assert (tmp_path / "frozen" / "set_aside" / "a.file").read_text() == "x"
    assert said(tmp_path / "frozen")[0] == said(tmp_path / "store")[0]


def test_a_ledger_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "ledger.sqlite3").write_bytes(b"nothing of ours" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        freeze(tmp_path / "store", tmp_path / "frozen")
