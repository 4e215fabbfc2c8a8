"""Days that are too old are let go of, readings and roll-ups each in their time."""

from pathlib import Path

import pytest

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import keeping
from bihuan.telemetry.store.readers import Reader
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.store.tests.test_readers import plain_buckets, steady
from bihuan.telemetry.store.tests.written import DAY, POINTS, START, merged, put, stands

pytestmark = pytest.mark.once
LATER = START + 30 * DAY_S
NOW = START + 4 * DAY_S + 5


def days_of(store: Store, kind: str) -> list[int]:
    """Days of which there are files, counted from the first."""
    return sorted({one.day - DAY for one in store.manifest() if one.kind == kind})


def test_days_leave_one_by_one(tmp_path: Path) -> None:
    """Charts go on from roll-ups; late rows of such a day are no more; a restart finds no fault."""
    opened = Store(tmp_path)
    written = [steady(number, day=number - 1) for number in range(1, 5)]
    put(opened, *written)
    merged(opened, fan_in=1, now=LATER)
    assert opened.let_go(now=NOW, readings_days=None, rollups_days=None) == []
    gone = opened.let_go(now=NOW, readings_days=2, rollups_days=3)
    assert [one.day - DAY for one in gone] == [0, 0, 0, 1]
    assert days_of(opened, "rows") == [2, 3]
    assert days_of(opened, "hour") == days_of(opened, "ten_minutes") == [1, 2, 3]
    assert all((opened.files / one.name).exists() for one in gone)
    opened.clear_away(now=NOW + 60)
    assert not [name for one in gone if (name := opened.files / one.name).exists()]
    reader = Reader(tmp_path)
    left = reader.left()
    assert [(one.first_day - DAY, one.last_day - DAY) for one in left.values()] == [
        (2, 3),
        (1, 3),
        (1, 3),
    ]
    assert left["rows"].rows == sum(one.rows.height for one in written[2:])
    assert left["rows"].bytes > 0
    late = steady(5, day=1, seed=9)
    put(opened, late)
    period = {"since": START + DAY_S, "until": START + 3 * DAY_S - 1}
    width, rows = reader.chart(POINTS[:1], **period, buckets=50)
    assert {row[1]: row[2:] for row in rows.iter_rows()} == plain_buckets(
        written, POINTS[0], *period.values(), width
    )
    assert reader.readings(POINTS, **period).height == len(stands([written[2]]))
    reader.close()
    merged(opened, fan_in=1, now=LATER)
    assert days_of(opened, "rows") == [2, 3]
    opened.close()
    (tmp_path / "ledger.sqlite3").unlink()
    again = Store(tmp_path)
    assert again.findings == []
    assert again.commit(1).rows.is_empty()
    assert again.commit(3).rows.height == written[2].rows.height
    again.close()


def test_killed_after_it_was_written_down(tmp_path: Path) -> None:
    """What may go goes the next time, and isn't missed."""
    opened = Store(tmp_path)
    put(opened, steady(1, day=0))
    merged(opened, fan_in=1, now=LATER)
    kept = keeping.kept_after(
        keeping.Kept(rollups_from=DAY + 9), today=DAY + 4, readings_days=2, rollups_days=None
    )
    assert kept == keeping.Kept(DAY + 2, DAY + 9)
    keeping.write_kept(opened.files, kept)
    opened.close()
    again = Store(tmp_path)
    assert again.findings == []
    gone = again.let_go(now=NOW, readings_days=2, rollups_days=None)
    assert len(gone) == 3
    assert [one.kind for one in again.manifest()] == ["remarks"]
    again.close()
