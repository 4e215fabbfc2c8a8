"""Persons who went in and didn't come out (未出井): who, why, and what that says of an accident."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.words import Finding, Ledger, Watch
from bihuan.matters.models import Record
from bihuan.monitoring.boards import (
    Board,
    Chip,
    Figure,
    Head,
    Link,
    Row,
    Scope,
    Shown,
    record_link,
    register_link,
)
from bihuan.monitoring.crews.tables import Presence
from bihuan.monitoring.mines import A_MINE
from bihuan.monitoring.warnings.accidents import ACCIDENT, ACCIDENT_LEDGER
from bihuan.places.models import Site
from bihuan.regulations.values import value_of

CAUSE: Final = "no_exit_cause"
HOURS: Final = "entry.no_exit_hours"
BACK_DAYS: Final = 90  # accidents that are looked at
BEFORE: Final = timedelta(days=1)  # how long before the day of an accident a shift may have begun
UNTOLD, TOLD = Chip("未出井无说明", "late"), Chip("已说明", "done")


@dataclass(frozen=True, kw_only=True)
class NoExit:
    """A card that went in and didn't come out; `cause` is empty where nobody recorded one."""

    site_id: int
    card: str
    entered_at: datetime
    seen_at: datetime
    cause: str


def is_too_long(entered_at: datetime, *, hours: int, now: datetime) -> bool:
    """AY-37-2: more than so many hours; exactly so many isn't."""
    return now - entered_at > timedelta(hours=hours)


def not_out(sites: Iterable[Site], *, now: datetime) -> list[NoExit]:
    """Who of these mines is in for too long; none where no number of hours is set."""
    on = now.astimezone(SHANGHAI).date()
    hours = {}
    for site in sites:
        value = value_of(HOURS, region_path=site.region.path_ids, on=on)
        if value.is_set:
            hours[site.pk] = value.amount
    if not hours:
        return []
    soonest = now - timedelta(hours=min(hours.values()))
    rows = Presence.objects.filter(site_id__in=hours, until_at=None, entered_at__lt=soonest)
    found = [
        row
        for row in rows.order_by("site_id", "entered_at", "card")
        if is_too_long(row.entered_at, hours=hours[row.site_id], now=now)
    ]
    causes = _causes({row.site_id for row in found})
    return [
        NoExit(
            site_id=row.site_id,
            card=row.card,
            entered_at=row.entered_at,
            seen_at=row.seen_at,
            cause=causes.get((row.site_id, row.card, _day(row.entered_at)), ""),
        )
        for row in found
    ]


def left_below(accident: Record, persons: Iterable[NoExit]) -> list[NoExit]:
    """Who was in on the day of an accident and never came out.

    A recorded cause takes nobody off: who reports too few casualties records causes too.
    """
    day = accident.valid_from
    if day is None:
        return []
    begins = datetime.combine(day, time(), SHANGHAI)
    return [
        one
        for one in persons
        if one.site_id == accident.site_id
        and begins - BEFORE <= one.entered_at < begins + timedelta(days=1)
    ]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How many never came out, for how many of them a cause is recorded, and what was reported."""

    missing: int
    told: int
    reported: int

    @property
    def more(self) -> int:
        """How many more never came out than were reported."""
        return max(self.missing - self.reported, 0)


def difference(accident: Record, persons: Iterable[NoExit]) -> Difference:
    """Those of an accident among persons who didn't come out, beside its casualties."""
    missing = left_below(accident, persons)
    return Difference(
        missing=len(missing),
        told=sum(bool(one.cause) for one in missing),
        reported=int(accident.facts.get("casualties") or 0),
    )


def clue_of(accident: Record, now: datetime) -> str:
    """What stands on the page of an accident; empty where nobody is unaccounted for."""
    found = difference(accident, _persons_of(accident, now=now))
    return _clue(found) if found.more else ""


def look_for_concealment(*, now: datetime) -> Iterator[Finding]:
    """Accidents of the last months at which more never came out than were reported."""
    today = now.astimezone(SHANGHAI).date()
    since = today - timedelta(days=BACK_DAYS)
    recent = Record.objects.filter(ledger=ACCIDENT, valid_from__range=(since, today), is_void=False)
    for accident in recent.order_by("id"):
        found = difference(accident, _persons_of(accident, now=now))
        if accident.site_id and found.more:
            yield Finding(
                site=accident.site_id,
                key=f"accident.{accident.pk}",
                label=f"疑似瞒报：{accident.title}",
                text=_clue(found),
                figures=(
                    ("入井未出井", f"{found.missing} 人"),
                    ("其中有登记原因", f"{found.told} 人"),
                    ("上报伤亡", f"{found.reported} 人"),
                    ("相差", f"{found.more} 人"),
                ),
            )


def _persons_of(accident: Record, *, now: datetime) -> list[NoExit]:
    sites = Site.objects.select_related("region").filter(pk=accident.site_id or 0)
    return not_out(sites, now=now)


def _clue(found: Difference) -> str:
    told = f"（其中 {found.told} 人有登记原因，是否属实一并核查）" if found.told else ""
    return (
        f"瞒报线索：事故当日入井未出井 {found.missing} 人{told}，上报伤亡 {found.reported} 人，"
        f"相差 {found.more} 人，请指定人员核查。"
    )


def look_at_persons(scope: Scope) -> Shown:
    """Who is in for too long; those without a recorded cause first."""
    sites = {site.pk: site for site in scope.sites()}
    rows = []
    for one in sorted(not_out(sites.values(), now=scope.now), key=_has_cause):
        site = sites[one.site_id]
        rows.append(
            Row(
                id=f"{one.site_id}.{one.card}",
                name=f"{site.name} {one.card}",
                cells={
                    "mine": site.name,
                    "card": Link(one.card),
                    "state": TOLD if one.cause else UNTOLD,
                    "entered_at": _clock(one.entered_at),
                    "hours": f"{(scope.now - one.entered_at) / timedelta(hours=1):.1f}",
                    "seen_at": _clock(one.seen_at),
                    "cause": one.cause,
                },
                actions=(
                    register_link(
                        CAUSE,
                        text="登记原因",
                        site=site.pk,
                        card=one.card,
                        entered_on=_day(one.entered_at).isoformat(),
                    ),
                ),
            )
        )
    untold = sum(row.cells["state"] == UNTOLD for row in rows)
    return Shown(rows=rows, figures=[Figure(label="未出井无说明", value=str(untold), unit="人")])


def look_at_accidents(scope: Scope) -> Shown:
    """Accidents with who never came out on their day beside what was reported."""
    accidents = list(scope.records(ACCIDENT))
    sites = Site.objects.select_related("region").filter(pk__in={one.site_id for one in accidents})
    persons = not_out(sites, now=scope.now)
    return Shown(rows=[_accident_row(one, persons) for one in reversed(accidents)])


def _accident_row(accident: Record, persons: list[NoExit]) -> Row:
    found = difference(accident, persons)
    return Row(
        id=accident.pk,
        name=f"{accident.site} {accident.title}",
        cells={
            "accident": record_link(accident, sub=str(accident.site)),
            "state": Chip("瞒报线索", "late") if found.more else Chip("未见差异", "done"),
            "day": str(accident.valid_from),
            "reported": found.reported,
            "missing": found.missing,
            "told": found.told,
            "more": found.more,
        },
    )


def _causes(site_ids: set[int]) -> dict[tuple[int, str, date], str]:
    rows = Record.objects.filter(ledger=CAUSE, is_void=False, site_id__in=site_ids).order_by("id")
    found = {}
    for row in rows:
        entered_on = date.fromisoformat(str(row.facts["entered_on"]))
        found[(row.site_id or 0, str(row.facts["card"]), entered_on)] = str(row.facts["cause"])
    return found


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _has_cause(one: NoExit) -> bool:
    return bool(one.cause)


CAUSE_LEDGER = Ledger(
    key=CAUSE,
    label="未出井原因",
    title="card",
    subject="site",
    write_by=("firm", "watch", "office"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="card", label="人员卡编码", required=True, max_length=24),
        Field(key="entered_on", label="入井日期", kind=Kind.DAY, required=True),
        Field(
            key="cause",
            label="未出井原因",
            kind=Kind.LONG_TEXT,
            required=True,
            max_length=300,
            hint="例如：连班检修、卡未注销（人已升井，写明怎样核实）",
        ),
    ),
    guards=(A_MINE,),
    basis=("AY-37-2",),
)
LEDGERS = (replace(ACCIDENT_LEDGER, remark=clue_of), CAUSE_LEDGER)
CONCEALMENT = Watch(
    key="concealment",
    label="入井未出井与事故上报比对",
    look=look_for_concealment,
    decide_by=("office", "leader"),
    opens=("site_check",),
    basis=("AY-37-2",),
)
PERSONS = Board(
    key="no-exit",
    label="入井未出井人员",
    heads=(
        Head(key="card", label="人员卡", kind="title"),
        Head(key="mine", label="矿山"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="entered_at", label="入井时间", kind="date"),
        Head(key="hours", label="已入井（小时）", kind="number"),
        Head(key="seen_at", label="最近定位", kind="date"),
        Head(key="cause", label="原因"),
    ),
    look=look_at_persons,
    state="state",
    ledgers=(CAUSE,),
    read_by=("watch", "office", "leader", "dispatcher", "firm"),
    empty="没有超过时限未出井的人员",
    basis=("AY-37-2",),
)
ACCIDENTS = Board(
    key="accident-persons",
    label="事故与入井人员比对",
    heads=(
        Head(key="accident", label="事故", kind="title"),
        Head(key="state", label="情况", kind="chip"),
        Head(key="day", label="发生日期", kind="date"),
        Head(key="reported", label="上报伤亡人数", kind="number"),
        Head(key="missing", label="未出井人数", kind="number"),
        Head(key="told", label="其中有登记原因", kind="number"),
        Head(key="more", label="相差人数", kind="number"),
    ),
    look=look_at_accidents,
    state="state",
    ledgers=(ACCIDENT,),
    read_by=("watch", "office", "leader"),
    empty="没有登记事故",
    basis=("AY-37-2",),
)
BOARDS = (PERSONS, ACCIDENTS)
