"""Registers of places for the system administrator: one list and one form serve them all."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from bihuan.accounts.form_fields import add_refusal
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.registers import REGISTERS, ROLE, Register, form_of
from bihuan.accounts.requests import actor_from, user_from
from bihuan.accounts.screens import (
    Box,
    Page,
    Table,
    bad,
    for_roles,
    not_found,
    say,
    see_other,
    show,
)

PAGE = 50
START_DIGITS = 6
CRUMB = {"label": "系统管理", "url": "/desk/admin/"}


@for_roles(ROLE)
def register(request: HttpRequest, key: str) -> HttpResponse:
    """The rows of a register within reach."""
    found = REGISTERS.get(key)
    if found is None:
        return not_found(request)
    asked = request.GET.get("from", "")
    start = int(asked) if asked.isdecimal() and len(asked) <= START_DIGITS else 0
    listed = list(found.rows(actor_from(request))[start : start + PAGE + 1])
    rows = [_row(found, row) for row in listed[:PAGE]]
    more = f"?from={start + PAGE}" if len(listed) > PAGE else ""
    words = f"第{start + 1}至{start + len(rows)}条" if rows else "没有更多了"
    table = Table(heading="", columns=found.columns, rows=rows, foot=words, next_url=more)
    page = Page(
        title=found.label,
        lead=found.about,
        parts=[table],
        crumbs=(CRUMB, {"label": found.label}),
        actions=_new(found),
    )
    return show(request, page)


@for_roles(ROLE)
def entry(request: HttpRequest, key: str, row_id: int = 0) -> HttpResponse:
    """Add a row (without id) or change one."""
    found, by = REGISTERS.get(key), actor_from(request)
    if found is None or (not row_id and not _new(found)):
        return not_found(request)
    row = found.rows(by).filter(pk=row_id).first() if row_id else None
    if row_id and row is None:
        return not_found(request)
    form = form_of(found, by=by, row=row, data=request.POST or None)
    notices = []
    if request.method == "POST" and form.is_valid():
        try:
            found.save(row, by=user_from(request), now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            notices = [bad(add_refusal(form, refusal))]
        else:
            say(request, f"{found.label}已保存。")
            return see_other(reverse("accounts:register", args=(key,)))
    word = f"修改{found.label}" if row else f"新增{found.label}"
    box = Box(heading=str(row) if row else "", form=form, action=request.path, button="保存")
    back = {"label": found.label, "url": reverse("accounts:register", args=(key,))}
    crumbs = (CRUMB, back, {"label": word})
    page = Page(title=word, parts=[box], crumbs=crumbs, notices=notices)
    return show(request, page, status=422 if request.method == "POST" else 200)


def _row(found: Register, row: object) -> dict[str, object]:
    row_id = getattr(row, "pk", 0)
    cells = found.cells(row)
    url = reverse("accounts:entry", args=(found.key, row_id))
    return {
        "id": row_id,
        "name": cells["name"],
        "cells": {**cells, "name": {"text": cells["name"], "url": url}},
    }


def _new(found: Register) -> list[dict[str, str]]:
    if found.key == "persons":
        return []  # a person without post or account would be out of every administrator's reach
    url = reverse("accounts:new_entry", args=(found.key,))
    return [{"label": f"新增{found.label}", "url": url, "tone": "primary", "icon": "plus"}]
