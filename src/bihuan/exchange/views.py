"""What the counties reported, as a city reads it: a line per county, their matters, one matter."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from
from bihuan.accounts.screens import Facts, Page, Table, column, entries, for_roles, not_found, show
from bihuan.exchange.models import Mirrored, MirroredSeal, Package, Peer
from bihuan.exchange.told_trail import ToldMatter, told_by
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Kind
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.moment import now
from bihuan.ui.words import moment

READERS = ("office", "leader")
PAGE = 50
WRONG_MAX = 1000  # seals that are counted as wrong; more says nothing more
TABS = {"": "全部", "open": "在办", "late": "逾期", "escalated": "提级核查", "fault": "校验不符"}
LEAD = "下级报来的事项，按其留痕显示，只供查看；办理仍在下级。"
NOBODY = "还没有登记下级。系统管理员用 ./bihuan exchange trust 登记后，收到的报送显示在这里。"
ESCALATED = "escalated"  # the stage of a lead that was taken up a level
PLAIN = (Kind.TEXT, Kind.LONG_TEXT, Kind.DAY)


@require_safe
@for_roles(*READERS)
def reports(request: HttpRequest) -> HttpResponse:
    """A line per county, and the matters under it."""
    peers = peers_of(actor_from(request))
    county, tab, after = (request.GET.get(key, "") for key in ("county", "tab", "after"))
    chosen = [peer for peer in peers if str(peer.pk) == county] or peers
    found = _in_tab(Mirrored.objects.filter(peer__in=chosen), tab)
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = list(found.select_related("peer").order_by("-pk")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    context = {
        "page": {"title": "县级报送", "lead": LEAD},
        "counties": _counties(peers),
        "matters": _matters(rows, _next(county, tab, rows) if more else ""),
        "tabs": [
            {"label": label, "url": _url(county=county, tab=key), "current": key == tab}
            for key, label in TABS.items()
        ],
    }
    return render(request, "exchange/reports.html", context)


@require_safe
@for_roles(*READERS)
def matter(request: HttpRequest, row_id: int) -> HttpResponse:
    """One matter of a county: what its trail tells, and how far it was verified."""
    peers = peers_of(actor_from(request))
    row = Mirrored.objects.filter(pk=row_id, peer__in=peers).select_related("peer").first()
    if row is None:
        return not_found(request)
    told = told_by(bytes(row.trail), matter_id=row.matter_id)
    loop = _loop(row.kind)
    page = Page(
        title=row.title or row.number,
        lead=f"{row.peer.name}报来，只供查看。",
        parts=[
            Facts(heading="事项", entries=entries(_facts(row, loop))),
            Facts(heading="登记内容", entries=entries(_told_facts(told, loop))),
            _trail(told, loop, sealed_seq=row.sealed_seq),
        ],
        crumbs=({"label": "县级报送", "url": reverse("exchange:reports")}, {"label": str(row)}),
        notices=[{"tone": "bad", "words": f"校验不符：{row.fault}。"}] if row.fault else [],
    )
    return show(request, page)


def peers_of(by: Actor) -> list[Peer]:
    """Counties below a region whose every matter the actor may see."""
    seen = {region_id for _level, region_id in by.regions_seen()}
    peers = Peer.objects.filter(role=Peer.Role.COUNTY).select_related("region").order_by("pk")
    return [peer for peer in peers if peer.region and seen & set(peer.region.path_ids)]


def _in_tab(found: QuerySet[Mirrored], tab: str) -> QuerySet[Mirrored]:
    if tab == "open":
        return found.filter(is_open=True)
    if tab == "late":
        return found.filter(is_open=True, late_from__lte=now())
    if tab == ESCALATED:
        return found.filter(is_open=True, stage=ESCALATED)
    return found.exclude(fault="") if tab == "fault" else found


def _counties(peers: Sequence[Peer]) -> Table:
    at = now()
    month = at.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = {
        "total": Count("pk"),
        "open": Count("pk", filter=Q(is_open=True)),
        "late": Count("pk", filter=Q(is_open=True, late_from__lte=at)),
        "fresh": Count("pk", filter=Q(opened_at__gte=month)),
        "wrong": Count("pk", filter=~Q(fault="")),
    }
    return Table(
        heading="各县",
        columns=(
            column("name", "县", "title"),
            column("total", "事项", "number", phone="show"),
            column("fresh", "本月登记", "number"),
            column("open", "在办", "number", phone="show"),
            column("late", "逾期", "number", phone="show"),
            column("check", "留痕校验", "chip"),
            column("sealed", "日封至"),
            column("package", "最近一包"),
        ),
        rows=[
            _county(peer, Mirrored.objects.filter(peer=peer).aggregate(**asked)) for peer in peers
        ],
        empty_words=NOBODY,
    )


def _county(peer: Peer, counts: dict[str, int]) -> dict[str, Any]:
    seals = MirroredSeal.objects.filter(peer=peer)
    wrong = counts["wrong"] + seals.exclude(fault="")[:WRONG_MAX].count()
    sealed = seals.aggregate(last=Max("day"))["last"]
    last = Package.objects.filter(peer=peer, is_ours=False).order_by("-sequence").first()
    cells = {
        "name": {"text": peer.name, "url": _url(county=str(peer.pk))},
        "total": counts["total"],
        "fresh": counts["fresh"],
        "open": counts["open"],
        "late": counts["late"],
        "check": _check(f"{wrong} 处不符" if wrong else "", "相符" if sealed else "未封"),
        "sealed": sealed.isoformat() if sealed else None,
        "package": f"第 {last.sequence} 包 {moment(last.made_at)}" if last else None,
    }
    return {"id": peer.pk, "cells": cells}


def _check(fault: str, otherwise: str) -> dict[str, str]:
    tone = "late" if fault else "done" if otherwise == "相符" else "todo"
    return {"label": fault or otherwise, "tone": tone}


def _matters(rows: Sequence[Mirrored], next_url: str) -> Table:
    return Table(
        heading="事项",
        columns=(
            column("title", "事项", "two"),
            column("county", "县", phone="show"),
            column("stage", "环节"),
            column("unit", "承办单位"),
            column("due", "到期", phone="show"),
            column("state", "时限", "chip"),
            column("check", "留痕校验", "chip"),
        ),
        rows=[{"id": row.pk, "cells": _cells(row)} for row in rows],
        empty_words="这一类没有报来的事项",
        next_url=next_url,
    )


def _cells(row: Mirrored) -> dict[str, Any]:
    url = reverse("exchange:matter", args=[row.pk])
    kind = _loop(row.kind)
    return {
        "title": {"text": row.title, "url": url, "sub": row.number or (kind.label if kind else "")},
        "county": row.peer.name,
        "stage": _stage(kind, row.stage),
        "unit": row.unit or None,
        "due": row.due_on.isoformat() if row.is_open and row.due_on else None,
        "state": _state(row),
        "check": _check(row.fault and "不符", _verified(row)),
    }


def _state(row: Mirrored) -> dict[str, str]:
    if not row.is_open:
        return {"label": "已结束", "tone": "done"}
    is_late = row.late_from is not None and row.late_from <= now()
    return {"label": "逾期", "tone": "late"} if is_late else {"label": "在办", "tone": "doing"}


def _verified(row: Mirrored) -> str:
    return "相符" if row.sealed_seq == row.last_seq else "待日封"


def _facts(row: Mirrored, loop: Loop | None) -> list[tuple[str, object]]:
    whole = "全部相符" if row.sealed_seq == row.last_seq else f"前 {row.sealed_seq} 条已由日封印证"
    return [
        ("编号", row.number),
        ("报送单位", row.peer.name),
        ("类别", loop.label if loop else row.kind),
        ("环节", _stage(loop, row.stage)),
        ("承办单位", row.unit),
        ("矿山", row.site),
        ("乡镇", row.town),
        ("登记时间", moment(row.opened_at)),
        ("到期", row.due_on.isoformat() if row.is_open and row.due_on else ""),
        ("时限", _state(row)["label"]),
        ("办结时间", moment(row.closed_at) if row.closed_at else ""),
        ("留痕校验", row.fault or f"{row.last_seq} 条逐条接续，{whole}"),
    ]


def _told_facts(told: ToldMatter, loop: Loop | None) -> list[tuple[str, object]]:
    """What is plain text; ids of people and units mean nothing outside their own database."""
    fields = loop.fields.values() if loop else ()
    return [
        (one.label, told.facts[one.key])
        for one in fields
        if one.kind in PLAIN and told.facts.get(one.key)
    ]


def _trail(told: ToldMatter, loop: Loop | None, *, sealed_seq: int) -> Table:
    steps = {step.key: step.label for step in loop.steps} if loop else {}
    rows = [
        {
            "id": line.seq,
            "cells": {
                "what": {"text": _what(line.step, steps)},
                "at": moment(line.happened_at),
                "who": line.actor,
                "stage": _stage(loop, line.stage_to) if line.stage_to != line.stage_from else None,
                "seal": "已封" if line.seq <= sealed_seq else "待封",
            },
        }
        for line in told.lines
    ]
    return Table(
        heading="办理留痕",
        columns=(
            column("what", "办理", "title"),
            column("at", "时间", phone="show"),
            column("who", "办理人", phone="show"),
            column("stage", "转到"),
            column("seal", "日封"),
        ),
        rows=rows,
    )


def _what(step: str, steps: dict[str, str]) -> str:
    built_in = {"open": "登记", "correct": "更正", "withdraw": "撤回", "attach": "附文件"}
    if step.startswith("clock."):
        return "系统提醒"
    return steps.get(step) or built_in.get(step, step)


def _loop(kind: str) -> Loop | None:
    return next((loop for loop in catalog().loops if loop.key == kind), None)


def _stage(loop: Loop | None, key: str) -> str:
    stages = loop.stages if loop else ()
    return next((stage.label for stage in stages if stage.key == key), key)


def _next(county: str, tab: str, rows: Sequence[Mirrored]) -> str:
    return _url(county=county, tab=tab, after=str(rows[-1].pk))


def _url(**query: str) -> str:
    kept = {key: value for key, value in query.items() if value}
    address = reverse("exchange:reports")
    return f"{address}?{urlencode(kept)}" if kept else address
