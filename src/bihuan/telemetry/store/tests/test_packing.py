"""Packed rows come back bit for bit, whatever the numbers."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.telemetry.store.commits import ROWS
from bihuan.telemetry.store.order import VERSIONS, by_point
from bihuan.telemetry.store.packing import packed, unpacked
from bihuan.telemetry.store.tests.written import POINTS, START, bits, drawn, frame, seeded

pytestmark = pytest.mark.once
VALUES = st.one_of(
    st.none(),
    st.floats(allow_nan=False),
    st.decimals(-1000, 1000, places=2).map(float),
    st.sampled_from((0.0, -0.0, 5e-324, 1.7976931348623157e308, 2.0**53, 0.00005)),
)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(VALUES, max_size=12), cut=st.integers(0, 12))
def test_numbers_come_back(values: list[float | None], cut: int) -> None:
    """Nulls, signed zeros, what has more than four decimals, what is huge."""
    points = [POINTS[0 if place < cut else 1] for place in range(len(values))]
    rows = [
        (point, START + place, value, 0, False, 0, "", b"", 0)
        for place, (point, value) in enumerate(zip(points, values, strict=True))
    ]
    versions = frame(rows).with_columns(commit=pl.lit(7, pl.Int64()))
    assert bits(unpacked(packed(versions))) == bits(versions)


def test_whole_rows_come_back() -> None:
    """All columns, and a part of the points alone."""
    rows = frame(drawn(seeded(4), rows=300, days=1))
    rows = rows.with_columns(commit=pl.int_range(pl.len()))
    versions = by_point(rows.select(list(VERSIONS)))
    assert bits(unpacked(packed(versions))) == bits(versions)
    some = packed(versions).filter(pl.col("point") > POINTS[2])
    assert bits(unpacked(some)) == bits(versions.filter(pl.col("point") > POINTS[2]))
    assert unpacked(packed(VERSIONS.to_frame())).schema == VERSIONS
    assert list(ROWS) == list(VERSIONS)[:-1]
