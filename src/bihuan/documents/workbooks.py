"""Workbooks as official ledgers: declared columns, printed on A4 with repeated heads."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter

from bihuan.documents.quick_rows import QuickSheet
from bihuan.documents.workbook_styles import (
    LINE_PT,
    OPTIONS,
    ROW_HEIGHT_PT_MAX,
    Styles,
    fix_properties,
    line_height_pt,
)

Kind = Literal["text", "date", "moment", "number"]
type Content = str | float | date | None
ZONE = ZoneInfo("Asia/Shanghai")
CELL_CHARACTERS_MAX = 32_767
CUT_MARK = "……（内容过长，余下部分请在系统内查看）"
ROWS_MAX = 1_048_000
PROGRESS_EVERY = 500
CHANGED_COMMENT = "本版有改动"
CHANGED_LEGEND = "浅黄底色、加粗并带“本版有改动”批注的单元格，与上一版不同。"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column; `width` in Latin characters, `note` shows as a comment on the head."""

    label: str
    width: float
    note: str | None = None
    kind: Kind = "text"
    wrap: bool = True
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet; `changed` holds (row, column) of data cells, both counted from 0."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[object]]
    notes: tuple[str, ...] = ()
    header_fields: tuple[tuple[str, str], ...] = ()
    changed: frozenset[tuple[int, int]] = frozenset()
    made_at_text: str = ""

    @property
    def has_groups(self) -> bool:
        """True when some columns stand under a shared head."""
        return any(column.group for column in self.columns)


def workbook_bytes(sheets: Iterable[Sheet]) -> bytes:
    """The workbook in memory; for what fits a page view. Raises ValueError on misshapen rows."""
    stream = BytesIO()
    _write(stream, tuple(sheets), on_progress=None)
    return stream.getvalue()


def write_workbook(
    path: Path, *, sheets: Iterable[Sheet], on_progress: Callable[[int], None] | None = None
) -> int:
    """Stream the workbook to a file; gives the number of data rows, `on_progress` as it grows."""
    return _write(str(path), tuple(sheets), on_progress=on_progress)


def _write(
    target: str | BytesIO, sheets: Sequence[Sheet], *, on_progress: Callable[[int], None] | None
) -> int:
    # Merging down two head rows needs rows still in memory; such sheets are summaries, so small.
    options = {**OPTIONS, "constant_memory": not any(sheet.has_groups for sheet in sheets)}
    written = 0
    with xlsxwriter.Workbook(target, options) as book:
        fix_properties(book)
        styles = Styles(book)
        names: set[str] = set()
        for sheet in sheets:
            page = book.add_worksheet(_sheet_name(sheet.name, names), QuickSheet)
            writer = _SheetWriter(page, sheet, styles)
            for _ in writer.write():
                written += 1
                if on_progress is not None and written % PROGRESS_EVERY == 0:
                    on_progress(written)
    if on_progress is not None:
        on_progress(written)
    return written


def _sheet_name(wanted: str, taken: set[str]) -> str:
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip(" '")[:31] or "清单"
    candidate, count = name, 1
    while candidate.lower() in taken:
        count += 1
        suffix = f"({count})"
        candidate = name[: 31 - len(suffix)] + suffix
    taken.add(candidate.lower())
    return candidate


class _SheetWriter:
    """Writes one sheet from top to bottom, because streamed rows cannot be gone back to."""

    def __init__(self, page: Any, sheet: Sheet, styles: Styles) -> None:
        self.page, self.sheet, self.styles = page, sheet, styles
        self.last = len(sheet.columns) - 1
        self.row = 0
        self.formats = [styles.cell(c.kind, wrap=c.wrap, changed=False) for c in sheet.columns]
        self.rows_changed = {row for row, _place in sheet.changed}

    def write(self) -> Iterable[None]:
        """Write everything, pausing after each data row."""
        self._set_up_columns()
        self._write_banner()
        head = self.row
        self._write_head()
        self._set_up_print(head)
        for index, values in enumerate(self.sheet.rows):
            self._write_row(index, values)
            yield
        self._write_notes()

    def _set_up_columns(self) -> None:
        for index, column in enumerate(self.sheet.columns):
            self.page.set_column(index, index, column.width)

    def _write_banner(self) -> None:
        self._write_across(self.sheet.title, self.styles.title, height=34)
        fields = [f"{label.rstrip('：:')}：{value}" for label, value in self.sheet.header_fields]
        if fields:
            self._write_across("　　".join(fields), self.styles.banner, height=20)

    def _write_across(self, text: str, style: object, *, height: float) -> None:
        self.page.set_row(self.row, height)
        if self.last:
            self.page.merge_range(self.row, 0, self.row, self.last, "", style)
        self.page.write_string(self.row, 0, _fitted(text), style)
        self.row += 1

    def _write_head(self) -> None:
        columns = self.sheet.columns
        if self.sheet.has_groups:
            self._write_groups()
        heights = [line_height_pt(column.label, column.width) for column in columns]
        self.page.set_row(self.row, max(heights, default=20) + 10)
        for index, column in enumerate(columns):
            grouped = bool(column.group) or not self.sheet.has_groups
            place = self.row if grouped else self.row - 1
            self.page.write_string(place, index, column.label, self.styles.head)
            if column.note:
                self.page.write_comment(place, index, column.note, {"x_scale": 1.6})
        self.row += 1

    def _write_groups(self) -> None:
        start = 0
        columns = self.sheet.columns
        while start <= self.last:
            group, end = columns[start].group, start
            while group and end < self.last and columns[end + 1].group == group:
                end += 1
            if not group:
                self.page.merge_range(self.row, start, self.row + 1, start, "", self.styles.head)
            elif end > start:
                self.page.merge_range(self.row, start, self.row, end, group, self.styles.head)
            else:
                self.page.write_string(self.row, start, group, self.styles.head)
            start = end + 1
        self.page.set_row(self.row, 24)
        self.row += 1

    def _set_up_print(self, head: int) -> None:
        page = self.page
        page.freeze_panes(self.row, 0)
        page.repeat_rows(head, self.row - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.65)
        page.center_horizontally()
        made = self.sheet.made_at_text.replace("&", "&&")
        # A figure right after the size would be read as part of it; the blank ends the size.
        stamp = f"&L&9 {made}" if made else ""
        page.set_footer(f"{stamp}&C&9 第 &P 页，共 &N 页")
        page.hide_gridlines(1)

    def _write_row(self, index: int, values: Sequence[object]) -> None:
        columns = self.sheet.columns
        if len(values) != len(columns):
            raise ValueError(f"row {index!r} has {len(values)!r} cells for {len(columns)!r} heads")
        if self.row >= ROWS_MAX:
            raise ValueError(f"sheet {self.sheet.name!r} has more rows than a workbook holds")
        cells = [cell_content(v, kind=c.kind) for c, v in zip(columns, values, strict=True)]
        height = self._height_of(cells)
        if self.page.takes(cells) and index not in self.rows_changed:
            self.page.write_quick_row(self.row, cells, height=height, formats=self.formats)
            self.row += 1
            return
        self.page.set_row(self.row, height)
        for place, (column, content) in enumerate(zip(columns, cells, strict=True)):
            changed = (index, place) in self.sheet.changed
            self._write_cell(place, column, content, changed=changed)
        self.row += 1

    def _height_of(self, cells: Sequence[Content]) -> float:
        # Only some editors fit a row to wrapped text by themselves, so the height is always told.
        heights = [
            line_height_pt(content, column.width)
            for column, content in zip(self.sheet.columns, cells, strict=True)
            if column.wrap and isinstance(content, str)
        ]
        return min(ROW_HEIGHT_PT_MAX, max(heights, default=LINE_PT) + 6)

    def _write_cell(self, place: int, column: Column, content: Content, *, changed: bool) -> None:
        page, style = self.page, self.styles.cell(column.kind, wrap=column.wrap, changed=changed)
        if content is None:
            page.write_blank(self.row, place, None, style)
        elif isinstance(content, str):
            page.write_string(self.row, place, content, style)
        elif isinstance(content, date):
            page.write_datetime(self.row, place, content, style)
        else:
            page.write_number(self.row, place, content, style)
        if changed:
            # Colour alone is lost on a black-and-white printer and to some eyes.
            page.write_comment(self.row, place, CHANGED_COMMENT)

    def _write_notes(self) -> None:
        notes = list(self.sheet.notes)
        if self.sheet.changed:
            notes.append(CHANGED_LEGEND)
        width = sum(column.width for column in self.sheet.columns)
        for index, note in enumerate(notes):
            text = note if index or note.startswith("注") else f"注：{note}"
            self._write_across(text, self.styles.note, height=line_height_pt(text, width) + 2)


def cell_content(value: object, *, kind: Kind) -> Content:
    """What is written for a value: text stays text, so a formula in it is never run."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = value.astimezone(ZONE).replace(tzinfo=None) if value.tzinfo else value
        return local.date() if kind == "date" else local
    if isinstance(value, date):
        return value
    if isinstance(value, int | float | Decimal):
        return float(value) if kind == "number" else str(value)
    return _fitted(str(value))


def _fitted(text: str) -> str:
    if len(text) <= CELL_CHARACTERS_MAX:
        return text
    return text[: CELL_CHARACTERS_MAX - len(CUT_MARK)] + CUT_MARK
