"""Pages of boards: which there are, one board page by page, and the file of what is filtered."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.field import asked_day
from bihuan.matters.declarations import catalog
from bihuan.matters.moment import now
from bihuan.matters.records import may_write
from bihuan.matters.search import normalise
from bihuan.monitoring.boards import Board, Row, Scope, Shown, drawn, readable, text_of
from bihuan.monitoring.declarations import BOARDS
from bihuan.places.models import Site
from bihuan.regulations.values import rules_held
from bihuan.ui.downloads import csv_file
from bihuan.ui.words import moment

PAGE = 100
UPRIGHT_COLUMNS = 7  # so many fit on a sheet that stands


@signed_in
def show_boards(request: HttpRequest) -> HttpResponse:
    """Every board that this account may read, with the ledgers behind it."""
    by = actor_from(request)
    found = readable(BOARDS, by=by)
    if not found:
        raise Http404("no board for this account")
    entries = [
        {
            "title": board.label,
            "url": reverse("monitoring:board", args=(board.key,)),
            "icon": "table",
            "links": _ledger_links(board, by=by),
        }
        for board in found
    ]
    context = {"page": {"title": "监测台账", "lead": f"{len(found)} 个清单"}, "entries": entries}
    return render(request, "monitoring/boards.html", context)


@signed_in
def show_board(request: HttpRequest, key: str) -> HttpResponse:
    """One board: figures, sentences, and the rows as filtered."""
    by = actor_from(request)
    board, scope = _board_or_404(request, key, by=by)
    shown = _looked(board, scope)
    rows = _narrowed(request, board, shown.rows)
    start = _start(request)
    page = rows[start : start + PAGE]
    asked = {name: request.GET.get(name, "") for name in ("q", "state", "on")}
    query = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "page": {
            "title": board.label,
            "lead": f"共 {len(rows)} 行",
            "wide_paper": len(board.heads) > UPRIGHT_COLUMNS,
            "crumbs": [
                {"label": "监测台账", "url": reverse("monitoring:boards")},
                {"label": board.label},
            ],
        },
        "figures": [
            {"label": one.label, "value": one.value, "unit": one.unit, "note": one.note}
            for one in shown.figures
        ],
        "notes": shown.notes,
        "filters": _filters(board, shown.rows, asked=asked),
        "columns": _columns(board),
        "rows": [_row(board, row, with_actions=any(r.actions for r in page)) for row in page],
        "empty": board.empty,
        "foot": f"截至 {moment(scope.now)}",
        "links": {
            "export": f"{reverse('monitoring:board_export', args=(key,))}?{query}",
            "ledgers": [*_page_links(board), *_ledger_links(board, by=by)],
            "previous": _page_url(query, start - PAGE) if start else "",
            "next": _page_url(query, start + PAGE) if start + PAGE < len(rows) else "",
        },
    }
    return render(request, "monitoring/board.html", context)


@signed_in
def show_site(request: HttpRequest, number: int) -> HttpResponse:
    """One mine, pond or firm: its rows of every board that this account may read."""
    by, at = actor_from(request), now()
    site = Site.objects.filter(Scope(by=by, now=at).reach, pk=number).first()
    if site is None:
        raise Http404(f"no site {number!r} in reach")
    parts = []
    for board in readable(BOARDS, by=by):
        if board.of_sites:
            scope = Scope(by=by, now=at, read_by=board.read_by, only=site.pk)
            if rows := list(_looked(board, scope).rows):
                parts.append(_part(board, rows[:PAGE]))
    context = {
        "page": {
            "title": site.name,
            "lead": f"{site.get_kind_display()}，列在 {len(parts)} 个清单里",
            "crumbs": [
                {"label": "监测台账", "url": reverse("monitoring:boards")},
                {"label": site.name},
            ],
        },
        "parts": parts,
    }
    return render(request, "monitoring/site.html", context)


def _part(board: Board, rows: list[Row]) -> dict[str, Any]:
    return {
        "label": board.label,
        "url": reverse("monitoring:board", args=(board.key,)),
        "columns": _columns(board),
        "rows": [_row(board, row, with_actions=any(r.actions for r in rows)) for row in rows],
    }


@signed_in
def export_board(request: HttpRequest, key: str) -> HttpResponseBase:
    """The rows as filtered, as CSV."""
    board, scope = _board_or_404(request, key, by=actor_from(request))
    rows = _narrowed(request, board, _looked(board, scope).rows)
    heads = [head.label for head in board.heads]
    lines = ([text_of(row.cells.get(head.key)) for head in board.heads] for row in rows)
    return csv_file(heads, lines, name=f"{board.label}{scope.today:%Y%m%d}.csv")


def _looked(board: Board, scope: Scope) -> Shown:
    """What it shows; the packs in force are asked for once, not for every row."""
    with rules_held():
        return board.look(scope)


def _board_or_404(request: HttpRequest, key: str, *, by: Actor) -> tuple[Board, Scope]:
    board = next((one for one in readable(BOARDS, by=by) if one.key == key), None)
    if board is None:
        raise Http404(f"no board {key!r}")
    on = asked_day(request.GET.get("on", "")) if board.by_day else None
    return board, Scope(by=by, now=now(), read_by=board.read_by, on=on)


def _page_links(board: Board) -> list[dict[str, str]]:
    return [{"label": one.text, "url": reverse(one.url)} for one in board.pages]


def _ledger_links(board: Board, *, by: Actor) -> list[dict[str, str]]:
    return [
        {
            "label": catalog().ledger(key).label,
            "url": reverse("desk:ledger", args=(key,)),
        }
        for key in board.ledgers
        if by.regions_seen() or may_write(key, by=by)
    ]


def _narrowed(request: HttpRequest, board: Board, rows: Any) -> list[Row]:
    term, state = normalise(request.GET.get("q", "")), request.GET.get("state", "")
    return [
        row
        for row in rows
        if (not term or term in normalise(row.name))
        and (not state or text_of(row.cells.get(board.state)) == state)
    ]


def _filters(board: Board, rows: Any, *, asked: dict[str, str]) -> list[dict[str, Any]]:
    filters = _chosen(board, rows, asked=asked)
    if board.by_day:
        filters.append({"name": "on", "label": "日期", "kind": "day", "value": asked["on"]})
    return filters


def _chosen(board: Board, rows: Any, *, asked: dict[str, str]) -> list[dict[str, Any]]:
    name = {"name": "q", "label": "名称", "kind": "search", "value": asked["q"]}
    if not board.state:
        return [name]
    states = sorted({text_of(row.cells.get(board.state)) for row in rows} - {""})
    label = next(head.label for head in board.heads if head.key == board.state)
    return [
        name,
        {
            "name": "state",
            "label": label,
            "kind": "choice",
            "value": asked["state"],
            "options": [{"value": state, "label": state} for state in states],
        },
    ]


def _columns(board: Board) -> list[dict[str, str]]:
    return [
        {"key": one.key, "label": one.label, "kind": one.kind, "none": one.none}
        for one in board.heads
    ]


def _row(board: Board, row: Row, *, with_actions: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "cells": {head.key: drawn(row.cells.get(head.key), kind=head.kind) for head in board.heads},
    }
    if with_actions:
        found["actions"] = [{"label": one.text, "url": one.url} for one in row.actions]
    return found


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0


def _page_url(query: str, start: int) -> str:
    return f"?{query}{'&' if query else ''}from={max(start, 0)}"
