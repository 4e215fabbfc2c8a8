"""The statistics board as a workbook: the figures that it shows, a sheet for each card."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import actor_from, to_sign_in, user_or_none
from bihuan.desk.statistics import board_of
from bihuan.documents.workbooks import Column, Sheet
from bihuan.matters.moment import now
from bihuan.ui.downloads import workbook_file
from bihuan.ui.words import moment

NAME_MAX = 31  # of a sheet, and none of the marks that a workbook forbids
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


@require_safe
def export_statistics(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The board for the days in the address."""
    if user_or_none(request) is None:
        return to_sign_in(request)
    board, by = board_of(request, kind), actor_from(request)
    title, lead = board["page"]["title"], board["page"]["lead"]
    notes = (lead, *(notice["words"] for notice in board["page"]["notices"]))
    made = f"{moment(now())} 由{by.name}导出"
    sheets = [
        Sheet(
            name=name,
            title=f"{title}：{label}",
            columns=heads,
            rows=rows,
            notes=notes,
            made_at_text=made,
        )
        for name, (label, heads, rows) in _named(_tables(board))
    ]
    first, last = (field["value"] for field in board["period"])
    return workbook_file(sheets, name=f"{title}{first}至{last}.xlsx")


type _Table = tuple[str, tuple[Column, ...], Sequence[Sequence[object]]]


def _tables(board: dict[str, Any]) -> Iterable[_Table]:
    """What stands on the board, in its order; counts are numbers, so that they can be summed."""
    figures = [
        (one["label"], f"{one['value']}{one['unit']}", one.get("note") or "")
        for one in board["kpis"]
    ]
    yield "主要数字", (_text("项目"), _text("数值"), _text("说明", 50)), figures
    chart = board["trend"]
    month, *counts = chart.columns
    yield chart.title, (_text(month), *(_count(one) for one in counts)), chart.rows
    stays = [
        (one["label"], _number(one["count"]), one["median"], one["decile"])
        for one in board["stays"]
    ]
    spent = (_text("环节"), _count("次数"), _text("中位数"), _text("九成在此以内"))
    yield "各环节用时", spent, stays
    rated = (_text("名称", 30), _text("按期率"), _text("按期办结/计入"))
    for card in board["rate_cards"]:
        bars = [(bar["label"], bar["words"], bar["sub"]) for bar in card["bars"]]
        yield card["label"], rated, bars
    counted = (_text("名称", 30), _count("件数"), _text("占比"))
    for card in board["cards"]:
        bars = [(bar["label"], _number(bar["words"]), bar["sub"]) for bar in card["bars"]]
        yield card["label"], counted, bars


def _text(label: str, width: int = 16) -> Column:
    return Column(label=label, width=width)


def _count(label: str) -> Column:
    return Column(label=label, width=12, kind="number")


def _number(words: str) -> int:
    return int(words.replace(",", ""))


def _named(tables: Iterable[_Table]) -> Iterable[tuple[str, _Table]]:
    """Sheets by a name that a workbook takes, no two alike."""
    seen: set[str] = set()
    for table in tables:
        name = table[0].translate(_FORBIDDEN)[:NAME_MAX]
        while name in seen:
            name = f"{name[: NAME_MAX - 1]}+"
        seen.add(name)
        yield name, table
