"""Watch: work hidden while ordered shut, by a robust sum over days (稳健基线法).

A named second method beside the exact rules: it also finds what stays below their thirty percent.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from bihuan.language.clock import SHANGHAI
from bihuan.language.words import Finding, Watch
from bihuan.monitoring.activity.codes import FIVE
from bihuan.monitoring.activity.looking import day_of, mines_to_look_at
from bihuan.monitoring.activity.reading import HOUR, Days, Span, daily, midnight, spans
from bihuan.monitoring.activity.registered import Planned, Stop, planned_stops, stops_of
from bihuan.monitoring.activity.series import METHANE, OUTPUT, POWER
from bihuan.monitoring.activity.stopped import RUNNING_STOPS
from bihuan.telemetry.detectors.night import (
    BEGINS,
    Block,
    Hour,
    Scale,
    Seen,
    Settings,
    Suspicion,
    scale_of,
    seen_block,
    suspect,
)

SCALE_DAYS, ORDER_DAYS = 60, 60
BLOCK_HOURS = 8
NAMES = {Block.NIGHT: "夜班", Block.MORNING: "早班", Block.AFTERNOON: "中班"}


def hidden_work(*, now: datetime) -> list[Finding]:
    """Orders to stop under which power and gas tell of work, several days taken together."""
    found: list[Finding] = []
    today = day_of(now)
    for mines in mines_to_look_at(now=now):
        sites = [one.id for one in mines]
        orders = {
            site: [one for one in stops if one.kind in RUNNING_STOPS and _is_recent(one, today)]
            for site, stops in stops_of(sites).items()
        }
        planned = planned_stops(sites)
        for site, stops in orders.items():
            for stop in stops:
                found += _under_order(site, stop, planned.get(site, []), now=now)
    return found


HIDDEN_WORK = Watch(
    key="hidden_work",
    label="停产期间隐蔽作业（稳健基线法）",
    look=hidden_work,
    decide_by=("watch", "office", "leader"),
    codes=FIVE,
    opens=("site_check",),
    gathers=True,  # of one order
    basis=("LX-W3-2", "SX-32-1"),
)


def _is_recent(stop: Stop, today: date) -> bool:
    began = stop.ordered_at.date()
    is_over = stop.accepted_on is not None and stop.accepted_on < today - timedelta(days=2)
    return not is_over and began > today - timedelta(days=ORDER_DAYS)


def _under_order(
    site: int, stop: Stop, planned: Sequence[Planned], *, now: datetime
) -> Iterator[Finding]:
    first = stop.ordered_at.date()
    since = midnight(first - timedelta(days=SCALE_DAYS))
    told = spans([site], [POWER, METHANE], since=since, until=now).get(site, {})
    hours = _hours(told.get(POWER, []), told.get(METHANE, []))
    before = daily([site], [OUTPUT], first=since.date(), last=first).get(site, {})
    scale = _scale(hours, before.get(OUTPUT, Days()), until=stop.ordered_at)
    if scale is None:
        return
    blocks = list(_blocks(hours, stop, planned, scale=scale, now=now))
    for one in suspect(blocks, resting=(), settings=Settings()):
        yield _finding(site, stop, one, blocks)


def _hours(power: list[Span], gas: list[Span]) -> dict[datetime, Hour]:
    kwh = {one.at.replace(tzinfo=None): float(one.value) for one in power if one.minutes == HOUR}
    breath = {one.at.replace(tzinfo=None): float(one.value) for one in gas if one.minutes == HOUR}
    return {at: Hour(kwh=kwh.get(at), methane=breath.get(at)) for at in sorted({*kwh, *breath})}


def _scale(hours: dict[datetime, Hour], output: Days, *, until: datetime) -> Scale | None:
    working = {day for day, tonnes in output.days.items() if tonnes > 0}
    end = until.replace(tzinfo=None)
    return scale_of([one for at, one in hours.items() if at < end and at.date() in working])


def _blocks(
    hours: dict[datetime, Hour],
    stop: Stop,
    planned: Sequence[Planned],
    *,
    scale: Scale,
    now: datetime,
) -> Iterator[Seen]:
    day = stop.ordered_at.date()
    while day <= day_of(now):
        for block in Block:
            begin = datetime.combine(day, time(), SHANGHAI) + timedelta(hours=BEGINS[block])
            end = begin + timedelta(hours=BLOCK_HOURS)
            if stop.covers(begin) and end <= now:
                known = any(one.covers(begin) for one in planned)
                yield seen_block(hours, day, block, scale=scale, is_on_record=known)
        day += timedelta(days=1)


def _finding(site: int, stop: Stop, one: Suspicion, blocks: list[Seen]) -> Finding:
    window = [seen for seen in blocks if one.day - timedelta(days=7) <= seen.day <= one.day]
    missing = sum(seen.power is None for seen in window)
    kind = "昼停夜开" if one.by_night else "停产期间作业"
    points = [
        [
            f"{seen.day:%m-%d}{NAMES[seen.block]}",
            None if seen.power is None else max(0.0, round(seen.power * 100, 1)),
        ]
        for seen in window
    ]
    return Finding(
        site=site,
        key=f"{stop.id}/{one.day:%Y-%m-%d}",
        label=f"停产期间用电和瓦斯显示疑似{kind}",
        text=(
            f"{stop.paper}停产期间，{one.since:%m月%d日}起用电高于本矿停产水平，"
            f"至{one.day:%m月%d日}{NAMES[one.block]}累计超出相当于"
            f"正常生产一班的{round(one.strength * 100)}%。这是稳健基线法的推断，"
            f"与30%规则并行，只作线索。所看{len(window)}班中缺数{missing}班。"
        ),
        figures=(
            ("停产依据", stop.paper),
            ("起", f"{one.since:%Y-%m-%d}"),
            ("至", f"{one.day:%Y-%m-%d} {NAMES[one.block]}"),
            ("累计超出", f"正常生产一班的 {round(one.strength * 100)}%"),
            ("缺数", f"{missing} 班（{missing * 100 // max(len(window), 1)}%）"),
        ),
        chart={"unit": "%（占正常生产）", "points": points, "band": [None, 15.0]},
    )
