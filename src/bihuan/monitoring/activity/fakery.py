"""Watch: signs of faked data (藏面造假): late, altered, screened, fewer cards than people."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Q

from bihuan.language.clock import SHANGHAI
from bihuan.language.words import Finding, Watch
from bihuan.monitoring.activity.codes import EIGHT
from bihuan.monitoring.activity.looking import (
    Mine,
    chinese_day,
    day_of,
    mines_to_look_at,
    plain,
)
from bihuan.monitoring.activity.reading import HOUR, Span, daily, midnight, spans
from bihuan.monitoring.activity.series import BY_KEY, CARDS, LISTED, ON_VIDEO, SERIES
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.regulations.values import rules_held
from bihuan.telemetry.detectors.screening import screened

LATE_HOURS, FLAT_HOURS = "activity.late_hours", "activity.flat_hours"
JUDGED = timedelta(days=14)
MONTHLY = 1440  # minutes: figures of longer spans are closed after their end and are never late


def faked(*, now: datetime) -> list[Finding]:
    """AY-38-3: what can be computed of the eight; the others are coded by persons."""
    found: list[Finding] = []
    with rules_held():
        for mines in mines_to_look_at(now=now):
            by_id = {one.id: one for one in mines}
            found += _late_and_altered(by_id, now=now)
            found += _screened(by_id, now=now)
            found += _without_cards(by_id, on=day_of(now))
    return found


FAKERY = Watch(
    key="fakery",
    label="藏面造假识别",
    look=faked,
    decide_by=("watch", "office", "leader"),
    codes=EIGHT,
    opens=("case_proposal",),
    basis=("AY-38-3", "SX-32-1"),
)


def _late_and_altered(mines: dict[int, Mine], *, now: datetime) -> Iterator[Finding]:
    late: dict[tuple[int, date], list[SeriesValue]] = defaultdict(list)
    altered: dict[tuple[int, str, datetime, int], list[SeriesValue]] = defaultdict(list)
    limits = [mine.number(LATE_HOURS, on=day_of(now)) for mine in mines.values()]
    least = timedelta(hours=float(min((one for one in limits if one is not None), default=0)))
    is_odd = Q(version__gt=1) | Q(at__lt=F("received_at") - least)  # few of many rows
    rows = SeriesValue.objects.filter(is_odd, site__in=list(mines), received_at__gte=now - JUDGED)
    for row in rows.order_by("pk").iterator(chunk_size=5000):
        if row.version > 1:
            altered[row.site_id, row.series, row.at, row.span_minutes].append(row)
        elif _is_late(mines[row.site_id], row):
            late[row.site_id, day_of(row.received_at)].append(row)
    for (site, day), group in late.items():
        yield _late(mines[site], day, group)
    for place, group in altered.items():
        yield _altered(place, group)


def _is_late(mine: Mine, row: SeriesValue) -> bool:
    hours = mine.number(LATE_HOURS, on=day_of(row.received_at))
    if hours is None or row.span_minutes > MONTHLY:
        return False
    ended = row.at + timedelta(minutes=row.span_minutes)
    return row.received_at - ended > timedelta(hours=float(hours))


def _late(mine: Mine, day: date, group: list[SeriesValue]) -> Finding:
    worst = max(row.received_at - row.at - timedelta(minutes=row.span_minutes) for row in group)
    hours = plain(Decimal(worst.total_seconds()) / 3600, places=1)
    labels = "、".join(sorted({BY_KEY[row.series].label for row in group}))
    limit = mine.number(LATE_HOURS, on=day)
    return Finding(
        site=mine.id,
        key=f"late/{day:%Y-%m-%d}",
        label=f"{day.month}月{day.day}日收到的数据不实时",
        text=(
            f"{chinese_day(day)}收到的{labels}数据不实时，迟于时段结束后"
            f"{plain(limit or Decimal(0))}小时。"
        ),
        figures=(
            ("数据项", labels),
            ("迟到", f"{len(group)} 个"),
            ("最迟", f"时段结束后 {hours} 小时"),
            ("时限", f"{plain(limit or Decimal(0))} 小时"),
        ),
    )


def _altered(place: tuple[int, str, datetime, int], group: list[SeriesValue]) -> Finding:
    site, series, at, span = place
    label, last = BY_KEY[series].label, group[-1]
    rows = SeriesValue.objects.filter(site=site, series=series, at=at, span_minutes=span)
    versions = list(rows.order_by("version"))
    verb = "删除" if last.value is None else "修改"
    return Finding(
        site=site,
        key=f"altered/{series}/{at:%Y%m%d%H%M}/{span}/{last.version}",
        label=f"{label}数据上传后被{verb}",
        text=(
            f"{_clock(at)}的{label}上传后被{verb}："
            f"{'；'.join(map(_version_words, versions))}。各版都保留。"
        ),
        figures=tuple((f"第{row.version}版", _version_words(row)) for row in versions),
    )


def _version_words(row: SeriesValue) -> str:
    return f"{_value_words(row)}，{_clock(row.received_at)} 收到，{row.source}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _value_words(row: SeriesValue) -> str:
    return "已删除" if row.value is None else f"{plain(row.value)} {row.unit}"


def _screened(mines: dict[int, Mine], *, now: datetime) -> Iterator[Finding]:
    today = day_of(now)
    told = spans(
        list(mines),
        [one.key for one in SERIES],
        since=midnight(today - timedelta(days=3)),
        until=now,
    )
    for site, kinds in told.items():
        hours = mines[site].number(FLAT_HOURS, on=today)
        if hours is None:
            continue
        hourly = {key: _hourly(values) for key, values in kinds.items()}
        for one in screened({k: v for k, v in hourly.items() if v}, hours=int(hours)):
            series = BY_KEY[one.series]
            what = "缺失" if one.is_missing else f"一直是{plain(one.value)} {series.unit}"
            neighbours = "、".join(BY_KEY[key].label for key in one.neighbours)
            yield Finding(
                site=site,
                key=f"screened/{one.series}/{one.began_at:%Y%m%d%H}",
                label=f"{series.label}数据疑似屏蔽",
                text=(
                    f"{one.began_at:%Y-%m-%d %H:%M}起{series.label}{what}，达到{plain(hours)}小时，"
                    f"同期{neighbours}仍在上传，疑似屏蔽。"
                ),
                figures=(
                    ("数据项", series.label),
                    ("起", f"{one.began_at:%Y-%m-%d %H:%M}"),
                    ("情形", what),
                    ("时限", f"{plain(hours)} 小时"),
                    ("仍在上传", neighbours),
                ),
            )


def _hourly(values: list[Span]) -> dict[datetime, Decimal]:
    return {one.at: one.value for one in values if one.minutes == HOUR}


def _without_cards(mines: dict[int, Mine], *, on: date) -> Iterator[Finding]:
    told = daily(list(mines), [LISTED, ON_VIDEO, CARDS], first=on - JUDGED, last=on)
    for site, kinds in told.items():
        if CARDS not in kinds:
            continue
        for day, cards in sorted(kinds[CARDS].days.items()):
            counts = [
                (BY_KEY[key].label, kinds[key].days[day])
                for key in (LISTED, ON_VIDEO)
                if key in kinds and kinds[key].days.get(day, Decimal(0)) > cards
            ]
            if counts:
                words = "、".join(f"{label}{plain(count)}" for label, count in counts)
                yield Finding(
                    site=site,
                    key=f"no_cards/{day:%Y-%m-%d}",
                    label=f"{day.month}月{day.day}日疑似不带卡",
                    text=f"{chinese_day(day)}{words}，多于定位卡人数{plain(cards)}，疑似不带卡。",
                    figures=(
                        *((label, f"{plain(count)} 人") for label, count in counts),
                        ("定位卡人数", f"{plain(cards)} 人"),
                    ),
                )
