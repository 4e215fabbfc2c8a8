"""Watches: faces, headings, footage and crews against the approved plan (超强度、抢进尺)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bihuan.language.words import Finding, Watch
from bihuan.matters.models import Record
from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.codes import RUSH
from bihuan.monitoring.activity.looking import Mine, chinese_day, day_of, mines_to_look_at, plain
from bihuan.monitoring.activity.reading import Days, daily
from bihuan.monitoring.activity.registered import all_of, amount_of, facts_in_force, holds_on
from bihuan.monitoring.activity.series import (
    BY_KEY,
    DESCENTS,
    FACES,
    FOOTAGE,
    HEADINGS,
    MINABLE,
)
from bihuan.regulations.values import rules_held

FOOTAGE_PCT, CREW_PCT, MINABLE_MIN = (
    "activity.footage_pct",
    "activity.crew_over_pct",
    "activity.minable_months_min",
)
DECIDERS = ("watch", "office", "leader")
JUDGED = timedelta(days=14)
UNSET = "上限未录入"
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A mine with its plans and figures of the days that are judged."""

    mine: Mine
    plans: list[Record]
    told: dict[str, Days]
    today: date

    def plan(self, day: date, key: str) -> tuple[Decimal | None, str]:
        """The approved number on a day and its paper; None where none is registered."""
        for record in reversed(self.plans):
            amount = amount_of(record, key) if holds_on(record, day) else None
            if amount is not None:
                return amount, record.facts.get("paper", "") or "采掘作业计划"
        return None, UNSET

    def days(self, key: str) -> list[tuple[date, Decimal]]:
        """The figures of the days that are judged."""
        kept = self.told.get(key, Days())
        return sorted(
            (day, value) for day, value in kept.days.items() if day >= self.today - JUDGED
        )


def over_strength(*, now: datetime) -> list[Finding]:
    """AY-26-3, AY-34-8: more faces, headings, footage than approved, coal ready too short."""
    with rules_held():
        return [
            finding
            for seen in _all(now)
            for finding in (
                *_counts(seen, FACES, "faces"),
                *_counts(seen, HEADINGS, "headings"),
                *_footage(seen),
                *_minable(seen),
            )
        ]


def over_crew(*, now: datetime) -> list[Finding]:
    """AY-26-3, SX-40-1: a crew above its limit, and one that is the share or more above."""
    with rules_held():
        return [finding for seen in _all(now) for finding in _crews(seen)]


def crossing_unapproved(*, now: datetime) -> list[Finding]:
    """AY-34-8: crossing works whose ticket names no approved measure."""
    return [
        _crossing(site, one)
        for mines in mines_to_look_at(now=now)
        for site, tickets in all_of(ledgers.CROSSING, [one.id for one in mines]).items()
        for one in tickets
        if not one.facts.get("measure")
    ]


OVER_STRENGTH = Watch(
    key="over_strength",
    label="超强度和抢进尺",
    look=over_strength,
    decide_by=DECIDERS,
    codes=RUSH,
    opens=("case_proposal",),
    gathers=True,  # of one figure
    basis=("AY-26-3", "SX-40-1", "AY-34-8"),
)
OVER_CREW = Watch(
    key="over_crew",
    label="超定员",
    look=over_crew,
    decide_by=DECIDERS,
    codes=RUSH,
    opens=("case_proposal",),
    gathers=True,  # what may be a major hazard apart from what isn't
    basis=("AY-26-3", "SX-40-1", "AY-34-8"),
)
CROSSING_WORKS = Watch(
    key="crossing_works",
    label="违规交叉作业",
    look=crossing_unapproved,
    decide_by=DECIDERS,
    codes=RUSH,
    opens=("site_check",),
    basis=("AY-34-8",),
)


def _all(now: datetime) -> Iterator[Seen]:
    today = day_of(now)
    first = (today - JUDGED).replace(day=1)
    keys = (FACES, HEADINGS, FOOTAGE, DESCENTS, MINABLE)
    for mines in mines_to_look_at(now=now):
        sites = [one.id for one in mines]
        told = daily(sites, keys, first=first, last=today)
        plans = facts_in_force(ledgers.WORK_PLAN, sites, first=first, last=today)
        for mine in mines:
            if mine.id in told:
                yield Seen(
                    mine=mine,
                    plans=plans.get(mine.id, []),
                    told=told[mine.id],
                    today=today,
                )


def _counts(seen: Seen, key: str, plan_key: str) -> Iterator[Finding]:
    one = BY_KEY[key]
    for day, value in seen.days(key):
        approved, source = seen.plan(day, plan_key)
        if approved is not None and value > approved:
            yield Finding(
                site=seen.mine.id,
                key=f"{key}/{day:%Y-%m-%d}",
                label=f"{day.month}月{day.day}日{one.label}超过计划",
                text=(
                    f"{chinese_day(day)}{one.label}{plain(value)}个，批准{plain(approved)}个"
                    f"（{source}），超出{plain(value - approved)}个。"
                ),
                figures=(
                    (one.label, f"{plain(value)} 个"),
                    ("批准", f"{plain(approved)} 个"),
                    ("依据", source),
                ),
            )


def _footage(seen: Seen) -> Iterator[Finding]:
    percent = seen.mine.number(FOOTAGE_PCT, on=seen.today)
    kept = seen.told.get(FOOTAGE, Days())
    sums: dict[date, Decimal] = dict(kept.months)
    for day, value in kept.days.items():
        first = day.replace(day=1)
        if first not in kept.months:
            sums[first] = sums.get(first, Decimal(0)) + value
    for first, total in sorted(sums.items()):
        approved, source = seen.plan(first, "footage")
        if percent is None or approved is None or total * HUNDRED <= approved * percent:
            continue
        yield Finding(
            site=seen.mine.id,
            key=f"{FOOTAGE}/{first:%Y-%m}",
            label=f"{first.month}月进尺超过计划",
            text=f"{first.year}年{first.month}月进尺超过计划{plain(approved)}米（{source}）。",
            figures=(
                ("当月进尺", f"{plain(total)} 米"),
                ("计划进尺", f"{plain(approved)} 米"),
                ("超出", f"{plain(total - approved)} 米"),
                ("依据", source),
            ),
        )


def _minable(seen: Seen) -> Iterator[Finding]:
    least = seen.mine.number(MINABLE_MIN, on=seen.today)
    for day, months in seen.days(MINABLE):
        if least is not None and months < least:
            yield Finding(
                site=seen.mine.id,
                key=f"{MINABLE}/{day:%Y-%m}",
                label="三量可采期低于限值",
                text=f"{chinese_day(day)}三量可采期{plain(months)}个月，限值{plain(least)}个月。",
                figures=(
                    ("三量可采期", f"{plain(months)} 月"),
                    ("限值", f"{plain(least)} 月"),
                ),
            )


def _crews(seen: Seen) -> Iterator[Finding]:
    percent = seen.mine.number(CREW_PCT, on=seen.today)
    for day, persons in seen.days(DESCENTS):
        limit, source = seen.plan(day, "crew")
        if limit is None or persons <= limit:
            continue
        is_major = percent is not None and persons * HUNDRED >= limit * (HUNDRED + percent)
        share = (persons - limit) * HUNDRED / limit if limit else None
        mark = f"达到{plain(percent)}%，可能构成重大事故隐患" if is_major and percent else "超定员"
        yield Finding(
            site=seen.mine.id,
            key=f"{DESCENTS}{'/major' if is_major else ''}/{day:%Y-%m-%d}",
            label=f"{day.month}月{day.day}日入井人数{mark}",
            text=(
                f"{chinese_day(day)}单班入井最多{plain(persons)}人，定员{plain(limit)}人"
                f"（{source}），超出{'' if share is None else plain(share, places=1)}%，{mark}。"
            ),
            figures=(
                ("单班入井最多", f"{plain(persons)} 人"),
                ("定员", f"{plain(limit)} 人"),
                ("依据", source),
            ),
        )


def _crossing(site: int, ticket: Record) -> Finding:
    facts = ticket.facts
    return Finding(
        site=site,
        key=f"crossing/{ticket.pk}/{ticket.version}",
        label="交叉作业没有批准的安全措施",
        text=f"{facts['day']}在{facts['place']}交叉作业（{facts['works']}），没有登记批准的安全措施。",
        figures=(
            ("日期", facts["day"]),
            ("地点", facts["place"]),
            ("作业", facts["works"]),
            ("批准的措施", "无"),
        ),
    )
