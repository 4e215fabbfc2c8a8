"""Watches: production while stopped (停产未验收又生产), closed mines that draw power."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Watch
from bihuan.matters.models import Record
from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.codes import EXCESS, NINE, TIGHT_NOT_STOPPED, label_of
from bihuan.monitoring.activity.looking import (
    Mine,
    chinese_day,
    day_of,
    mines_to_look_at,
    plain,
)
from bihuan.monitoring.activity.reading import DAY, HOUR, BySite, Span, midnight, spans
from bihuan.monitoring.activity.registered import (
    Stop,
    amount_of,
    facts_in_force,
    holds_on,
    stops_of,
)
from bihuan.monitoring.activity.series import BY_KEY, DESCENTS, EXPLOSIVES, FOOTAGE, OUTPUT

SIGNALS = ledgers.SIGNALS
ANY = (OUTPUT, EXPLOSIVES, FOOTAGE)  # above nothing at all is production
WATCHED = (*SIGNALS, EXPLOSIVES, FOOTAGE)
JUDGED_DAYS = 14
DECIDERS = ("watch", "office", "leader")
C04 = Option(key="C04", label="停产未验收又生产（C04）")
RUNNING_STOPS = (ledgers.RECTIFYING, ledgers.REBUILDING)
LASTING_STOPS = (ledgers.SUSPENDED, ledgers.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One signal of a day that stands above what maintenance needs."""

    series: str
    total: Decimal
    baseline: Decimal
    hours: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """Value, baseline and hours."""
        one = BY_KEY[self.series]
        clock = f"，{'、'.join(f'{hour}时' for hour in self.hours)}" if self.hours else ""
        above = f"（基线 {plain(self.baseline)} {one.unit}）" if self.baseline else "（应为 0）"
        return f"{plain(self.total)} {one.unit}{above}{clock}"


def production_while_stopped(*, now: datetime) -> list[Finding]:
    """LX-C04-1, SX-32-1: days under an order to stop, with output or more than maintenance."""
    return _all(RUNNING_STOPS, now=now)


def closed_mines_alive(*, now: datetime) -> list[Finding]:
    """SX-42-1: closed and long-stopped mines that draw more than their stopped baseline."""
    return _all(LASTING_STOPS, now=now)


def tight_and_producing(*, now: datetime) -> list[Finding]:
    """SX-32-1: tight succession without a record of stopping, and output all the same."""
    found = []
    today = day_of(now)
    first = today - timedelta(days=JUDGED_DAYS)
    for mines in mines_to_look_at(now=now):
        sites = [one.id for one in mines]
        marks = facts_in_force(ledgers.SUCCESSION, sites, first=first, last=today)
        told = spans(list(marks), [OUTPUT], since=midnight(first), until=now)
        for site, records in marks.items():
            values = told.get(site, {}).get(OUTPUT, [])
            found += [one for record in records for one in _tight(site, record, values)]
    return found


STOPPED_PRODUCING = Watch(
    key="stopped_producing",
    label="停产未验收又生产",
    look=production_while_stopped,
    decide_by=DECIDERS,
    codes=(C04, *NINE),
    opens=("case_proposal",),
    gathers=True,  # of one order
    basis=("LX-C04-1", "SX-32-1", "AY-38-2"),
)
CLOSED_ALIVE = Watch(
    key="closed_alive",
    label="停关矿用电等异常",
    look=closed_mines_alive,
    decide_by=DECIDERS,
    opens=("site_check",),
    gathers=True,  # of one order
    basis=("SX-42-1", "AY-38-2"),
)
TIGHT_SUCCESSION = Watch(
    key="tight_succession",
    label="接续紧张未停限产",
    look=tight_and_producing,
    decide_by=DECIDERS,
    codes=tuple(one for one in NINE if one.key in (TIGHT_NOT_STOPPED, EXCESS)),
    opens=("case_proposal",),
    basis=("SX-32-1",),
)


def _all(kinds: tuple[str, ...], *, now: datetime) -> list[Finding]:
    today = day_of(now)
    first = today - timedelta(days=JUDGED_DAYS)
    found: list[Finding] = []
    for mines in mines_to_look_at(now=now):
        orders = {
            site: [one for one in stops if one.kind in kinds]
            for site, stops in stops_of([one.id for one in mines]).items()
        }
        sites = [site for site, stops in orders.items() if stops]
        told = spans(sites, WATCHED, since=midnight(first), until=now)
        lines = facts_in_force(ledgers.BASELINE, sites, first=first, last=today)
        for mine in mines:
            for order in orders.get(mine.id, []):
                found += _of_order(mine, order, told, lines.get(mine.id, []))
    return found


def _of_order(
    mine: Mine, order: Stop, told: BySite[list[Span]], lines: Sequence[Record]
) -> Iterator[Finding]:
    days: dict[date, dict[str, list[Span]]] = {}
    for key, values in told.get(mine.id, {}).items():
        for one in values:
            if order.covers(one.at) and one.minutes <= DAY:
                days.setdefault(one.at.date(), {}).setdefault(key, []).append(one)
    for day, series in sorted(days.items()):
        in_force = [record for record in lines if holds_on(record, day)]
        signs = [sign for key in WATCHED for sign in _signs(key, series.get(key, []), in_force)]
        if signs:
            yield _finding(mine, order, day, signs, series)


def _signs(key: str, values: list[Span], lines: list[Record]) -> Iterator[Sign]:
    if key in ANY:
        active = [one for one in values if one.value > 0]
        if active:
            yield _sign(key, active, Decimal(0))
        return
    for line in lines:
        amount = amount_of(line)
        if line.facts["series"] != key or amount is None:
            continue
        if line.facts["per"] == ledgers.PER_HOUR:
            active = [one for one in values if one.minutes <= HOUR and one.per_hour > amount]
            if active:
                yield _sign(key, active, amount)
        elif values and (total := _of_day(key, values)) > amount:
            yield Sign(series=key, total=total, baseline=amount)


def _sign(key: str, active: list[Span], baseline: Decimal) -> Sign:
    hours = tuple(one.at.hour for one in active if one.minutes <= HOUR)
    return Sign(series=key, total=_of_day(key, active), baseline=baseline, hours=hours)


def _of_day(key: str, values: list[Span]) -> Decimal:
    whole = [one.value for one in values if one.minutes == DAY]
    if whole:
        return whole[-1]
    figures = [one.value for one in values]
    return max(figures) if BY_KEY[key].is_level else sum(figures, Decimal(0))


def _finding(
    mine: Mine, order: Stop, day: date, signs: list[Sign], series: dict[str, list[Span]]
) -> Finding:
    missing = [BY_KEY[key].label for key in SIGNALS if key not in series]
    gaps = f"缺数：{'、'.join(missing)}，没有按零计。" if missing else "四项数据齐全。"
    told = "；".join(f"{BY_KEY[one.series].label} {one.words}" for one in signs)
    kind = label_of(order.kind, ledgers.STOPS)
    return Finding(
        site=mine.id,
        key=f"{order.id}/{day:%Y-%m-%d}",
        label=f"{day.month}月{day.day}日{kind}期间有生产迹象",
        text=(
            f"{order.ordered_at:%Y-%m-%d %H:%M}{kind}（{order.paper}），尚无验收合格记录。"
            f"{chinese_day(day)}：{told}。{gaps}"
        ),
        figures=(
            ("停产依据", order.paper),
            ("日期", chinese_day(day)),
            *((BY_KEY[one.series].label, one.words) for one in signs),
            ("缺数", "、".join(missing) or "无"),
        ),
        chart=_chart(signs[0], series[signs[0].series]),
    )


def _chart(sign: Sign, values: list[Span]) -> dict[str, object] | None:
    hourly = {one.at.hour: float(one.per_hour) for one in values if one.minutes == HOUR}
    if not hourly or sign.series == DESCENTS:
        return None
    unit = f"{BY_KEY[sign.series].unit}/小时"
    points = [[f"{hour}时", hourly.get(hour)] for hour in range(24)]
    return {"unit": unit, "points": points, "band": [None, float(sign.baseline)]}


def _tight(site: int, record: Record, values: list[Span]) -> Iterator[Finding]:
    if record.facts.get("stop_paper"):
        return
    days = {
        one.at.date(): one.value
        for one in values
        if one.value > 0 and one.minutes <= DAY and holds_on(record, one.at.date())
    }
    if not days:
        return
    first, total = min(days), sum(days.values(), Decimal(0))
    yield Finding(
        site=site,
        key=f"{record.pk}/tight",
        label="采掘接续紧张，未停限产仍有产量",
        text=(
            f"登记为采掘接续紧张，没有停产或限产记录，{chinese_day(first)}"
            f"产量{plain(days[first])}吨。"
        ),
        figures=(
            ("首个有产量日", chinese_day(first)),
            ("有产量", f"{len(days)} 天"),
            ("产量合计", f"{plain(total)} 吨"),
            ("停限产记录", "无"),
        ),
    )
