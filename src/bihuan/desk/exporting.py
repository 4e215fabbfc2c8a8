"""Export of a list: exactly what is filtered, as workbook or CSV, streamed, formula-safe."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import count

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, to_sign_in, user_or_none
from bihuan.desk import columns, filtering
from bihuan.desk.choices import Choices, choices_of
from bihuan.desk.filtering import Asked
from bihuan.desk.lists import category_labels, fact_cells, loop_or_404
from bihuan.desk.rows import Look, Row, deadline_cell, due_on, look_at
from bihuan.documents.workbooks import Column, Kind, Sheet
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.clocks import is_far
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import page_of
from bihuan.matters.models import Matter, Timer
from bihuan.matters.moment import now
from bihuan.matters.reach import LEVELS
from bihuan.matters.viewings import Viewing, record_viewings
from bihuan.ui.downloads import csv_file, workbook_file
from bihuan.ui.words import moment

type Value = str | int | date | datetime | None

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
    newest = asked.is_newest_first
    every = _lines(found, newest=newest, loop=loop, choices=choices, by=by, at=at)
    places = _places(asked, loop=loop)
    heads = [heads_of(loop)[place] for place in places]
    lines = ([line[place] for place in places] for line in every)
    name = f"{loop.label}台账{at.astimezone(SHANGHAI):%Y%m%d%H%M}.{form}"
    if form == "csv":
        return csv_file([label for label, _width in heads], lines, name=name)
    if form == "xlsx":
        title, made = f"{loop.label}台账", f"{moment(at)} 由{by.name}导出"
        columns = tuple(
            Column(label=label, width=width, kind=KINDS.get(label, "text"))
            for label, width in heads
        )
        sheet = Sheet(name=title, title=title, columns=columns, rows=lines, made_at_text=made)
        return workbook_file([sheet], name=name)
    raise Http404(f"no export as {form!r}")


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


def _lines(
    found: QuerySet[Matter],
    *,
    newest: bool,
    loop: Loop,
    choices: Choices,
    by: Actor,
    at: datetime,
) -> Iterator[list[Value]]:
    """Lines of every page of the list in its order: one page of rows is in memory at a time."""
    today = at.astimezone(SHANGHAI).date()
    categories = category_labels(loop, choices=choices, on=today)
    after = ""
    number = count(1)
    shown = columns.available(loop)
    while True:
        page = page_of(found, after=after, newest=newest)
        if catalog().is_sensitive(loop.key):
            record_viewings(_paths(page.rows), Viewing.Door.EXPORT, by=by, now=at)
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
