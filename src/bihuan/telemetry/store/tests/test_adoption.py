"""What a ledger lacks is taken in again from the segments alone."""

import shutil
from pathlib import Path

import pytest

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import adoption, compaction
from bihuan.telemetry.store.commits import Commit
from bihuan.telemetry.store.ledger import NAME
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.store.tests.written import (
    POINTS,
    START,
    bits,
    changes,
    commit,
    drawn,
    merged,
    put,
    same,
    seeded,
    stands,
)

pytestmark = pytest.mark.once
LATER = START + 30 * DAY_S
LEDGER_FILES = (NAME, f"{NAME}-wal", f"{NAME}-shm")


def many(count: int, *, first: int = 1) -> list[Commit]:
    """Commits full of doubles."""
    rnd = seeded(first)
    return [commit(number, drawn(rnd, rows=25)) for number in range(first, first + count)]


def taken_in(store: Store, written: list[Commit]) -> list[int]:
    """Settle what isn't; each time nothing of the later commits may be seen."""
    numbers = []
    for one in store.adopted():
        assert same(one, written[one.number - 1])
        assert bits(store.standing(POINTS)) == stands(written[: one.number])
        store.settle(one, changes(one.number))
        numbers.append(one.number)
    return numbers


def told(store: Store) -> list[str]:
    """The ledger's whole content but the manifest and notes of swaps."""
    return [
        line
        for line in store.ledger.rows.iterdump()
        if '"segment"' not in line and '"note"' not in line
    ]


def test_a_commit_written_and_not_settled(tmp_path: Path) -> None:
    """Killed between the segment and the ledger."""
    written = many(3)
    opened = Store(tmp_path)
    put(opened, *written[:2])
    opened.write(written[2])
    opened.close()
    again = Store(tmp_path)
    assert again.next_number == 4
    assert taken_in(again, written) == [3]
    assert again.watermark() == 3
    assert list(again.adopted()) == []
    put(again, commit(4))
    again.close()


@pytest.mark.parametrize(
    ("fan_in", "said_each", "files_of_remarks"), [(0, 1, 0), (3, 10**9, 2), (3, 1, 6)]
)
def test_a_ledger_that_is_gone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fan_in: int,
    said_each: int,
    files_of_remarks: int,
) -> None:
    """Everything is derived again, from merged commits too, some at a time.

    What commits say is merged into one file or, where it is much, into several.
    """
    monkeypatch.setattr(adoption, "ROWS_AT_ONCE", 60)
    monkeypatch.setattr(compaction, "SAID_EACH", said_each)
    monkeypatch.setattr(compaction, "REMARKS_BYTES", 1)
    written = many(7)
    opened = Store(tmp_path)
    put(opened, *written)
    if fan_in:
        merged(opened, fan_in=fan_in, now=LATER)
    remarks = [one for one in opened.manifest() if one.kind == "remarks"]
    assert len(remarks) == files_of_remarks
    before = told(opened)
    manifest = opened.manifest()
    opened.close()
    for name in LEDGER_FILES:
        (tmp_path / name).unlink(missing_ok=True)
    again = Store(tmp_path)
    assert again.findings == []
    assert again.next_number == 8
    assert taken_in(again, written) == list(range(1, 8))
    assert told(again) == before
    assert sorted(again.manifest(), key=str) == sorted(manifest, key=str)
    assert again.ledger.segments() == sorted(manifest, key=lambda one: one.name)
    again.close()


def test_an_older_ledger_beside_newer_segments(tmp_path: Path) -> None:
    """A restored backup: what it names was merged since, what it lacks is taken in again."""
    written = many(8)
    opened = Store(tmp_path / "store")
    put(opened, *written[:4])
    opened.close()
    shutil.copy(tmp_path / "store" / NAME, tmp_path / NAME)
    opened = Store(tmp_path / "store")
    put(opened, *written[4:])
    merged(opened, fan_in=2, now=LATER)
    before = told(opened)
    opened.close()
    shutil.copy(tmp_path / NAME, tmp_path / "store" / NAME)
    again = Store(tmp_path / "store")
    assert again.findings == []
    assert again.watermark() == 4
    assert taken_in(again, written) == list(range(5, 9))
    assert told(again) == before
    put(again, commit(9))
    merged(again, fan_in=2, now=LATER)
    assert bits(again.standing(POINTS)) == stands(written)
    again.close()


def test_lost_segments_are_named(tmp_path: Path) -> None:
    """Commits in the middle and at the end; numbers are never given twice."""
    opened = Store(tmp_path)
    put(opened, *many(5))
    opened.close()
    for number in (2, 5):
        (tmp_path / "segments" / f"c-{number:010}.parquet").unlink()
    again = Store(tmp_path)
    (finding,) = again.findings
    assert (finding.what, finding.commits) == ("commits_lost", (2, 5))
    assert "第 2、5 批" in finding.sentence
    assert again.next_number == 6
    assert [one.name for one in again.ledger.segments()] == [
        f"c-{number:010}.parquet" for number in (1, 3, 4)
    ]
    again.close()


def test_lost_rows_of_a_day_are_counted(tmp_path: Path) -> None:
    """A merged file that isn't there."""
    opened = Store(tmp_path)
    put(opened, *many(2))
    merged(opened, fan_in=2, now=LATER)
    gone = next(one for one in opened.manifest() if one.kind == "rows")
    opened.close()
    (tmp_path / "segments" / gone.name).unlink()
    again = Store(tmp_path)
    (finding,) = again.findings
    assert finding.what == "rows_lost"
    assert f"2026-03-01 的监测数据缺 {gone.rows} 条读数" in finding.sentence
    again.close()
