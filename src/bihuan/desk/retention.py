"""保管与清理: how long each class of data is kept, what is due, what is held and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.shell import KEEPERS, address, count_words
from bihuan.language.clock import SHANGHAI
from bihuan.language.retention import Retention
from bihuan.matters.declarations import catalog
from bihuan.matters.disposals import DECIDED, DISPOSAL_KIND, FOUND
from bihuan.matters.holds import HOLD_KIND, IN_FORCE, holds_on
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, OpenDisposal, Tombstone
from bihuan.matters.moment import now
from bihuan.matters.notices import name_of
from bihuan.matters.reach import visible
from bihuan.places.models import Region
from bihuan.regulations.values import value_of
from bihuan.ui.words import day

HELD_MAX = 200  # of one page; the list of disposals shows every one
_CLASSES = [
    {"key": "label", "label": "数据类别", "kind": "title"},
    {"key": "period", "label": "保管期限（自办结次日起）"},
    {"key": "found", "label": "待决定", "kind": "number"},
    {"key": "decided", "label": "待确认", "kind": "number"},
    {"key": "destroyed", "label": "已销毁", "kind": "number"},
    {"key": "leaves", "label": "销毁后留下"},
]
_HOLDS = [
    {"key": "matter", "label": "事项", "kind": "title"},
    {"key": "paper", "label": "依据文书", "kind": "link"},
    {"key": "reason", "label": "事由"},
    {"key": "since", "label": "登记日"},
]
_HELD = [
    {"key": "what", "label": "已到期而保全的数据", "kind": "title"},
    {"key": "until", "label": "期限届满日"},
    {"key": "why", "label": "为什么不清理"},
]


@signed_in
def show_retention(request: HttpRequest) -> HttpResponse:
    """The page for those who decide on keeping; for anybody else there is none."""
    by = actor_from(request)
    if not by.roles & KEEPERS:
        raise Http404("no page of retention")
    on = now().astimezone(SHANGHAI).date()
    open_ones = _open_disposals(by)
    held = _held_rows(open_ones)
    stages = Counter(one.disposal.stage for one in open_ones)
    holds = visible(by).filter(kind=HOLD_KIND, stage=IN_FORCE)
    holds = holds.select_related("parent", "facts_row").order_by("id")
    context = {
        "page": {
            "title": "保管与清理",
            "lead": "系统提出到期的数据，保管人决定，局领导确认后才销毁；保全中的一律不动。",
            "crumbs": [{"label": "保密"}, {"label": "保管与清理"}],
        },
        "totals": [
            _total("待决定", stages[FOUND], stage=FOUND),
            _total("待确认", stages[DECIDED], stage=DECIDED),
            {"label": "其中被保全", "value": count_words(len(held)), "unit": "项"},
            {"label": "保全中", "value": count_words(holds.count()), "unit": "件"},
        ],
        "classes": {"columns": _CLASSES, "rows": _class_rows(by, open_ones, on=on)},
        "holds": {"columns": _HOLDS, "rows": [_hold_row(one) for one in holds[:HELD_MAX]]},
        "held": {"columns": _HELD, "rows": held},
        "list_url": address("desk:list", DISPOSAL_KIND),
    }
    return render(request, "desk/retention.html", context)


def _open_disposals(by: Actor) -> list[OpenDisposal]:
    seen = visible(by).filter(kind=DISPOSAL_KIND, is_open=True).values("pk")
    found = OpenDisposal.objects.filter(disposal__in=seen).order_by("id")
    return list(found.select_related("about", "disposal__facts_row"))


def _total(label: str, count: int, *, stage: str) -> dict[str, Any]:
    url = f"{address('desk:list', DISPOSAL_KIND)}?tab={stage}"
    return {"label": label, "value": count_words(count), "unit": "项", "url": url}


def _class_rows(by: Actor, open_ones: Sequence[OpenDisposal], *, on: date) -> list[dict[str, Any]]:
    counted = Counter((one.retention, one.disposal.stage) for one in open_ones)
    gone = _destroyed(by)
    regions = _regions(by)
    return [
        {
            "id": word.key,
            "name": word.label,
            "cells": {
                "label": {"text": word.label, "sub": word.what},
                "period": _period(word, regions, on=on),
                "found": counted[word.key, FOUND],
                "decided": counted[word.key, DECIDED],
                "destroyed": gone.get(word.key, 0),
                "leaves": word.leaves,
            },
        }
        for word in catalog().retentions
    ]


def _destroyed(by: Actor) -> dict[str, int]:
    """Matters by class of which something was destroyed."""
    seen = Tombstone.objects.filter(matter__in=visible(by).values("pk")).order_by()
    counted = seen.values("retention").annotate(matters=Count("matter_id", distinct=True))
    return {row["retention"]: row["matters"] for row in counted}


def _regions(by: Actor) -> QuerySet[Region]:
    mine = {held.region_id for held in by.held if held.role in KEEPERS}
    return Region.objects.filter(pk__in=mine).order_by("id")


def _period(word: Retention, regions: QuerySet[Region], *, on: date) -> str:
    """The value with its origin; unset means that nothing is ever proposed."""
    told = []
    for region in regions:
        value = value_of(word.param, region_path=region.path_ids, on=on)
        words = f"{value.text}（{value.origin.label}）" if value.is_set else "未设定，一直保管"
        told.append(f"{region.name}：{words}" if len(regions) > 1 else words)
    return "；".join(told)


def _hold_row(hold: Matter) -> dict[str, Any]:
    about, facts = hold.parent, hold.facts_row.data
    url = address("desk:matter", to_code(hold.pk))
    return {
        "id": hold.pk,
        "name": str(about),
        "cells": {
            "matter": {
                "text": name_of(about) if about else "",
                "sub": about.title if about else "",
                "url": address("desk:matter", to_code(about.pk)) if about else "",
            },
            "paper": {"text": facts.get("held_by_paper", ""), "url": url},
            "reason": facts.get("held_for", ""),
            "since": day(hold.opened_at),
        },
    }


def _held_rows(open_ones: Sequence[OpenDisposal]) -> list[dict[str, Any]]:
    """What is due and stays because of a hold."""
    rows = []
    for one in open_ones:
        holds = holds_on(one.about)
        if not holds:
            continue
        facts = one.disposal.facts_row.data
        papers = "；".join(str(hold.facts_row.data.get("held_by_paper", "")) for hold in holds)
        rows.append(
            {
                "id": one.pk,
                "name": facts.get("subject", ""),
                "cells": {
                    "what": {
                        "text": facts.get("subject", ""),
                        "sub": facts.get("amount", ""),
                        "url": address("desk:matter", to_code(one.disposal_id)),
                    },
                    "until": facts.get("kept_until", ""),
                    "why": f"保全中，依据{papers}",
                },
            }
        )
    return rows
