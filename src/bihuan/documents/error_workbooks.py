"""A user's own table given back with the errors written beside the rows and marked in the cells."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from bihuan.documents.grids import Cell, Grid, read_grid
from bihuan.documents.letters import width_of
from bihuan.documents.quick_rows import QuickSheet
from bihuan.documents.tables import Head, find_head, text_of
from bihuan.documents.workbook_styles import (
    OPTIONS,
    ROW_HEIGHT_PT_MAX,
    Styles,
    fix_properties,
    line_height_pt,
)

ERROR_HEAD = "错误说明"
DONE_WORDS = "已登记，再上传时跳过"
ERROR_WIDTH = 40
WIDTH_MIN, WIDTH_MAX = 9.0, 36.0
WIDTH_SAMPLE_ROWS = 200
WHOLE_ROW = ""

type RowErrors = Mapping[str, str]


def annotate_errors(
    data: bytes,
    *,
    name: str,
    labels: Sequence[str],
    errors: Mapping[int, RowErrors],
    done: Collection[int] = (),
) -> bytes:
    """The same rows as xlsx with a first column 错误说明; wrong cells are red and say why.

    `errors` maps a row number as `read_rows` gave it to {label: sentence}; the label "" speaks
    of the whole row. Rows keep their numbers, so the file can be corrected and uploaded again;
    those of `done` say so in the first column, by which the next upload knows them.
    Raises Unreadable like `read_rows`.
    """
    grid = _without_error_column(read_grid(data, name=name))
    head = find_head(grid, name=name, labels=labels)
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {**OPTIONS, "constant_memory": True}) as book:
        fix_properties(book)
        styles = Styles(book)
        page = book.add_worksheet("请更正后再上传", QuickSheet)
        page.set_column(0, 0, ERROR_WIDTH)
        for place, width in enumerate(_widths(grid), start=1):
            page.set_column(place, place, width)
        page.freeze_panes(head.row_number, 1)
        for index, row in enumerate(grid):
            if index + 1 == head.row_number:
                _write_head(page, index, row, styles=styles)
            else:
                if index + 1 in done:
                    style = styles.cell("text", wrap=True, changed=False)
                    page.write_string(index, 0, DONE_WORDS, style)
                _write_row(page, index, row, head=head, errors=errors, styles=styles)
    return stream.getvalue()


def _without_error_column(grid: Grid) -> Grid:
    """Without the column that an earlier giving back put first, so that it never doubles."""
    if any(row and text_of(row[0]) == ERROR_HEAD for row in grid):
        return [row[1:] for row in grid]
    return grid


def _widths(grid: Grid) -> list[float]:
    sample = grid[:WIDTH_SAMPLE_ROWS]
    count = max((len(row) for row in sample), default=0)
    widest = [WIDTH_MIN] * count
    for row in sample:
        for place, cell in enumerate(row):
            widest[place] = max(widest[place], width_of(text_of(cell)) * 2 + 2)
    return [min(WIDTH_MAX, width) for width in widest]


def _write_head(page: Any, index: int, row: Sequence[Cell], *, styles: Styles) -> None:
    page.set_row(index, 30)
    for place, text in enumerate([ERROR_HEAD, *map(text_of, row)]):
        page.write_string(index, place, text, styles.head)


def _write_row(
    page: Any,
    index: int,
    row: Sequence[Cell],
    *,
    head: Head,
    errors: Mapping[int, RowErrors],
    styles: Styles,
) -> None:
    found = errors.get(index + 1, {})
    wrong = {head.columns[label]: text for label, text in found.items() if label in head.columns}
    if found:
        sentences = "\n".join(_told(label, text) for label, text in found.items())
        page.set_row(index, min(ROW_HEIGHT_PT_MAX, line_height_pt(sentences, ERROR_WIDTH) + 6))
        page.write_string(index, 0, sentences, styles.error)
    # A row may end before the column that is missing in it, and that cell must still turn red.
    for place in range(max(len(row), max(wrong, default=-1) + 1)):
        cell = row[place] if place < len(row) else ""
        _write_cell(page, index, place + 1, cell, is_wrong=place in wrong, styles=styles)
        if place in wrong:
            page.write_comment(index, place + 1, wrong[place], {"x_scale": 1.6})


def _told(label: str, sentence: str) -> str:
    return sentence if label == WHOLE_ROW else f"【{label}】{sentence}"


def _write_cell(
    page: Any, row: int, place: int, cell: Cell, *, is_wrong: bool, styles: Styles
) -> None:
    kind = "text"
    if isinstance(cell, datetime):
        kind = "moment"
    elif isinstance(cell, date):
        kind = "date"
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        kind = "number"
    style = styles.cell(kind, wrap=True, changed=False, wrong=is_wrong)
    if isinstance(cell, date):
        page.write_datetime(row, place, cell, style)
    elif kind == "number":
        page.write_number(row, place, cell, style)
    elif text := text_of(cell):
        page.write_string(row, place, text, style)
    else:
        page.write_blank(row, place, None, style)
