"""Who read a matter (谁看过): for those who answer for its confidentiality."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.reading import case_or_404, name_of
from bihuan.desk.shell import address
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.moment import now
from bihuan.matters.viewings import Viewing
from bihuan.ui.words import moment

WATCHERS = frozenset({"leader", "custodian", "audit_admin"})
SHOWN_MAX = 200
COLUMNS = (
    {"key": "at", "label": "时间", "kind": "text"},
    {"key": "who", "label": "查看人", "kind": "title"},
    {"key": "unit", "label": "单位", "kind": "text"},
    {"key": "door", "label": "方式", "kind": "text"},
)


def may_ask(loop: Loop, *, by: Actor) -> bool:
    """Whether the actor is told who read matters of this kind: not those who are watched by it."""
    watches = bool(WATCHERS & by.roles) and bool(by.regions_seen())
    return watches and catalog().is_sensitive(loop.key)


@signed_in
def show_viewers(request: HttpRequest, code: str) -> HttpResponse:
    """The newest readings of one matter; asking is a reading too."""
    by = actor_from(request)
    if not WATCHERS & by.roles:
        raise Http404(f"no viewers of {code!r} for this reader")
    case = case_or_404(code, by=by, now=now())
    if not may_ask(case.loop, by=by):
        raise Http404(f"no viewers of {code!r} for this reader")
    found = Viewing.objects.filter(matter=case.matter).order_by("-hour", "-id")
    rows = list(found.select_related("who__person", "who__unit")[: SHOWN_MAX + 1])
    there = address("desk:matter", to_code(case.matter.pk))
    context = {
        "page": {
            "title": "谁看过",
            "lead": " · ".join(dict.fromkeys((name_of(case.matter), case.matter.title))),
            "crumbs": [
                {"label": f"{case.loop.label}台账", "url": address("desk:list", case.loop.key)},
                {"label": name_of(case.matter), "url": there},
                {"label": "谁看过"},
            ],
        },
        "columns": COLUMNS,
        "rows": [{"id": row.pk, "cells": _cells(row)} for row in rows[:SHOWN_MAX]],
        "foot": _foot(len(rows)),
    }
    return render(request, "desk/viewers.html", context)


def _cells(row: Viewing) -> dict[str, Any]:
    return {
        "at": moment(row.at),
        "who": {"text": row.who.display_name},
        "unit": row.who.unit.name if row.who.unit else None,
        "door": row.get_door_display(),
    }


def _foot(count: int) -> str:
    more = f"只列最近 {SHOWN_MAX} 条，其余请审计管理员查阅；" if count > SHOWN_MAX else ""
    return f"{more}同一人同一小时内以同一方式看几次记一条；调阅密封件另有记录"
