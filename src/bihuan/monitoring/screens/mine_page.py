"""全矿测点: small multiples of a mine's points, and the list of mines that send readings."""

from collections import Counter
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.language.clock import SHANGHAI
from bihuan.matters.moment import now
from bihuan.monitoring.alarms.readings import ledger_folder, sensor_name
from bihuan.monitoring.screens.scope import demand_role, site_watched, sites_watched
from bihuan.monitoring.screens.states import state_of
from bihuan.monitoring.screens.store_reader import TROUBLES
from bihuan.monitoring.screens.wall import HOURS, Tile, newest_of, seconds_of, tiles_of
from bihuan.places.models import Site
from bihuan.telemetry.notation import stamp_of
from bihuan.telemetry.store.defined import count_points, newest_definitions

MINES: Final = 50
COLUMNS: Final = (
    {"key": "name", "label": "煤矿", "kind": "title"},
    {"key": "state", "label": "状态", "kind": "chip"},
    {"key": "points", "label": "测点", "kind": "number"},
    {"key": "online", "label": "在线", "kind": "number"},
    {"key": "away", "label": "断线或无读数", "kind": "number"},
    {"key": "over", "label": "超过门限", "kind": "number"},
    {"key": "near", "label": "接近门限", "kind": "number"},
    {"key": "last", "label": "最后读数", "kind": "text"},
)
NOT_READ: Final = "读数暂时取不到，请稍后刷新；一直取不到，请联系系统管理员查看“运行状况”。"


@require_safe
@signed_in
def show_mine(request: HttpRequest, site_id: int) -> HttpResponse:
    """Every point of the mine over twelve hours, those over or near a limit first."""
    by, moment = actor_from(request), now()
    site = site_watched(by, site_id)
    asked = request.GET.get("type", "")
    trouble = ""
    try:
        tiles, types = tiles_of(site, now=moment, sensor_type=asked)
    except TROUBLES:
        tiles, types, trouble = [], [], NOT_READ
    context = {
        "page": {
            "title": f"{site.short_name or site.name}测点",
            "lead": f"近{HOURS}小时，虚线为门限；{len(tiles)} 个测点",
        },
        "trouble": trouble,
        "mines_url": reverse("monitoring:mines"),
        "quality_url": reverse("monitoring:quality", args=[site.pk]),
        "kpis": _kpis(tiles),
        "types": [
            {"label": "全部", "url": "?", "current": not asked},
            *(
                {
                    "label": sensor_name(one),
                    "url": f"?{urlencode({'type': one})}",
                    "current": one == asked,
                }
                for one in types
            ),
        ],
        "groups": _groups(tiles),
        "tiles": tiles,
        "as_of": moment.astimezone(SHANGHAI),
    }
    return render(request, "monitoring/mine.html", context)


@require_safe
@signed_in
def show_mines(request: HttpRequest) -> HttpResponse:
    """Mines within reach that send readings, with how many points are online."""
    by, moment = actor_from(request), now()
    demand_role(by)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    sites = sites_watched(by).select_related("region")
    if asked:
        sites = sites.filter(name__icontains=asked)
    counts = count_points(ledger_folder(), list(sites.values_list("code", flat=True)))
    found = list(sites.filter(code__in=list(counts))[: MINES + 1])
    trouble = ""
    try:
        rows = [_mine_row(site, now=moment) for site in found[:MINES]]
    except TROUBLES:
        rows, trouble = [], NOT_READ
    context = {
        "page": {"title": "煤矿测点", "lead": "有监测读数的煤矿，按名称"},
        "columns": COLUMNS,
        "rows": rows,
        "trouble": trouble,
        "asked": asked,
        "thresholds_url": reverse("monitoring:thresholds"),
        "words": f"{len(counts)} 座煤矿" + (f"，只列前 {MINES} 座" if len(found) > MINES else ""),
        "watch_url": reverse("monitoring:watch"),
        "as_of": moment.astimezone(SHANGHAI),
    }
    return render(request, "monitoring/mines.html", context)


def _mine_row(site: Site, *, now: datetime) -> dict[str, Any]:
    described = newest_definitions(ledger_folder(), site.code)
    newest = newest_of([one.point for one in described])
    at = seconds_of(now)
    states = Counter(
        state_of(one.definition, newest.get(one.point), at=at).key for one in described
    )
    last = max((one.at for one in newest.values()), default=None)
    away = states["silent"] + states["none"]
    counted = {
        "points": len(described),
        "online": len(described) - away,
        "away": away,
        "over": states["over"],
        "near": states["near"],
        "last": stamp_of(last)[5:16] if last is not None else "24 小时内没有读数",
    }
    title = {
        "text": site.name,
        "url": reverse("monitoring:mine", args=[site.pk]),
        "sub": site.region.name,
    }
    chip = _mine_chip(len(described), away=away, over=states["over"])
    return {"id": site.pk, "cells": {"name": title, "state": chip, **counted}}


def _mine_chip(points: int, *, away: int, over: int) -> dict[str, str]:
    if away == points:
        return {"label": "全矿断线", "tone": "late"}
    if over:
        return {"label": "有超限", "tone": "late"}
    if away:
        return {"label": "部分断线", "tone": "todo"}
    return {"label": "在线", "tone": "done"}


def _kpis(tiles: list[Tile]) -> list[dict[str, Any]]:
    states = Counter(tile.state.key for tile in tiles)
    told = (
        ("超过门限", "over", "bad", "最新读数"),
        ("接近门限", "near", "warn", "达到门限的八成"),
        ("断线", "silent", "bad", "超过应报间隔"),
        ("不计数", "uncounted", "warn", "故障、不巡检、没有数值"),
        ("无读数", "none", "warn", "24 小时内"),
        ("正常", "fine", "", "含没有设门限的"),
    )
    return [
        {
            "label": label,
            "value": states[key],
            "unit": "点",
            "note": note,
            "tone": tone if states[key] else "",
        }
        for label, key, tone, note in told
    ]


def _groups(tiles: list[Tile]) -> list[dict[str, Any]]:
    """Those to look at first, then the others by place."""
    hot = [tile for tile in tiles if tile.state.key in ("over", "near")]
    rest = sorted((tile for tile in tiles if tile.state.key not in ("over", "near")), key=_place)
    groups: list[dict[str, Any]] = [
        {"label": "超过或接近门限", "tiles": hot},
        {"label": "其余，按安装地点" if hot else "按安装地点", "tiles": rest},
    ]
    return [group for group in groups if group["tiles"]]


def _place(tile: Tile) -> tuple[str, str]:
    return tile.place, tile.point
