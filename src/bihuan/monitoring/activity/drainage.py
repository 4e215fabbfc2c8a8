"""Indicator: the drainage rate of a mine's gas by month (瓦斯抽采率), gaps shown as gaps."""

from datetime import date, timedelta
from decimal import Decimal

from bihuan.language.words import Indicator
from bihuan.monitoring.activity.looking import plain
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.series import DRAINED, VENTED
from bihuan.places.models import Site
from bihuan.regulations.values import value_of
from bihuan.telemetry.detectors.drainage import Month, months

TARGET = "activity.drainage_target_pct"
MONTHS = 12
NO_DATA = "无数据"


def drainage_rates(site: Site, *, on: date) -> list[Month]:
    """The last twelve months of a mine, the running one included."""
    firsts = _firsts(on)
    told = daily([site.pk], [DRAINED, VENTED], first=firsts[0], last=on).get(site.pk, {})
    drained, vented = (_by_month(told.get(key, Days())) for key in (DRAINED, VENTED))
    return months(drained, vented, firsts)


DRAINAGE_RATE = Indicator(
    key="drainage_rate",
    label="瓦斯抽采率",
    formula="抽采量÷（抽采量＋风排量）",
    unit="%",
    compute=drainage_rates,
    target_param=TARGET,
    basis=("AY-21-7",),
)


def target_words(site: Site, *, on: date) -> str:
    """The target as in force at the mine, or 未设定."""
    return value_of(TARGET, region_path=site.region.path_ids, on=on).text


def fall_words(month: Month) -> str:
    """A fall against the month before, with both figures."""
    if month.fell_from is None or month.rate is None:
        return ""
    return (
        f"{month.first.month}月{plain(month.rate, places=1)}%，"
        f"较上月{plain(month.fell_from, places=1)}%下降"
    )


def _firsts(on: date) -> list[date]:
    firsts = [on.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    return firsts


def _by_month(kept: Days) -> dict[date, Decimal]:
    sums: dict[date, Decimal] = {}
    for day, value in kept.days.items():
        first = day.replace(day=1)
        sums[first] = sums.get(first, Decimal(0)) + value
    return {**sums, **kept.months}
