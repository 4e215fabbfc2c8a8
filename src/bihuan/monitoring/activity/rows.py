"""A line of a table or a call as a figure, or the sentence that says what is wrong with it."""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation, Overflow
from typing import Final

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.activity.intake import PLACES, VALUE_MAX, Given
from bihuan.monitoring.activity.series import SERIES, Series, factor, named

SITE, KIND, AT, SPAN, VALUE, UNIT = "煤矿", "数据项", "时间", "时段", "数值", "单位"
LABELS: Final = (SITE, KIND, AT, SPAN, VALUE, UNIT)
REQUIRED: Final = (SITE, KIND, AT, VALUE)
HOUR, DAY = 60, 1440
SPAN_MAX = 31 * DAY
FIRST_YEAR, LAST_YEAR = 2000, 2199
_MOMENT = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::\d{2})?)?")
_SPANS: Final = {"时": HOUR, "小时": HOUR, "hour": HOUR, "日": DAY, "天": DAY, "day": DAY}


class BadRow(ValueError):  # noqa: N818  an expected answer: its text is a sentence for the user
    """A line that can't be taken."""


class NoSite(BadRow):
    """A mine that isn't registered, or isn't the writer's."""


type SiteOf = Callable[[str], int | None]


def given_of(row: Mapping[str, str], *, site_of: SiteOf, now: datetime) -> Given:
    """The figure of a line, by its labels; raises BadRow."""
    site = site_of(row.get(SITE, "").strip())
    if site is None:
        raise NoSite(f"没有找到煤矿“{row.get(SITE, '')}”，请写登记的全称或12位煤矿编码。")
    series = named(row.get(KIND, ""))
    if series is None:
        known = "、".join(one.label for one in SERIES)
        raise BadRow(f"没有“{row.get(KIND, '')}”这个数据项，可写：{known}。")
    at, span = _when(row.get(AT, ""), row.get(SPAN, ""))
    if at + timedelta(minutes=span) > now + timedelta(days=1):
        raise BadRow(f"“{row.get(AT, '')}”还没有到，请核对时间。")
    return Given(
        site=site,
        series=series.key,
        at=at,
        span_minutes=span,
        value=_value(series, row.get(VALUE, ""), row.get(UNIT, "")),
        unit=series.unit,
    )


def _when(text: str, span_text: str) -> tuple[datetime, int]:
    found = _MOMENT.fullmatch(text.strip().replace("/", "-"))
    if found is None:
        raise BadRow(f"时间“{text}”读不懂，请写成 2026-03-01 或 2026-03-01 08:00，月度写 2026-03。")
    year, month, day, hour, minute = (int(part or 0) for part in found.groups())
    try:
        at = datetime(year, month, day or 1, hour, minute, tzinfo=SHANGHAI)
    except ValueError:
        raise BadRow(f"没有“{text}”这个时间，请核对。") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadRow(f"时间“{text}”应在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间，请核对。")
    span = _span(span_text.strip(), month_days=calendar.monthrange(year, month)[1])
    return at, span or _usual_span(found.group(3), found.group(4), at)


def _span(text: str, *, month_days: int) -> int:
    if not text:
        return 0
    if text in ("月", "month"):
        return month_days * DAY
    span = _SPANS.get(text) or (int(text) if re.fullmatch(r"[1-9]\d{0,4}", text) else 0)
    if not 0 < span <= SPAN_MAX:
        raise BadRow(f"时段“{text}”读不懂，请写时、日、月或分钟数。")
    return span


def _usual_span(day: str | None, hour: str | None, at: datetime) -> int:
    if day is None:
        return calendar.monthrange(at.year, at.month)[1] * DAY
    return DAY if hour is None else HOUR


def _value(series: Series, text: str, unit: str) -> Decimal | None:
    text = text.strip().replace(",", "").replace("，", "")
    if not text:
        return None
    times = factor(series, unit)
    if times is None:
        raise BadRow(f"{series.label}的单位“{unit}”不能换算，请用{series.unit}。")
    try:
        value = Decimal(text) * times
    except Overflow:
        raise BadRow(f"数值“{text}”超出范围，请核对。") from None
    except InvalidOperation:
        raise BadRow(f"数值“{text}”不是数字，请核对；没有数据的请留空，不要填 0。") from None
    if not value.is_finite() or not 0 <= value < VALUE_MAX:
        raise BadRow(f"数值“{text}”超出范围，应不小于 0，请核对。")
    if value != value.quantize(PLACES):
        raise BadRow(f"数值“{text}”最多三位小数，请核对。")
    return value.quantize(PLACES)
