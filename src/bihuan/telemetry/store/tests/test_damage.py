"""Files that can't be read are given up with a finding, whoever meets them first."""

import sqlite3
from pathlib import Path

import pytest

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import store as stores
from bihuan.telemetry.store.compaction import plan
from bihuan.telemetry.store.folder import ASIDE
from bihuan.telemetry.store.ledger import NAME, WrongFormat
from bihuan.telemetry.store.remarks import expanded, squeezed
from bihuan.telemetry.store.segments import Damaged, commit_name, read_commit
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.store.tests.test_adoption import many, taken_in
from bihuan.telemetry.store.tests.written import POINTS, START, bits, merged, put, stands

pytestmark = pytest.mark.once
LATER = START + 30 * DAY_S


def spoil(store: Store, number: int) -> None:
    """Damage the pages of a commit, not what it says of itself."""
    path = store.files / commit_name(number)
    content = bytearray(path.read_bytes())
    content[4:300] = bytes(296)
    path.write_bytes(content)


def test_a_question_goes_on_without_it(tmp_path: Path) -> None:
    """And the next start doesn't find it missing from the manifest alone: it names the commit."""
    written = many(3)
    opened = Store(tmp_path)
    put(opened, *written)
    spoil(opened, 2)
    opened.close()
    again = Store(tmp_path)
    assert again.findings == []
    left = [written[0], written[2]]
    assert bits(again.standing(POINTS)) == stands(left)
    assert [one.names for one in again.findings] == [(commit_name(2),)]
    assert (again.files / ASIDE / commit_name(2)).exists()
    assert commit_name(2) not in {one.name for one in again.ledger.segments()}
    again.close()
    third = Store(tmp_path)
    assert [(one.what, one.commits) for one in third.findings] == [("commits_lost", (2,))]
    third.close()


def test_a_merge_goes_on_without_it(tmp_path: Path) -> None:
    """The first try finds it, those before and after it are never merged over the gap."""
    written = many(17)
    opened = Store(tmp_path)
    put(opened, *written)
    spoil(opened, 1)
    opened.close()
    again = Store(tmp_path)
    assert again.merge(now=START)
    assert [one.names for one in again.findings] == [(commit_name(1),)]
    assert again.merge(now=START)
    assert not again.merge(now=START)
    assert bits(again.standing(POINTS)) == stands(written[1:])
    again.close()


def test_a_start_goes_on_without_it(tmp_path: Path) -> None:
    """Rows of settled commits, a file at a time."""
    written = many(3)
    opened = Store(tmp_path)
    put(opened, *written[:2])
    opened.write(written[2])
    spoil(opened, 2)
    opened.close()
    again = Store(tmp_path)
    found = list(again.rows_after(0))
    assert [len(one) for one in found] == [len(written[0].rows)]
    assert [one.names for one in again.findings] == [(commit_name(2),)]
    assert bits(again.standing(POINTS, upto=1)) == stands(written[:1])
    again.close()


def test_commits_around_a_lost_one_are_taken_in(tmp_path: Path) -> None:
    """Merged ones and others, in the order of their numbers."""
    written = many(7)
    opened = Store(tmp_path)
    put(opened, *written)
    opened.give_up(Damaged(commit_name(2), "lost"))
    merged(opened, fan_in=2, now=LATER)
    assert opened.commit(1).number == 1
    with pytest.raises(LookupError):
        opened.commit(2)
    opened.close()
    (tmp_path / NAME).unlink()
    again = Store(tmp_path)
    numbers = []
    for one in again.adopted():
        numbers.append(one.number)
        assert bits(one.rows) == bits(written[one.number - 1].rows)
    assert numbers == [1, 3, 4, 5, 6, 7]
    again.close()


def test_unsettled_commits_are_unseen_until_they_are_adopted(tmp_path: Path) -> None:
    """Of merged files too, beside a ledger that is gone."""
    written = many(4)
    opened = Store(tmp_path)
    put(opened, *written)
    merged(opened, fan_in=2, now=LATER)
    assert sum(map(len, opened.rows_after(3))) == len(written[3].rows)
    opened.close()
    (tmp_path / NAME).unlink()
    again = Store(tmp_path)
    assert again.standing(POINTS).is_empty()
    assert list(again.rows_after(0)) == []
    assert taken_in(again, written) == [1, 2, 3, 4]
    again.close()


def test_only_the_last_rows_are_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older ones are read from their files."""
    monkeypatch.setattr(stores, "_HELD_ROWS", 30)
    written = many(4)
    put(store, *written)
    spoil(store, 4)
    assert bits(store.standing(POINTS)) == stands(written)
    spoil(store, 1)
    assert bits(store.standing(POINTS)) == stands(written[1:])


def test_set_aside_twice(tmp_path: Path) -> None:
    """The first isn't written over."""
    for content in ("1", "2"):
        opened = Store(tmp_path)
        opened.close()
        (opened.files / "notes.txt").write_text(content)
    again = Store(tmp_path)
    (again.files / "notes.txt").write_text("3")
    again.close()
    Store(tmp_path).close()
    kept = sorted((again.files / ASIDE).iterdir())
    assert [one.read_text() for one in kept] == ["1", "2", "3"]


def test_a_ledger_of_another_format_is_refused(tmp_path: Path) -> None:
    """And the folder isn't held afterwards."""
    Store(tmp_path).close()
    ledger = sqlite3.connect(tmp_path / NAME)
    ledger.execute("PRAGMA user_version = 9")
    ledger.close()
    for _time in range(2):
        with pytest.raises(WrongFormat, match="has format 9"):
            Store(tmp_path)


def test_what_is_damaged_says_so(store: Store) -> None:
    """Text that was cut, a file that isn't one."""
    assert expanded(squeezed("甲")) == "甲"
    for text in (squeezed("x" * 99)[:-8], "!", "AAAA"):
        with pytest.raises(ValueError, match=r"damaged|base64|padding|Only"):
            expanded(text)
    (store.files / commit_name(1)).write_bytes(b"PAR1")
    with pytest.raises(Damaged, match="c-0000000001"):
        read_commit(store.files, 1)
    assert plan([], settled=0, now=0) is None


def test_merged_remarks_are_given_up_by_an_adoption(store: Store) -> None:
    """What they said can't be told any more."""
    written = many(2)
    put(store, *written)
    merged(store, fan_in=2, now=START)
    (one,) = (each for each in store.manifest() if each.kind == "remarks")
    content = bytearray((store.files / one.name).read_bytes())
    content[4:200] = bytes(196)
    (store.files / one.name).write_bytes(content)
    with store.ledger.transaction():
        store.ledger.keep_note("watermark", 0)
    assert list(store.adopted()) == []
    assert [each.names for each in store.findings] == [(one.name,)]
