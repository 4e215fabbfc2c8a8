"""联网示意图: a tile per township with the shares of both kinds, and what isn't linked below."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.matters.moment import now
from bihuan.monitoring.boards import OFFICIALS, Scope, drawn
from bihuan.monitoring.links.share import BOARD, KINDS, Linked, by_region, linked_of, look
from bihuan.places.models import Region
from bihuan.regulations.values import rules_held
from bihuan.ui.charts import Chart
from bihuan.ui.tile_map import tile_map

TILES = 60
LISTED = 100


@require_safe
@signed_in
def show_map(request: HttpRequest) -> HttpResponse:
    """The map, and the same mines and ponds in one list."""
    by = actor_from(request)
    if not set(OFFICIALS) & by.roles:
        raise Http404("no board for this account")
    scope = Scope(by=by, now=now(), read_by=OFFICIALS)
    with rules_held():
        shown, found = look(scope), linked_of(scope)
    context: dict[str, Any] = {
        "page": {"title": "联网示意图", "lead": "按乡镇排列，不是实际方位；条长为已联网的份额"},
        "figures": [
            {"label": one.label, "value": one.value, "unit": one.unit, "note": one.note}
            for one in shown.figures
        ],
        "chart": chart_of(scope, found),
        "columns": [{"key": h.key, "label": h.label, "kind": h.kind} for h in BOARD.heads],
        "rows": [
            {
                "id": row.id,
                "name": row.name,
                "cells": {h.key: drawn(row.cells.get(h.key), kind=h.kind) for h in BOARD.heads},
            }
            for row in shown.rows[:LISTED]
        ],
        "words": f"共 {len(shown.rows)} 个，未联网的在前",
        "board_url": reverse("monitoring:board", args=(BOARD.key,)),
        "empty": BOARD.empty,
    }
    return render(request, "monitoring/link_map.html", context)


def chart_of(scope: Scope, found: list[Linked]) -> Chart:
    """A tile per township held; where these are too many, only those with a mine or pond."""
    shares = by_region(found)
    reach = Q(pk__in=list(shares))
    for held in scope.by.held:
        if held.role in OFFICIALS:
            here = Q(path__contains=f"/{held.region_id}/")
            reach |= here & Q(level=Region.Level.TOWNSHIP, valid_until=None)
    regions = list(Region.objects.filter(reach).order_by("path"))
    if len(regions) > TILES:
        regions = [one for one in regions if one.pk in shares]
    nothing = dict.fromkeys(KINDS, (0, 0))
    places = [(one.name, [shares.get(one.pk, nothing)[kind] for kind in KINDS]) for one in regions]
    return tile_map(KINDS, places, title="各乡镇煤矿和头顶库联网情况", unit="个")
