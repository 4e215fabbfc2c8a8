"""Figures of the demonstration's mines: output, power and gas, with something in them to find."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import sin

from bihuan.config.demo_places import DemoCounty
from bihuan.language.clock import SHANGHAI
from bihuan.matters.records import write_record
from bihuan.monitoring.activity.intake import Given, take
from bihuan.monitoring.activity.reading import midnight
from bihuan.monitoring.activity.series import BY_KEY, DRAINED, HAULAGE, OUTPUT, POWER, VENTED
from bihuan.places.models import Site

HOURLY_DAYS = 100
CAPACITY = 60  # 万吨/年
STOPPED_DAYS, WORKED_FROM = 12, 6
SOURCE = "演示数据"
COMES_AFTER_H = 25  # a day is told an hour after its end
PLACES = Decimal("0.001")


def settle_figures(county: DemoCounty, *, now: datetime) -> None:
    """Three coal mines: one over its capacity, one at work while ordered shut, one as it ought."""
    over, shut, usual = [site for site in county.sites if site.kind == Site.Kind.COAL][1:4]
    today = now.astimezone(SHANGHAI).date()
    by = county.actors["office-head"]
    for site in (over, shut, usual):
        profile = {
            "site": site.pk,
            "method": "underground",
            "status": "producing",
            "capacity": CAPACITY,
            "valid_from": today.replace(month=1, day=1),
            "paper": "产能核定批复（演示）",
        }
        write_record("mine_profile", by=by, now=now, facts=profile)
    ordered = today - timedelta(days=STOPPED_DAYS)
    order = {
        "site": shut.pk,
        "kind": "rectifying",
        "ordered_at": midnight(ordered),
        "paper": "现场处理决定（演示）",
    }
    write_record("stop_order", by=by, now=now, facts=order)
    line = {
        "site": shut.pk,
        "series": POWER,
        "per": "hour",
        "amount": "520",
        "valid_from": ordered,
    }
    write_record("maintenance_baseline", by=by, now=now, facts=line)
    flow = (
        *_daily(over, today, share=Decimal("1.15")),
        *_daily(usual, today, share=Decimal("0.85")),
        *_daily(shut, ordered, share=Decimal("0.9")),
        *_hourly(shut, today, ordered=ordered),
        *_hourly(usual, today, ordered=None),
    )
    by_day = defaultdict[date, list[Given]](list)
    for one in flow:
        by_day[one.at.date()].append(one)
    for day, given in sorted(by_day.items()):
        take(given, source=SOURCE, now=min(midnight(day) + timedelta(hours=COMES_AFTER_H), now))


def _daily(site: Site, until: date, *, share: Decimal) -> Iterator[Given]:
    day, a_day = until.replace(month=1, day=1), CAPACITY * 10_000 / Decimal(365) * share
    while day < until:
        swing = Decimal(1 + 0.06 * sin(day.toordinal() * 1.7))
        if day.toordinal() % 41:  # now and then a day isn't told
            yield _given(site, OUTPUT, day, a_day * swing)
            yield _given(site, HAULAGE, day, a_day * swing * Decimal("1.15"))
            yield _given(site, DRAINED, day, 4000 * swing)
            yield _given(site, VENTED, day, 9000 * (2 - swing))
        day += timedelta(days=1)


def _hourly(site: Site, today: date, *, ordered: date | None) -> Iterator[Given]:
    first = midnight(today - timedelta(days=HOURLY_DAYS))
    for step in range(HOURLY_DAYS * 24):
        at = first + timedelta(hours=step)
        is_shut = ordered is not None and at.date() >= ordered
        works = not is_shut and at.hour >= 6
        by_night = is_shut and (today - at.date()).days < WORKED_FROM and at.hour < 5
        kwh = 1500 if works else 1150 if by_night else 430 if is_shut else 560
        swing = Decimal(1 + 0.04 * sin(step * 0.9))
        yield Given(
            site=site.pk,
            series=POWER,
            at=at,
            span_minutes=60,
            value=(kwh * swing).quantize(PLACES),
            unit=BY_KEY[POWER].unit,
        )


def _given(site: Site, series: str, day: date, value: Decimal) -> Given:
    return Given(
        site=site.pk,
        series=series,
        at=midnight(day),
        span_minutes=1440,
        value=value.quantize(PLACES),
        unit=BY_KEY[series].unit,
    )
