"""The logs of readings: who read sensitive matters and sealed originals, who exported what."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts import scope
from bihuan.accounts.actors import Actor
from bihuan.accounts.logs import Log, Wanted, add_log, page_before
from bihuan.accounts.models import AuditLine, User
from bihuan.accounts.screens import column
from bihuan.config.export_log import ACTION
from bihuan.leads.models import Reading
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Matter
from bihuan.matters.reach import recused_matters
from bihuan.matters.search import find_in, region_token
from bihuan.matters.viewings import Viewing
from bihuan.ui.words import moment

ROLE = "audit_admin"
NUMBERED_MAX = 200
ALL = frozenset({"who", "matter", "days"})


def add_logs() -> None:
    """Make them readable for the audit administrator."""
    add_log(
        Log(
            key="viewings",
            label="查看敏感事项",
            about="谁在何时看过哪件举报线索及其附带事项：页面、附件、文书、导出、接口",
            columns=(
                column("at", "时间"),
                column("number", "事项", "title"),
                column("kind", "种类"),
                column("who", "查看人"),
                column("door", "方式"),
            ),
            rows=_viewings,
            asks=ALL,
        )
    )
    add_log(
        Log(
            key="readings",
            label="调阅密封件",
            about="谁在何时打开了举报原文、举报人身份，为什么",
            columns=(
                column("at", "时间"),
                column("number", "事项", "title"),
                column("who", "调阅人"),
                column("what", "内容"),
                column("reason", "事由"),
            ),
            rows=_readings,
            asks=ALL,
        )
    )
    add_log(
        Log(
            key="exports",
            label="导出",
            about="谁在何时把台账、报表导出成文件",
            columns=(
                column("at", "时间"),
                column("what", "导出的表", "title"),
                column("who", "导出人"),
                column("asked", "用了哪些筛选项"),
            ),
            rows=_exports,
            asks=frozenset({"who", "days"}),
        )
    )


def _viewings(by: Actor, before: int, limit: int, wanted: Wanted) -> Sequence[dict[str, Any]]:
    found = _told(Viewing.objects.filter(region__in=_regions(by)), by=by, wanted=wanted)
    labels = {loop.key: loop.label for loop in catalog().loops}
    return [
        {
            "id": row.pk,
            "cells": {
                "at": moment(row.at),
                "number": {"text": _named(row.matter)},
                "kind": labels.get(row.matter.kind, row.matter.kind),
                "who": row.who.display_name,
                "door": row.get_door_display(),
            },
        }
        for row in page_before(found, before)[:limit]
    ]


def _readings(by: Actor, before: int, limit: int, wanted: Wanted) -> Sequence[dict[str, Any]]:
    found = _told(Reading.objects.filter(matter__l3__in=_regions(by)), by=by, wanted=wanted)
    return [
        {"id": row.pk, "cells": _reading_cells(row)} for row in page_before(found, before)[:limit]
    ]


def _exports(by: Actor, before: int, limit: int, wanted: Wanted) -> Sequence[dict[str, Any]]:
    found = AuditLine.objects.filter(action=ACTION, region__in=_regions(by))
    found = found.filter(wanted.days("at"))
    if wanted.who:
        found = found.filter(by_name__icontains=wanted.who)
    return [
        {
            "id": row.pk,
            "cells": {
                "at": moment(row.at),
                "what": {"text": row.subject},
                "who": row.by_name,
                "asked": row.after.get("筛选项") or None,
            },
        }
        for row in page_before(found, before)[:limit]
    ]


def _regions(by: Actor) -> Any:
    return scope.regions_of(by, role=ROLE).order_by().values("pk")


def _told[Row: (Viewing, Reading)](
    found: QuerySet[Row], *, by: Actor, wanted: Wanted
) -> QuerySet[Row]:
    """Lines about matters that aren't about the reader himself, as far as they are wanted."""
    found = found.filter(wanted.days("at")).exclude(matter__in=recused_matters(by))
    if wanted.who:
        named = Q(person__name__icontains=wanted.who) | Q(username__iexact=wanted.who)
        found = found.filter(who__in=list(User.objects.filter(named).values_list("pk", flat=True)))
    if wanted.matter:
        ids = _numbered(wanted.matter, by=by)
        found = found.filter(Q(matter__in=ids) | Q(matter__parent__in=ids))
    return found.select_related("who__person", "matter__parent")


def _numbered(text: str, *, by: Actor) -> list[int]:
    """Matters whose number holds the text, by the index of the search, those beside them apart."""
    scopes = [region_token(held.region_id) for held in by.held if held.role == ROLE]
    hits = find_in(text, scopes=scopes, limit=NUMBERED_MAX)
    named = Q(number__icontains=text) | Q(acceptance_number__icontains=text)
    return list(Matter.objects.filter(named, pk__in=hits).values_list("pk", flat=True))


def _named(matter: Matter) -> str:
    """What the log calls a matter: by number, of one beside it the number of the one above."""
    above = matter.parent
    own = matter.number or matter.acceptance_number
    return own or (above.number or above.acceptance_number if above else "") or "尚无编号"


def _reading_cells(row: Reading) -> dict[str, Any]:
    what = row.get_purpose_display()
    return {
        "at": moment(row.at),
        "number": {"text": row.matter.number or row.matter.acceptance_number},
        "who": row.who.display_name,
        "what": f"{what}的文件" if "file-" in row.part else what,
        "reason": row.reason,
    }
