"""What is read of a ledger beside its writer: whole, in order, and without heavy libraries."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.telemetry.live.identity import Changes
from bihuan.telemetry.store import glance, schema
from bihuan.telemetry.store.commits import Commit, Told
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.store.tests.written import MINES, POINTS, START, changes, commit, frame, put
from bihuan.telemetry.tests.inboxes import definition

pytestmark = pytest.mark.once


def told(number: int, moment: int, name: str = "n", **fields: str) -> Commit:
    """A commit that says one thing of a point."""
    digits = f"{moment:020}"
    cells = tuple(definition(POINTS[0], **fields).split(";"))
    one = Told(POINTS[0], moment, (digits, name, "odd\udcff", 0), cells)
    return Commit(number=number, rows=frame([]), definitions=(one,))


def test_nothing_heavy_is_loaded() -> None:
    """A page that shows one episode doesn't pay for what reads segments."""
    asks = "import bihuan.telemetry.store.glance, sys; print({'polars', 'numpy'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", asks], check=True, capture_output=True, text=True)  # noqa: S603
    assert said.stdout == "set()\n"


def test_before_anything_came(tmp_path: Path) -> None:
    """No folder, an empty file, and a ledger without a commit say nothing, and stay as they are."""
    empty, fresh = tmp_path / "empty", tmp_path / "fresh"
    empty.mkdir()
    (empty / schema.NAME).touch()
    fresh.mkdir()
    Ledger(fresh).close()
    for folder in (tmp_path / "none", empty, fresh):
        assert glance.watermark(folder) is None
        assert glance.changes_since(folder, 0, limit=5) == []
        assert glance.episode(folder, 1) is None
        assert glance.open_episodes(folder) == glance.amendments(folder, 1) == []
        assert glance.definitions_of(folder, POINTS[0]) is None
    assert not (tmp_path / "none").exists()
    assert (empty / schema.NAME).stat().st_size == 0


def test_another_version_is_refused(tmp_path: Path) -> None:
    rows = sqlite3.connect(tmp_path / schema.NAME)
    rows.execute("PRAGMA user_version = 99")
    rows.close()
    with pytest.raises(schema.WrongFormat, match="99"):
        glance.watermark(tmp_path)


def test_changes_come_page_by_page(store: Store) -> None:
    """Whoever asks on with the last row sees each episode once, and again when it changed again."""
    put(store, *(commit(number) for number in range(1, 6)))
    store.write(commit(6))
    both = [changes(2).episodes[0], changes(4).episodes[0], changes(6).episodes[0]]
    store.settle(commit(6), Changes(episodes=both))
    assert glance.watermark(store.folder) == 6
    seen: list[tuple[int, int]] = []
    at, after_id = 0, None
    while found := glance.changes_since(store.folder, at, limit=2, after_id=after_id):
        assert len(found) <= 2
        seen += [(one.commit, one.episode.id) for one in found]
        at, after_id = seen[-1]
    assert seen == [(1, 1), (3, 3), (5, 5), (6, 2), (6, 4), (6, 6)]
    assert glance.changes_since(store.folder, 6, limit=9) == []
    last = glance.changes_since(store.folder, 5, limit=9)
    assert [one.episode for one in last] == both


def test_one_episode_and_what_is_open(store: Store) -> None:
    put(store, *(commit(number) for number in range(1, 4)))
    assert glance.episode(store.folder, 2) == changes(2).episodes[0]
    assert glance.episode(store.folder, 9) is None
    lasting = [changes(1).episodes[0], changes(3).episodes[0]]
    assert glance.open_episodes(store.folder) == lasting
    assert glance.open_episodes(store.folder, MINES[0]) == lasting
    assert glance.open_episodes(store.folder, MINES[1]) == []
    assert glance.amendments(store.folder, 2) == changes(2).amendments
    assert glance.amendments(store.folder, 9) == []


def test_the_newest_definition(store: Store) -> None:
    """Of one moment the last name counts, of one name the later commit (T1)."""
    put(
        store,
        told(1, START + 9, name="a", upper="1.00"),
        told(2, START, name="z", unit="ppm"),
        told(3, START + 9, name="a", upper="2.00"),
        told(4, START + 9, name="A", upper="3.00"),
    )
    found = glance.definitions_of(store.folder, POINTS[0])
    assert found is not None
    assert (found.point, found.moment, found.definition.on[0]) == (POINTS[0], START + 9, 2.0)
    fields = definition(POINTS[0]).split(";")
    assert found.location == found.fields["location"] == fields[18]
    assert json.dumps(found.fields)
    assert glance.definitions_of(store.folder, POINTS[1]) is None
