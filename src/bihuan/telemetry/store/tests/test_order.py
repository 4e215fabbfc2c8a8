"""The order of T1 as plainly as it can be written, and as the store sorts."""

from itertools import permutations

import polars as pl
import pytest

from bihuan.telemetry.store.commits import Commit
from bihuan.telemetry.store.order import by_arrival, by_point, standing_of
from bihuan.telemetry.store.tests.written import (
    POINTS,
    START,
    Row,
    bits,
    drawn,
    frame,
    key_of,
    seeded,
    stands,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize("seed", range(10))
def test_rows_sort_as_the_plain_key_says(seed: int) -> None:
    """Any folders, names that are beginnings of others, equal keys in two commits."""
    rnd = seeded(seed)
    both = [(row, number) for number in (1, 2) for row in drawn(rnd, rows=80)]
    rnd.shuffle(both)
    rows = frame(row for row, _number in both)
    rows = rows.with_columns(commit=pl.Series([number for _row, number in both]))
    wanted = [(*row, number) for row, number in sorted(both, key=lambda one: key_of(*one))]
    assert [key_of(one[:9], one[9]) for one in by_arrival(rows).iter_rows()] == [
        key_of(one[:9], one[9]) for one in wanted
    ]
    found = by_point(rows).iter_rows()
    keys = [(one[0], one[1], key_of(one[:9], one[9])) for one in found]
    assert keys == sorted(keys)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_points_sort_as_their_codes_however_often_each_comes(times: int) -> None:
    rnd = seeded(times)
    codes = [f"{rnd.randrange(10**12):012}01MN{number:012}" for number in range(40)]
    rows: list[Row] = [
        (code, START + second, 1.0, 0, False, 0, "", b"", second)
        for code in codes
        for second in range(times)
    ]
    rnd.shuffle(rows)
    found = by_point(frame(rows).with_columns(commit=pl.lit(1)))
    assert found.select("point", "time").rows() == sorted(row[:2] for row in rows)


def test_a_folder_named_like_the_file() -> None:
    """The path decides, not the folder: digits of a folder may be before those of the mine."""
    mine = POINTS[0][:12].encode()
    folders = [b"", b"0/", b"a/", mine + b"/", mine + b"_CDSS_20260301000000.txt/"]
    rows: list[Row] = [
        (POINTS[0], START, float(place), 0, False, 0, "", folder, 0)
        for place, folder in enumerate(folders)
    ]
    for some in permutations(rows, 3):
        one = Commit(number=1, rows=frame(some))
        found = standing_of(one.rows.with_columns(commit=pl.lit(1)))
        assert bits(found) == stands([one])
