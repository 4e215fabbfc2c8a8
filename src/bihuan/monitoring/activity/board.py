"""Board: each mine's output of the year beside its approved capacity, nothing passed in silence."""

from datetime import date, timedelta
from decimal import Decimal

from django.urls import reverse

from bihuan.monitoring.activity.capacity import MONTH_PCT, STANDARD
from bihuan.monitoring.activity.looking import Mine, in_ten_thousand, mine_of
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.series import OUTPUT
from bihuan.monitoring.boards import Board, Chip, Figure, Head, Link, Row, Scope, Shown
from bihuan.monitoring.mines import profiles_on
from bihuan.places.models import Site
from bihuan.telemetry.detectors.capacity import (
    Standing,
    missing_days,
    standing,
    with_months,
)

BATCH = 200
_TONES = {Standing.OVER: "late", Standing.AT: "todo", Standing.UNDER: "done"}
_NONE_YET = Days()


def outputs(scope: Scope) -> Shown:
    """Rows of mines in reach; capacity and output as they stand today."""
    profiles = profiles_on(scope.today)
    sites = list(scope.sites(Site.Kind.COAL, Site.Kind.NONCOAL))
    rows, counts = [], dict.fromkeys(Standing, 0)
    for place in range(0, len(sites), BATCH):
        batch = sites[place : place + BATCH]
        told = daily(
            [one.pk for one in batch],
            [OUTPUT],
            first=date(scope.today.year, 1, 1),
            last=scope.today,
        )
        for site in batch:
            mine = mine_of(site, profiles=profiles)
            output = told.get(site.pk, {}).get(OUTPUT, _NONE_YET)
            row, state = _row(site, mine, output, on=scope.today)
            counts[state] += 1
            rows.append(row)
    standard = scope.setting(STANDARD).text
    return Shown(
        rows=rows,
        figures=[
            Figure(label=state.value, value=str(counts[state]), unit="座") for state in Standing
        ],
        notes=(f"重大隐患判定标准版本：{standard}。缺数的日子不按零计，单列天数。",),
    )


OUTPUT_BOARD = Board(
    key="output",
    label="产量与核定能力",
    heads=(
        Head(key="site", label="矿山", kind="link"),
        Head(key="capacity", label="核定能力（万吨/年）", kind="number"),
        Head(key="total", label="本年累计", kind="number"),
        Head(key="share", label="占能力", kind="number"),
        Head(key="month", label="月度线", kind="text"),
        Head(key="missing", label="缺数", kind="number"),
        Head(key="state", label="状态", kind="chip"),
    ),
    look=outputs,
    state="state",
    ledgers=("mine_profile",),
    basis=("LX-C01-1", "SX-40-1"),
)


def _row(site: Site, mine: Mine, output: Days, *, on: date) -> tuple[Row, Standing]:
    merged = with_months(output.days, output.months)
    total = sum(merged.values(), Decimal(0)) if merged else None
    state = standing(total, mine.capacity_t)
    first, yesterday = date(on.year, 1, 1), on - timedelta(days=1)
    missing = missing_days(output.days, first=first, last=yesterday) if output.days else None
    cells: dict[str, str | int | Chip | Link | None] = {
        "site": Link(site.name, reverse("monitoring:activity", args=(site.pk,)), site.region.name),
        "capacity": mine.profile.capacity,
        "total": "无数据" if total is None else in_ten_thousand(total),
        "share": _share(total, mine.capacity_t),
        "month": mine.value(MONTH_PCT, on=on).text,
        "missing": "" if missing is None else f"{missing} 天",
        "state": _told(state, has_gaps=bool(missing)),
    }
    return Row(id=site.pk, name=site.name, cells=cells), state


def _told(state: Standing, *, has_gaps: bool) -> Chip:
    """What was reported isn't more; what wasn't reported is not said to be nothing."""
    if state is Standing.UNDER and has_gaps:
        return Chip(f"{state.value}（有缺数）", "todo")
    return Chip(state.value, _TONES.get(state, "plain"))


def _share(total: Decimal | None, capacity: Decimal | None) -> str:
    if total is None or not capacity:
        return ""
    return f"{total * 100 / capacity:.1f}%"
