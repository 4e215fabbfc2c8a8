"""Boards of the day before: strength and crews, the seven series, power; every gap is said."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from bihuan.matters.models import Record
from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.looking import mine_of, plain
from bihuan.monitoring.activity.pairs import judged
from bihuan.monitoring.activity.plans import UNSET
from bihuan.monitoring.activity.power import numbers_of
from bihuan.monitoring.activity.reading import HOUR, Days, daily, midnight, spans
from bihuan.monitoring.activity.registered import amount_of, facts_in_force
from bihuan.monitoring.activity.series import (
    BY_KEY,
    DESCENTS,
    FACES,
    FOOTAGE,
    HEADINGS,
    POWER,
    SEVEN,
)
from bihuan.monitoring.boards import Board, Cell, Chip, Head, Link, Row, Scope, Shown
from bihuan.monitoring.mines import profiles_on
from bihuan.places.models import Site
from bihuan.telemetry.detectors.pairs import Answer
from bihuan.telemetry.detectors.power import LOOK_BACK, baseline

MISSING, OVER, AT, UNDER = "缺数", "超过", "边界值", "未超"
HOURS_OF_DAY = 24
REACH = timedelta(days=200)
PLANNED = ((FACES, "faces"), (HEADINGS, "headings"), (DESCENTS, "crew"))
_TONES = {OVER: "late", UNSET: "todo", AT: "todo", MISSING: "todo", UNDER: "done"}
_SITE = Head(key="site", label="矿山", kind="link")


def strength(scope: Scope) -> Shown:
    """Faces, headings and crews of the last day told, and footage of the month, with limits."""
    sites = _mines(scope)
    first = scope.today.replace(day=1)
    keys = [*(key for key, _ in PLANNED), FOOTAGE]
    told = daily([one.pk for one in sites], keys, first=first, last=scope.today)
    plans = facts_in_force(
        ledgers.WORK_PLAN, [one.pk for one in sites], first=scope.today, last=scope.today
    )
    rows = []
    for site in sites:
        kinds, mine_plans = told.get(site.pk, {}), plans.get(site.pk, [])
        cells: dict[str, Cell] = {"site": _link(site)}
        verdicts = []
        for key, plan_key in (*PLANNED, (FOOTAGE, "footage")):
            value = _value(key, kinds.get(key, Days()))
            limit = _planned(mine_plans, plan_key)
            verdicts.append(_verdict(value, limit))
            shown = MISSING if value is None else plain(value)
            line = UNSET if limit is None else plain(limit)
            cells[key] = f"{shown} / {line}"
        cells["state"] = _worst(verdicts)
        rows.append(Row(id=site.pk, name=site.name, cells=cells))
    return Shown(rows=rows, notes=("每格为最近一日（进尺为本月累计）的实际数 / 批准数。",))


def seven_series(scope: Scope) -> Shown:
    """How the pairs of the seven series stood on the last day but one."""
    sites, profiles = _mines(scope), profiles_on(scope.today)
    told = daily([one.pk for one in sites], SEVEN, first=scope.today - REACH, last=scope.today)
    rows = []
    for site in sites:
        days = judged(mine_of(site, profiles=profiles), told.get(site.pk, {}), on=scope.today)
        day, compared = next(days, (None, []))
        counts = {answer: sum(one.answer is answer for one in compared) for answer in Answer}
        cells: dict[str, Cell] = {
            "site": _link(site),
            "day": "" if day is None else day.isoformat(),
            **{answer.name.lower(): counts[answer] for answer in Answer},
            "state": _pairs_state(counts),
        }
        rows.append(Row(id=site.pk, name=site.name, cells=cells))
    return Shown(rows=rows, notes=("七类数据两两相比共 21 对；缺数的对不比，也不按零计。",))


def power(scope: Scope) -> Shown:
    """Yesterday's hours of power: how many came, and whether the baseline can be made."""
    sites, profiles = _mines(scope), profiles_on(scope.today)
    numbers = {
        site.pk: numbers_of(mine_of(site, profiles=profiles), on=scope.today) for site in sites
    }
    most = max((one.days for one in numbers.values() if one), default=0)
    since = midnight(scope.today - timedelta(days=most * LOOK_BACK + 1))
    told = spans([one.pk for one in sites], [POWER], since=since, until=midnight(scope.today))
    rows = []
    for site in sites:
        values = told.get(site.pk, {}).get(POWER, [])
        hours = {one.at: one.value for one in values if one.minutes == HOUR}
        one = numbers[site.pk]
        rows.append(_power_row(site, hours, days=one.days if one else 0, scope=scope))
    return Shown(rows=rows)


STRENGTH_BOARD = Board(
    key="strength",
    label="强度和定员",
    heads=(
        _SITE,
        *(Head(key=key, label=BY_KEY[key].label) for key, _ in PLANNED),
        Head(key=FOOTAGE, label="本月进尺（米）"),
        Head(key="state", label="状态", kind="chip"),
    ),
    look=strength,
    state="state",
    ledgers=(ledgers.WORK_PLAN, ledgers.CROSSING, ledgers.SUCCESSION),
    basis=("SX-40-1", "AY-34-8"),
)
PAIRS_BOARD = Board(
    key="pairs",
    label="七类数据互比",
    heads=(
        _SITE,
        Head(key="day", label="日期", kind="date"),
        *(Head(key=one.name.lower(), label=one.value, kind="number") for one in Answer),
        Head(key="state", label="状态", kind="chip"),
    ),
    look=seven_series,
    state="state",
    basis=("AY-38-2",),
)
POWER_BOARD = Board(
    key="power",
    label="用电监测",
    heads=(
        _SITE,
        Head(key="used", label="昨日用电（kWh）", kind="number"),
        Head(key="missing", label="缺数（小时）", kind="number"),
        Head(key="baseline", label="有基线的时段", kind="number"),
        Head(key="state", label="状态", kind="chip"),
    ),
    look=power,
    state="state",
    ledgers=(ledgers.CEILING, ledgers.PLANNED_STOP),
    basis=("LX-W3-2",),
)


def _mines(scope: Scope) -> list[Site]:
    return list(scope.sites(Site.Kind.COAL, Site.Kind.NONCOAL))


def _link(site: Site) -> Link:
    return Link(site.name, "", site.region.name)


def _value(key: str, kept: Days) -> Decimal | None:
    if not kept.days and not kept.months:
        return None
    if key == FOOTAGE:
        return max([sum(kept.days.values(), Decimal(0)), *kept.months.values()])
    return kept.days[max(kept.days)] if kept.days else None


def _planned(plans: list[Record], key: str) -> Decimal | None:
    amounts = [amount for one in plans if (amount := amount_of(one, key)) is not None]
    return amounts[-1] if amounts else None


def _verdict(value: Decimal | None, limit: Decimal | None) -> str:
    if limit is None:
        return UNSET
    if value is None:
        return MISSING
    if value == limit:
        return AT
    return OVER if value > limit else UNDER


def _worst(verdicts: Collection[str]) -> Chip:
    word = next(one for one in (OVER, UNSET, MISSING, AT, UNDER) if one in verdicts)
    return Chip(word, _TONES[word])


def _pairs_state(counts: dict[Answer, int]) -> Chip:
    if counts[Answer.OFF]:
        return Chip(Answer.OFF.value, "late")
    if counts[Answer.SHORT]:
        return Chip(Answer.SHORT.value, "todo")
    if counts[Answer.USUAL]:
        return Chip(Answer.USUAL.value, "done")
    return Chip(Answer.MISSING.value, "todo")


def _power_row(site: Site, hours: dict[datetime, Decimal], *, days: int, scope: Scope) -> Row:
    first = midnight(scope.today - timedelta(days=1))
    window = [first + timedelta(hours=step) for step in range(HOURS_OF_DAY)]
    known = [hours[at] for at in window if at in hours]
    based = sum(baseline(hours, at, days=days)[0] is not None for at in window) if days else 0
    missing = HOURS_OF_DAY - len(known)
    word = MISSING if missing else Answer.USUAL.value if based == HOURS_OF_DAY else "基线不足"
    return Row(
        id=site.pk,
        name=site.name,
        cells={
            "site": _link(site),
            "used": plain(sum(known, Decimal(0))) if known else MISSING,
            "missing": missing,
            "baseline": f"{based}/{HOURS_OF_DAY}",
            "state": Chip(word, "done" if word == Answer.USUAL.value else "todo"),
        },
    )
