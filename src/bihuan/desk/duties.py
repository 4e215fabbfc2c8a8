"""Duty pages: coverage with who is missing, and who takes what comes in on a day."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import asked_day
from bihuan.leads.ledgers import CHANNEL, ROSTER
from bihuan.leads.roster import Watch, watches_on
from bihuan.matters.coverage import Coverage, Standing, coverage
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.moment import now
from bihuan.matters.records import may_write
from bihuan.places.models import Region
from bihuan.ui.words import day as day_words

_COLUMNS = [
    {"key": "site", "label": "监管对象", "kind": "title"},
    {"key": "kind", "label": "类别"},
    {"key": "due", "label": "期限（历史日期）"},
    {"key": "proved", "label": "凭证日期", "kind": "link"},
    {"key": "state", "label": "情况", "kind": "chip"},
]


@signed_in
def show_duty(request: HttpRequest, key: str) -> HttpResponse:
    """Coverage of a duty today: done/all by kind, those missing first."""
    by, on = actor_from(request), _today()
    duty = next((duty for duty in catalog().duties if duty.key == key), None)
    if duty is None or not _may_read(by, duty.proof_ledger):
        raise Http404(f"no duty {key!r}")
    found = coverage(key, by=by, on=on)
    ledger = reverse("desk:ledger", args=(duty.proof_ledger,))
    context = {
        "page": {
            "title": duty.label,
            "lead": f"{on} 应办 {len(found.standings)} 家，未办 {len(found.missing)} 家",
            "crumbs": [
                {"label": catalog().ledger(duty.proof_ledger).label, "url": ledger},
                {"label": "覆盖情况"},
            ],
        },
        "totals": _totals(found),
        "notes": sorted(
            {
                f"{one.site.get_kind_display()}期限 {one.due_on}：{one.due_note}"
                for one in found.standings
                if one.due_note
            }
        ),
        "columns": _COLUMNS,
        "rows": [_row(duty.proof_ledger, one) for one in sorted(found.standings, key=_is_done)],
        "new_url": (
            reverse("desk:record_new", args=(duty.proof_ledger,))
            if may_write(duty.proof_ledger, by=by)
            else ""
        ),
    }
    return render(request, "desk/duty.html", context)


@signed_in
def show_watch(request: HttpRequest) -> HttpResponse:
    """Who takes each open channel on a day; 无专人 where nobody does (LX-A1-1-1)."""
    by = actor_from(request)
    if not _may_read(by, ROSTER):
        raise Http404("no roster")
    on = _asked_day(request)
    regions = Region.objects.filter(pk__in={held.region_id for held in by.held})
    watches = [watch for region in regions for watch in watches_on(on, region=region)]
    context = {
        "page": {
            "title": "当日接件",
            "lead": f"{day_words(on)}　{_summary(watches)}",
            "notices": [
                {"words": f"{watch.channel.title}当日无专人，请安排接件人员。", "tone": "bad"}
                for watch in watches
                if not watch.is_manned
            ],
        },
        "filters": [
            {
                "name": "on",
                "label": "日期",
                "kind": "day",
                "value": on.isoformat(),
                "placeholder": "选择日期",
            }
        ],
        "columns": [
            {"key": "channel", "label": "渠道", "kind": "title"},
            {"key": "address", "label": "号码或地址"},
            {"key": "names", "label": "接件人员"},
            {"key": "state", "label": "情况", "kind": "chip"},
        ],
        "rows": [_watch_row(watch) for watch in watches],
        "links": _watch_links(by),
    }
    return render(request, "desk/watch.html", context)


def _totals(found: Coverage) -> list[dict[str, Any]]:
    return [
        {"label": f"{total.label}已张贴/全部", "value": total.words, "unit": "家"}
        for total in found.totals
    ]


def _row(ledger: str, one: Standing) -> dict[str, Any]:
    proved = None
    if one.proof is not None:
        url = reverse("desk:record", args=(ledger, to_code(one.proof.pk)))
        proved = {"text": day_words(one.proved_on), "url": url}
    return {
        "id": one.site.pk,
        "name": one.site.name,
        "cells": {
            "site": {"text": one.site.name, "sub": one.site.region.name},
            "kind": one.site.get_kind_display(),
            "due": day_words(one.due_on) if one.due_on else "未设定",
            "proved": proved,
            "state": {"label": one.words, "tone": one.tone},
        },
    }


def _watch_row(watch: Watch) -> dict[str, Any]:
    channel = watch.channel
    state = ("已排班", "done") if watch.is_manned else ("无专人", "late")
    return {
        "id": channel.pk,
        "name": channel.title,
        "cells": {
            "channel": {
                "text": channel.title,
                "url": reverse("desk:record", args=(CHANNEL, to_code(channel.pk))),
                "sub": "已对外公布" if channel.facts.get("is_published") else "未公布",
            },
            "address": channel.facts.get("address"),
            "names": watch.words,
            "state": {"label": state[0], "tone": state[1]},
        },
    }


def _watch_links(by: Actor) -> dict[str, str]:
    if not may_write(ROSTER, by=by):
        return {"channels": "", "roster": "", "new": ""}
    return {
        "channels": reverse("desk:ledger", args=(CHANNEL,)),
        "roster": reverse("desk:ledger", args=(ROSTER,)),
        "new": reverse("desk:record_new", args=(ROSTER,)),
    }


def _summary(watches: list[Watch]) -> str:
    if not watches:
        return "还没有开通的举报渠道"
    empty = sum(not watch.is_manned for watch in watches)
    return f"开通渠道 {len(watches)} 个，无专人 {empty} 个"


def _may_read(by: Actor, ledger: str) -> bool:
    return bool(by.regions_seen()) or may_write(ledger, by=by)


def _is_done(one: Standing) -> bool:
    return one.is_done


def _asked_day(request: HttpRequest) -> date:
    return asked_day(request.GET.get("on", "")) or _today()


def _today() -> date:
    return now().astimezone(SHANGHAI).date()
