"""Export of a list: exactly what is filtered, as workbook or CSV, formula-safe.

A short list is answered at once; a long one is work for the worker (`long_exports.py`).
"""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count
from pathlib import Path

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import columns, filtering
from bihuan.desk.choices import choices_of
from bihuan.desk.files import no_script
from bihuan.desk.filtering import Asked
from bihuan.desk.lists import category_labels, fact_cells, loop_or_404
from bihuan.desk.rows import Look, Row, deadline_cell, due_on, look_at
from bihuan.desk.shell import address
from bihuan.documents.workbooks import PROGRESS_EVERY, Column, Kind, Sheet, write_workbook
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.clocks import is_far
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import page_of
from bihuan.matters.models import Matter, Timer
from bihuan.matters.moment import now
from bihuan.matters.reach import LEVELS
from bihuan.matters.viewings import Viewing, record_viewings
from bihuan.ui.downloads import XLSX, plain_text
from bihuan.ui.words import moment

type Value = str | int | date | datetime | None

AT_ONCE_MAX = 500  # rows that a page's answer may wait for
ROWS_READ = 500
MIMES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
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
# What a column of the list is in a file: there a cell holds one thing.
OF_COLUMN = {
    "title": ("编号", "受理号", "标题"),
    "site": ("监管对象",),
    "unit": ("承办单位",),
    "state": ("环节",),
    "due": ("期限", "期限情况"),
    "township": ("乡镇",),
    "category": ("类别",),
    "source": ("来源",),
    "opened": ("登记日期",),
    "closed": ("办结日期",),
}
KINDS: dict[str, Kind] = {
    "序号": "number",
    "登记日期": "date",
    "期限": "date",
    "办结日期": "date",
}


@signed_in
def export_list(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The filtered list as a file; the same query string as the list itself."""
    by, at = actor_from(request), now()
    loop = loop_or_404(kind, by=by)
    asked = filtering.asked_of(request.GET.dict(), loop=loop)
    if form not in MIMES:
        raise Http404(f"no export as {form!r}")
    found = found_by(asked, by=by, loop=loop, at=at)
    if found.order_by()[: AT_ONCE_MAX + 1].count() > AT_ONCE_MAX:
        return redirect(address("desk:ask_export", loop.key, form) + asked.url())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        write_export(path, asked, by=by, loop=loop, at=at, form=form)
        data = path.read_bytes()
    return no_script(data, name=export_name(loop, at=at, form=form), mime=MIMES[form])


def found_by(asked: Asked, *, by: Actor, loop: Loop, at: datetime) -> QuerySet[Matter]:
    """The matters that a list shows for this query string, within the actor's reach."""
    found = filtering.filtered(asked, by=by, loop=loop)
    return filtering.in_tab(found, asked.tab, by=by, loop=loop, at=at)


def write_export(
    path: Path,
    asked: Asked,
    *,
    by: Actor,
    loop: Loop,
    at: datetime,
    form: str,
    on_progress: Callable[[int], None] | None = None,
) -> int:
    """Write what a list shows for this query string as workbook or CSV; gives its number."""
    places = _places(asked, loop=loop)
    heads = [heads_of(loop)[place] for place in places]
    every = _lines(asked, by=by, loop=loop, at=at)
    lines = ([line[place] for place in places] for line in every)
    if form == "csv":
        return _write_csv(path, heads, lines, on_progress=on_progress)
    columns_out = tuple(
        Column(label=label, width=width, kind=KINDS.get(label, "text")) for label, width in heads
    )
    title = f"{loop.label}台账"
    made = f"{moment(at)} 由{by.name}导出"
    sheet = Sheet(name=title, title=title, columns=columns_out, rows=lines, made_at_text=made)
    return write_workbook(path, sheets=[sheet], on_progress=on_progress)


def export_name(loop: Loop, *, at: datetime, form: str) -> str:
    """What the file is called."""
    return f"{loop.label}台账{at.astimezone(SHANGHAI):%Y%m%d%H%M}.{form}"


def heads_of(loop: Loop) -> list[tuple[str, int]]:
    """Heads and widths: the fixed columns, then the declared ones; nothing sealed is among them."""
    return [*HEADS, *((field.label, 20) for field in columns.fact_columns(loop))]


def _places(asked: Asked, *, loop: Loop) -> list[int]:
    """Which heads go out: those of the columns that are named, in their order, else every one."""
    every = [label for label, _width in HEADS]
    if not asked.get("cols"):
        return list(range(len(heads_of(loop))))
    facts = [field.key for field in columns.fact_columns(loop)]
    found = [0]
    for column in columns.chosen(asked, loop=loop):
        if column.key in facts:
            found.append(len(HEADS) + facts.index(column.key))
        else:
            found += [every.index(label) for label in OF_COLUMN.get(column.key, ())]
    return found


def _lines(asked: Asked, *, by: Actor, loop: Loop, at: datetime) -> Iterator[list[Value]]:
    """Lines of the whole list in its order: some hundreds of rows are in memory at a time."""
    found = found_by(asked, by=by, loop=loop, at=at)
    choices = choices_of(by)
    today = at.astimezone(SHANGHAI).date()
    categories = category_labels(loop, choices=choices, on=today)
    after = ""
    number = count(1)
    shown = columns.available(loop)
    while True:
        page = page_of(found, after=after, newest=asked.is_newest_first, size=ROWS_READ)
        if catalog().is_sensitive(loop.key):
            record_viewings(_paths(page.rows), Viewing.Door.EXPORT, by=by, now=at)
        look = look_at(page.rows, at=at, townships=choices.townships, categories=categories)
        facts = fact_cells(page.rows, look=look, shown=shown, loop=loop, choices=choices, on=today)
        held = _last_due(page.rows)
        for row in page.rows:
            more = facts.get(row["id"], {})
            due = held.get(row["id"], row)
            yield [next(number), *_line(row, loop=loop, look=look, due=due), *more.values()]
        if not page.next_after:
            return
        after = page.next_after


def _paths(rows: Sequence[Row]) -> dict[int, list[int]]:
    found = Matter.objects.filter(pk__in=[row["id"] for row in rows]).values_list("pk", *LEVELS)
    return {pk: [region for region in path if region] for pk, *path in found}


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
        look.title_of(row),
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


def _write_csv(
    path: Path,
    heads: Sequence[tuple[str, int]],
    lines: Iterable[Sequence[Value]],
    *,
    on_progress: Callable[[int], None] | None,
) -> int:
    written = 0
    # Spreadsheets take the text for the local code page without the mark.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([label for label, _width in heads])
        for line in lines:
            writer.writerow([plain_text(value) for value in line])
            written += 1
            if on_progress is not None and written % PROGRESS_EVERY == 0:
                on_progress(written)
    if on_progress is not None:
        on_progress(written)
    return written
