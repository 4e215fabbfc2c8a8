"""Export of a list: exactly what is filtered, as workbook or CSV, streamed, formula-safe."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import count
from pathlib import Path

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from bihuan.accounts.requests import actor_from, to_sign_in, user_or_none
from bihuan.desk import columns, filtering
from bihuan.desk.choices import Choices, choices_of
from bihuan.desk.lists import category_labels, fact_cells, loop_or_404
from bihuan.desk.rows import Look, Row, deadline_cell, due_on, look_at
from bihuan.documents.workbooks import Column, Kind, Sheet, write_workbook
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.clocks import is_far
from bihuan.matters.inbox import page_of
from bihuan.matters.models import Matter, Timer
from bihuan.matters.moment import now
from bihuan.ui.words import moment

type Value = str | int | date | datetime | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    ("序号", 6),
    ("编号", 22),
    ("受理号", 18),
    ("标题", 44),
    ("监管对象", 20),
    ("承办单位", 24),
    ("乡镇", 12),
    ("类别", 20),
    ("来源", 16),
    ("环节", 14),
    ("登记日期", 12),
    ("期限", 12),
    ("办结日期", 12),
    ("期限情况", 14),
)
KINDS: dict[str, Kind] = {
    "序号": "number",
    "登记日期": "date",
    "期限": "date",
    "办结日期": "date",
}
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export_list(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """The filtered list as a file; the same query string as the list itself."""
    if user_or_none(request) is None:
        return to_sign_in(request)
    by, at = actor_from(request), now()
    loop = loop_or_404(kind, by=by)
    asked = filtering.asked_of(request.GET.dict(), loop=loop)
    found = filtering.in_tab(
        filtering.filtered(asked, by=by, loop=loop), asked.tab, by=by, loop=loop, at=at
    )
    choices = choices_of(by)
    lines = _lines(found, newest=asked.is_newest_first, loop=loop, choices=choices, at=at)
    name = f"{loop.label}台账{at.astimezone(SHANGHAI):%Y%m%d%H%M}.{form}"
    if form == "csv":
        return _csv_response(heads_of(loop), lines, name=name)
    if form == "xlsx":
        made = f"{moment(at)} 由{by.name}导出"
        return _xlsx_response(
            heads_of(loop), lines, name=name, title=f"{loop.label}台账", made=made
        )
    raise Http404(f"no export as {form!r}")


def heads_of(loop: Loop) -> list[tuple[str, int]]:
    """Heads and widths: the fixed columns, then the declared ones; nothing sealed is among them."""
    return [*HEADS, *((field.label, 20) for field in columns.fact_columns(loop))]


def plain_text(value: Value) -> str:
    """A cell of a text file that no spreadsheet runs as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def _lines(
    found: QuerySet[Matter], *, newest: bool, loop: Loop, choices: Choices, at: datetime
) -> Iterator[list[Value]]:
    """Lines of every page of the list in its order: one page of rows is in memory at a time."""
    today = at.astimezone(SHANGHAI).date()
    categories = category_labels(loop, choices=choices, on=today)
    after = ""
    number = count(1)
    shown = columns.available(loop)
    while True:
        page = page_of(found, after=after, newest=newest)
        look = look_at(page.rows, at=at, townships=choices.townships, categories=categories)
        facts = fact_cells(page.rows, shown=shown, loop=loop, choices=choices, on=today)
        held = _last_due(page.rows)
        for row in page.rows:
            more = facts.get(row["id"], {})
            due = held.get(row["id"], row)
            yield [next(number), *_line(row, loop=loop, look=look, due=due), *more.values()]
        if not page.next_after:
            return
        after = page.next_after


def _last_due(rows: Sequence[Row]) -> dict[int, Row]:
    """The last due moment of each closed matter: its row holds those of running clocks only."""
    closed = [row["id"] for row in rows if not row["is_open"]]
    ended = Timer.objects.filter(matter_id__in=closed, state=Timer.State.DONE, due_at__isnull=False)
    found = ended.order_by("due_at").values("matter_id", "due_at", "late_from") if closed else ()
    return {row["matter_id"]: dict(row) for row in found}


def _line(row: Row, *, loop: Loop, look: Look, due: Row) -> list[Value]:
    return [
        row["number"],
        row["acceptance_number"],
        row["title"],
        row["site__name"],
        row["unit__name"],
        look.townships.get(row["l4"], ""),
        look.categories.get(row["category"], row["category"]),
        row["source"],
        loop.stage(row["stage"]).label,
        _day(row["opened_at"]),
        None if is_far(due["due_at"]) else due_on(due) or _day(due["due_at"]),
        _day(row["closed_at"]) if row["closed_at"] else None,
        deadline_cell(row, look=look)["words"],
    ]


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


class _Echo:
    """A file that hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv_response(
    heads: list[tuple[str, int]], lines: Iterator[list[Value]], *, name: str
) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def written() -> Iterator[str]:
        yield "\ufeff"  # spreadsheets take the text for the local code page without it
        yield writer.writerow([label for label, _width in heads])
        for line in lines:
            yield writer.writerow([plain_text(value) for value in line])

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _xlsx_response(
    heads: list[tuple[str, int]],
    lines: Iterator[list[Value]],
    *,
    name: str,
    title: str,
    made: str,
) -> FileResponse:
    asked = tuple(
        Column(label=label, width=width, kind=KINDS.get(label, "text")) for label, width in heads
    )
    sheet = Sheet(name=title, title=title, columns=asked, rows=lines, made_at_text=made)
    kept = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    write_workbook(Path(kept.name), sheets=[sheet])
    return FileResponse(kept, as_attachment=True, filename=name, content_type=XLSX)
