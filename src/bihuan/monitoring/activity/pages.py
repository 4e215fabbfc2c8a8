"""The page of a mine's figures: output, power and the other series, the drainage rate by month."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.matters.moment import now
from bihuan.monitoring.activity.drainage import (
    NO_DATA,
    drainage_rates,
    fall_words,
    target_words,
)
from bihuan.monitoring.activity.looking import day_of
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.scope import sites_seen
from bihuan.monitoring.activity.series import DRAINED, SERIES, VENTED, Series
from bihuan.places.models import Site
from bihuan.telemetry.detectors.drainage import Month
from bihuan.ui.band_chart import band_chart

SHOWN_DAYS = 60


@signed_in
def show_mine(request: HttpRequest, number: int) -> HttpResponse:
    """One mine's figures, each as a small chart with the table behind it."""
    found = sites_seen(actor_from(request)).select_related("region").filter(pk=number)
    site = found.distinct().first()
    if site is None:
        raise Http404(f"no mine {number!r} in reach")
    on = day_of(now())
    told = daily(
        [site.pk],
        [one.key for one in SERIES],
        first=on - timedelta(days=SHOWN_DAYS - 1),
        last=on,
    ).get(site.pk, {})
    context = {
        "page": {
            "title": f"{site.name}：产量用电数据",
            "lead": f"近 {SHOWN_DAYS} 天；断开处为缺数，不是零",
            "crumbs": [
                {"label": "产量与核定能力", "url": reverse("monitoring:board", args=("output",))},
                {"label": site.name},
            ],
        },
        "series": [_card(one, told[one.key], on=on) for one in SERIES if one.key in told],
        "drainage": _drainage(site, on=on),
    }
    return render(request, "monitoring/activity.html", context)


def _card(one: Series, kept: Days, *, on: date) -> dict[str, Any]:
    days = [on - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    points = [(f"{day:%m-%d}", _number(kept, day)) for day in days]
    missing = sum(value is None for _, value in points)
    return {
        "label": one.label,
        "words": f"{one.unit}，缺数 {missing} 天",
        "chart": band_chart(points, title=one.label, unit=one.unit),
    }


def _number(kept: Days, day: date) -> float | None:
    value = kept.whole(day)
    return None if value is None else float(value)


def _drainage(site: Site, *, on: date) -> dict[str, Any] | None:
    rates = drainage_rates(site, on=on)
    if all(month.rate is None for month in rates):
        return None
    points = [(f"{month.first:%Y-%m}", _rate(month)) for month in rates]
    last = next(month for month in reversed(rates) if month.rate is not None)
    return {
        "chart": band_chart(points, title="瓦斯抽采率", unit="%", missing=NO_DATA),
        "words": f"最近 {last.first:%Y-%m}：{last.rate}%；目标：{target_words(site, on=on)}",
        "falls": [words for month in rates if (words := fall_words(month))],
        "formula": "抽采量÷（抽采量＋风排量），两项缺一即无数据",
        "series": [DRAINED, VENTED],
    }


def _rate(month: Month) -> float | None:
    return None if month.rate is None else float(month.rate)
