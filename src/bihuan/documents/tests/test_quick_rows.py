"""Rows written quickly are the rows that the library writes, and markup in them is text."""

import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from bihuan.documents.error_workbooks import annotate_errors
from bihuan.documents.quick_rows import QuickSheet
from bihuan.documents.workbooks import Column, Sheet, workbook_bytes

COLUMNS = (
    Column(label="文字", width=10),
    Column(label="数", width=20, kind="number"),
    Column(label="日", width=12, kind="date"),
    Column(label="时刻", width=12, kind="moment"),
)
DAYS = st.dates(date(1950, 1, 1), date(2099, 1, 1))
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2099, 1, 1))  # noqa: DTZ001 - as written
TEXTS = st.text(max_size=40) | st.sampled_from(["长" * 20_000, " 前", "后\n", "_x0041_", '"&<', ""])
ROWS = st.tuples(
    TEXTS,
    st.none() | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9),
    st.none() | DAYS,
    st.none() | MOMENTS,
)


def made(rows: list[tuple[Any, ...]]) -> bytes:
    return workbook_bytes([Sheet(name="表", title="表", columns=COLUMNS, rows=rows, notes=("止",))])


def sheet_of(data: bytes) -> str:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return package.read("xl/worksheets/sheet1.xml").decode()


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, max_size=6))
def test_they_are_what_the_library_writes(rows: list[tuple[Any, ...]]) -> None:
    quick = made(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuickSheet, "takes", lambda *_cells: False)
        assert sheet_of(quick) == sheet_of(made(rows))


@pytest.mark.parametrize("text", ["<r><t>x</t></r>", "<r>半", "=1+1", "</is></c><c>"])
def test_markup_is_text(text: str) -> None:
    back = CalamineWorkbook.from_filelike(BytesIO(made([(text, 1, None, None)])))
    assert back.get_sheet_by_index(0).to_python()[2][0] == text
    table = f'标题,数\n"{text}",1\n'.encode()
    marked = annotate_errors(table, name="a.csv", labels=("标题", "数"), errors={2: {"数": "错"}})
    rows = CalamineWorkbook.from_filelike(BytesIO(marked)).get_sheet_by_index(0).to_python()
    assert rows[1][1] == text
