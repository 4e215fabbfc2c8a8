"""门限核对: limits of the rules by place, a mine's own beside them, and another value tried."""

from datetime import timedelta
from math import isfinite
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.matters.identity import is_id
from bihuan.matters.moment import now
from bihuan.monitoring.alarms.readings import kept_point, ledger_folder, sensor_name
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.legal_limits import Rules, laxer_words, limit_at, rules_in
from bihuan.monitoring.screens.scope import demand_role, site_watched, sites_watched
from bihuan.monitoring.screens.states import limits_of
from bihuan.monitoring.screens.store_reader import TROUBLES
from bihuan.monitoring.screens.trial import DAYS, POINTS, Asked, Fired, try_limit
from bihuan.monitoring.screens.wall import limit_words, seconds_of
from bihuan.places.models import Site
from bihuan.telemetry.notation import decimal_of, stamp_of
from bihuan.telemetry.store.defined import count_points, newest_definitions
from bihuan.telemetry.store.glance import Described

FILE: Final = "coal-mine-safety-2025.toml"
LISTED: Final = 100
NOT_READ: Final = "读数暂时取不到，请稍后再试；一直取不到，请联系系统管理员查看“运行状况”。"
_WRONG: Final = "报警值和解除值要是数，例如 0.8。"


@require_safe
@signed_in
def show_thresholds(request: HttpRequest) -> HttpResponse:
    """The table; of the chosen mine its comparison, and what another value would have made."""
    by = actor_from(request)
    demand_role(by)
    rules = rules_in(settings.DATA / "limits" / FILE)
    choices = _choices(list(sites_watched(by)))
    asked = request.GET.get("site", "")
    site = site_watched(by, int(asked)) if is_id(asked) else None
    if site is None and choices:
        site = choices[0]
    described = newest_definitions(ledger_folder(), site.code) if site else []
    context = {
        "page": {"title": "门限核对", "lead": f"{rules.label}，{rules.number}"},
        "rules": rules,
        "limits": _table(rules),
        "site": site,
        "mine_url": reverse("monitoring:mine", args=[site.pk]) if site else "",
        "choices": [{"value": str(one.pk), "label": one.name} for one in choices],
        "compared": _compared(described, rules),
        "trial": _trial(request, site, described) if site else None,
        "points_max": POINTS,
        "days": DAYS,
        "fields": _fields(request, choices, site, described),
    }
    return render(request, "monitoring/thresholds.html", context)


def _choices(sites: list[Site]) -> list[Site]:
    counts = count_points(ledger_folder(), [site.code for site in sites])
    return [site for site in sites if site.code in counts]


def _table(rules: Rules) -> list[dict[str, str]]:
    kinds = {kind.key: kind for kind in rules.kinds}
    return [
        {
            "kind": kinds[one.kind].label,
            "place": one.place,
            "unit": kinds[one.kind].unit,
            "alarm": f"≥{decimal_of(one.alarm)}",
            "power_off": "—" if one.power_off is None else f"≥{decimal_of(one.power_off)}",
            "restore": "—" if one.restore is None else f"<{decimal_of(one.restore)}",
        }
        for one in rules.limits
    ]


def _compared(described: list[Described], rules: Rules) -> dict[str, Any]:
    """Points whose limit is laxer, those that keep the rule, and those that nobody can match."""
    laxer, kept, unmatched = [], 0, []
    for said in described:
        kind = rules.kind_of(said)
        if kind is None:
            continue
        rule = limit_at(said.location, kind.key, rules=rules)
        row = {
            "place": said.location,
            "sensor": sensor_name(said.definition.sensor_type),
            "own": limit_words(limits_of(said.definition)),
        }
        if rule is None:
            unmatched.append(row)
        elif words := laxer_words(said, rule):
            laxer.append({**row, "rule": rule.place, "words": words})
        else:
            kept += 1
    return {"laxer": laxer, "kept": kept, "unmatched": unmatched}


def _fields(
    request: HttpRequest, choices: list[Site], site: Site | None, described: list[Described]
) -> list[dict[str, Any]]:
    types = sorted({one.definition.sensor_type for one in described if one.definition.is_analogue})
    return [
        {
            "name": "site",
            "label": "煤矿",
            "kind": "choice",
            "look": "select",
            "value": str(site.pk) if site else "",
            "options": [{"value": str(one.pk), "label": one.name} for one in choices],
        },
        {
            "name": "type",
            "label": "传感器类型",
            "kind": "choice",
            "look": "select",
            "blank": "不试算",
            "value": request.GET.get("type", ""),
            "options": [{"value": one, "label": sensor_name(one)} for one in types],
        },
        {"name": "on", "label": "报警值", "kind": "text", "value": request.GET.get("on", "")},
        {"name": "off", "label": "解除值", "kind": "text", "value": request.GET.get("off", "")},
    ]


def _trial(request: HttpRequest, site: Site, described: list[Described]) -> dict[str, Any] | None:
    """The tried value over the last thirty days; None where nothing was asked."""
    sensor_type = request.GET.get("type", "")
    said = [one for one in described if one.definition.sensor_type == sensor_type]
    if not sensor_type or not said:
        return None
    on, off = _number(request.GET.get("on", "")), _number(request.GET.get("off", ""))
    if on is None:
        return {"wrong": _WRONG}
    unit = said[0].definition.unit
    same = [one for one in said if one.definition.unit == unit]
    moment = now()
    until = seconds_of(moment)
    asked = Asked(sensor_type=sensor_type, unit=unit, on=on, off=on if off is None else off)
    try:
        fired, wrong = try_limit(same, asked, since=until - DAYS * 86_400, until=until)
    except TROUBLES:
        return {"wrong": NOT_READ}
    if wrong:
        return {"wrong": wrong}
    tried = [one.point for one in same[:POINTS]]
    did = Episode.objects.filter(
        site=site,
        point__in=[kept_point(point) for point in tried],
        kind="upper_limit",
        level="alarm",
        started_at__gte=moment - timedelta(days=DAYS),
    )
    return {
        "wrong": "",
        "words": f"{sensor_name(sensor_type)} ≥{decimal_of(on)} {unit}",
        "count": len(fired),
        "points": len({one.point for one in fired}),
        "did": did.count(),
        "did_points": did.order_by().values("point").distinct().count(),
        "tried": len(tried),
        "left": len(said) - len(tried),
        "rows": [_row(one) for one in fired[:LISTED]],
    }


def _row(one: Fired) -> dict[str, str]:
    return {
        "place": one.place,
        "since": stamp_of(one.started_at),
        "until": stamp_of(one.ended_at) if one.ended_at is not None else "未恢复",
        "peak": "—" if one.peak is None else f"{decimal_of(one.peak)} {one.unit}",
    }


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if isfinite(found) else None
