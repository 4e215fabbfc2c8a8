"""Watches: power above its own baseline (用电五类), and abrupt stops (用电骤降)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bihuan.language.words import Finding, Watch
from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.codes import (
    FIVE,
    NIGHT,
    NOT_STOPPED,
    OVERLOAD,
    SHOWN_STOPPED,
    THREE_STOPS,
    label_of,
)
from bihuan.monitoring.activity.looking import Mine, day_of, mines_to_look_at, plain
from bihuan.monitoring.activity.reading import HOUR, Span, spans
from bihuan.monitoring.activity.registered import (
    Planned,
    Stop,
    amount_of,
    facts_in_force,
    holds_on,
    planned_stops,
    stops_of,
)
from bihuan.monitoring.activity.series import POWER
from bihuan.monitoring.mines import STOPPED
from bihuan.regulations.values import rules_held
from bihuan.telemetry.detectors.power import (
    LOOK_BACK,
    Drop,
    Raised,
    Use,
    drops,
    night_of,
    raised,
)

DAYS, PERCENT, NIGHT_SPAN = (
    "activity.power_baseline_days",
    "activity.power_deviation_pct",
    "activity.night",
)
DROP_PCT, DROP_MINUTES = "activity.drop_pct", "activity.drop_minutes"
JUDGED = timedelta(days=3)  # hours that come later than this are judged no more
DECIDERS = ("watch", "office", "leader")
HOURS_OF_DAY = 24


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The parameters as in force at a mine."""

    days: int
    percent: Decimal
    night: tuple[time, time]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What is registered about a mine that decides the kind of a raised hour."""

    mine: Mine
    numbers: Numbers
    stops: Sequence[Stop] = ()
    planned: Sequence[Planned] = ()
    ceiling: Callable[[date], Decimal | None] = field(repr=False)

    def kind_of(self, hour: Raised) -> str:
        """The kind that an hour is suspected of; empty where it is allowed to be high."""
        if any(stop.covers(hour.at) for stop in self.stops):
            return NOT_STOPPED
        is_night = self.night_of(hour) is not None
        if self._is_shown_stopped(hour.at):
            return NIGHT if is_night else SHOWN_STOPPED
        ceiling = self.ceiling(hour.at.date())
        if ceiling is not None and hour.kwh > ceiling:
            return OVERLOAD
        return NIGHT if is_night else ""

    def night_of(self, hour: Raised) -> date | None:
        """The day on which the hour's night began."""
        begins, ends = self.numbers.night
        return night_of(hour.at, begins=begins, ends=ends)

    def _is_shown_stopped(self, at: datetime) -> bool:
        return self.mine.profile.status == STOPPED or any(one.covers(at) for one in self.planned)


def power_above(*, now: datetime) -> list[Finding]:
    """LX-W3-2: hours the share or more above baseline while stopped, by night or over load."""
    found = []
    with rules_held():
        for mines in mines_to_look_at(now=now):
            grounds = list(_grounds(mines, now=now))
            most = max((one.numbers.days for one in grounds), default=0)
            since = now - JUDGED - timedelta(days=most * LOOK_BACK)
            told = spans([one.mine.id for one in grounds], [POWER], since=since, until=now)
            for ground in grounds:
                found += _findings(ground, told.get(ground.mine.id, {}).get(POWER, []), now=now)
    return found


def power_falls(*, now: datetime) -> list[Finding]:
    """LX-W3-3: a fall within the time allowed while no stop was told beforehand."""
    found = []
    with rules_held():
        for mines in mines_to_look_at(now=now):
            sites = [one.id for one in mines]
            told = spans(sites, [POWER], since=now - JUDGED, until=now)
            known = planned_stops(sites)
            for mine in mines:
                uses = told.get(mine.id, {}).get(POWER, [])
                found += _drops(mine, uses, known.get(mine.id, []), on=day_of(now))
    return found


POWER_KINDS = Watch(
    key="power_kinds",
    label="用电识别五类违法生产",
    look=power_above,
    decide_by=DECIDERS,
    codes=FIVE,
    opens=("site_check",),
    gathers=True,  # of one kind, for that is what is confirmed
    basis=("LX-W3-2",),
)
ABRUPT_STOP = Watch(
    key="abrupt_stop",
    label="停工停车骤停",
    look=power_falls,
    decide_by=DECIDERS,
    codes=THREE_STOPS,
    basis=("LX-W3-3",),
)


def night_span(text: str) -> tuple[time, time]:
    """The night written as 22:00-06:00."""
    begins, ends = text.split("-")
    return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())


def numbers_of(mine: Mine, *, on: date) -> Numbers | None:
    """The parameters of the rule; None where one of them isn't set."""
    days, percent = mine.number(DAYS, on=on), mine.number(PERCENT, on=on)
    night = mine.value(NIGHT_SPAN, on=on)
    if days is None or percent is None or not night.is_set:
        return None
    return Numbers(days=int(days), percent=percent, night=night_span(str(night.value)))


def _grounds(mines: list[Mine], *, now: datetime) -> Iterator[Ground]:
    sites = [one.id for one in mines]
    today = day_of(now)
    stops, planned = stops_of(sites), planned_stops(sites)
    ceilings = facts_in_force(ledgers.CEILING, sites, first=day_of(now - JUDGED), last=today)
    for mine in mines:
        numbers = numbers_of(mine, on=today)
        if numbers is None:
            continue
        held = ceilings.get(mine.id, [])

        def ceiling(day: date, held: list = held) -> Decimal | None:  # type: ignore[type-arg]
            amounts = [amount_of(record) for record in held if holds_on(record, day)]
            return amounts[-1] if amounts else None

        yield Ground(
            mine=mine,
            numbers=numbers,
            stops=stops.get(mine.id, ()),
            planned=planned.get(mine.id, ()),
            ceiling=ceiling,
        )


def _findings(ground: Ground, uses: list[Span], *, now: datetime) -> list[Finding]:
    hours = {one.at: one.value for one in uses if one.minutes == HOUR}
    numbers = ground.numbers
    high = raised(hours, since=now - JUDGED, days=numbers.days, percent=numbers.percent)
    groups: dict[tuple[str, date], list[Raised]] = defaultdict(list)
    for hour in high:
        kind = ground.kind_of(hour)
        if kind:
            night = ground.night_of(hour) if kind == NIGHT else None
            groups[kind, night or hour.at.date()].append(hour)
    return [
        _finding(ground, kind, day, group, hours) for (kind, day), group in sorted(groups.items())
    ]


def _finding(
    ground: Ground,
    kind: str,
    day: date,
    group: list[Raised],
    hours: dict[datetime, Decimal],
) -> Finding:
    label, used = label_of(kind, FIVE), sum((one.kwh for one in group), Decimal(0))
    usual = sum((one.baseline for one in group), Decimal(0))
    first = group[0].at.replace(hour=12) - timedelta(days=int(group[0].at.hour < HOURS_OF_DAY / 2))
    window = [first + timedelta(hours=step) for step in range(HOURS_OF_DAY)]
    missing = sum(at not in hours for at in window)
    clock = "、".join(f"{one.at:%H}时" for one in group)
    over = (used - usual) * 100 / usual if usual else None
    share = "" if over is None else f"，高出{plain(over, places=1)}%"
    percent, line = plain(ground.numbers.percent), 1 + ground.numbers.percent / 100
    return Finding(
        site=ground.mine.id,
        key=f"{kind}/{day:%Y-%m-%d}",
        label=f"{day.month}月{day.day}日用电疑似{label}",
        text=(
            f"{day.month}月{day.day}日{clock}用电{plain(used, places=1)} kWh，"
            f"同时段基线{plain(usual, places=1)} kWh"
            f"（近{ground.numbers.days}个有数据日的中位数）{share}，达到{percent}%的提示线，"
            f"疑似{label}。前后24小时缺数{missing}小时。"
        ),
        figures=(
            ("用电", f"{plain(used, places=1)} kWh"),
            ("基线", f"{plain(usual, places=1)} kWh"),
            ("时段", clock),
            ("正常范围", f"低于基线的{plain(100 + ground.numbers.percent)}%"),
            ("缺数", f"{missing} 小时（{missing * 100 // HOURS_OF_DAY}%）"),
        ),
        chart={
            "unit": "kWh",
            "points": [
                [f"{at:%d日%H时}", float(hours[at]) if at in hours else None] for at in window
            ],
            "band": [None, float(max(one.baseline for one in group) * line)],
        },
    )


def _drops(mine: Mine, told: list[Span], known: list[Planned], *, on: date) -> list[Finding]:
    percent, minutes = mine.number(DROP_PCT, on=on), mine.number(DROP_MINUTES, on=on)
    if percent is None or minutes is None:
        return []
    uses = [
        Use(at=one.at, minutes=one.minutes, kwh=one.value) for one in told if one.minutes <= HOUR
    ]
    return [
        _drop(mine, fall, told)
        for fall in drops(uses, percent=percent, within=timedelta(minutes=int(minutes)))
        if not any(one.covers(fall.ended_at) for one in known)
    ]


def _drop(mine: Mine, fall: Drop, told: list[Span]) -> Finding:
    near = [one for one in told if abs(one.at - fall.ended_at) <= timedelta(hours=6)]
    return Finding(
        site=mine.id,
        key=f"{fall.began_at:%Y-%m-%dT%H:%M}",
        label=f"{fall.ended_at:%m月%d日%H:%M}用电骤降",
        text=(
            f"{fall.began_at:%m月%d日%H:%M}起每小时{plain(fall.before)} kWh，"
            f"{fall.ended_at:%H:%M}起每小时{plain(fall.after)} kWh，"
            f"下降{plain(fall.percent, places=1)}%，没有登记计划停产。请认定停产停工、紧急停车、"
            "自动停产或正常，并写明理由。"
        ),
        figures=(
            ("骤降时刻", f"{fall.ended_at:%Y-%m-%d %H:%M}"),
            ("之前", f"{plain(fall.before)} kWh/小时"),
            ("之后", f"{plain(fall.after)} kWh/小时"),
            ("下降", f"{plain(fall.percent, places=1)}%"),
            ("计划停产", "未登记"),
        ),
        chart={
            "unit": "kWh/小时",
            "points": [[f"{one.at:%H:%M}", float(one.per_hour)] for one in near],
            "band": [None, None],
        },
    )
