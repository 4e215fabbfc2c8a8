"""Output against what is approved: year to date, the year's excess, a month's share."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

HUNDRED = Decimal(100)


class Standing(StrEnum):
    """How a figure stands to its limit; the value is the word that users read."""

    UNSET = "能力未录入"
    NO_DATA = "无数据"
    UNDER = "未超"
    AT = "边界值"
    OVER = "超能力"


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The first day on which the sum of the year stands above a limit."""

    day: date
    total: Decimal
    limit: Decimal
    days_with_data: int
    days_missing: int

    @property
    def excess(self) -> Decimal:
        """How far above the limit."""
        return self.total - self.limit


def standing(total: Decimal | None, limit: Decimal | None) -> Standing:
    """LX-C01-1: equal is a boundary and no excess; without a limit nothing has passed."""
    if limit is None:
        return Standing.UNSET
    if total is None:
        return Standing.NO_DATA
    if total == limit:
        return Standing.AT
    return Standing.OVER if total > limit else Standing.UNDER


def with_months(
    days: Mapping[date, Decimal], months: Mapping[date, Decimal]
) -> dict[date, Decimal]:
    """Days, topped up on a month's last day where the month's own figure says more."""
    merged = dict(days)
    for first, figure in months.items():
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        told = sum((v for d, v in days.items() if first <= d <= last), Decimal(0))
        if figure > told or last not in merged:
            merged[last] = merged.get(last, Decimal(0)) + max(figure - told, Decimal(0))
    return merged


def crossing(
    days: Mapping[date, Decimal], limit: Decimal, *, reaching: bool = False
) -> Crossing | None:
    """When the sum of a year's days first exceeds the limit (or reaches it, if `reaching`)."""
    total = Decimal(0)
    for count, day in enumerate(sorted(days), start=1):
        total += days[day]
        if total > limit or (reaching and total >= limit):
            elapsed = (day - day.replace(month=1, day=1)).days + 1
            return Crossing(
                day=day,
                total=total,
                limit=limit,
                days_with_data=count,
                days_missing=elapsed - count,
            )
    return None


def plus_percent(amount: Decimal, percent: Decimal) -> Decimal:
    """The amount and so many percent more."""
    return amount * (HUNDRED + percent) / HUNDRED


def months_over(
    days: Mapping[date, Decimal], capacity: Decimal, percent: Decimal
) -> list[tuple[date, Decimal]]:
    """Months (by their first day) whose output is above, not equal to, that share of the year."""
    sums: dict[date, Decimal] = {}
    for day, value in days.items():
        first = day.replace(day=1)
        sums[first] = sums.get(first, Decimal(0)) + value
    line = capacity * percent / HUNDRED
    return [(first, total) for first, total in sorted(sums.items()) if total > line]


def missing_days(days: Mapping[date, Decimal], *, first: date, last: date) -> int:
    """How many days from first to last have no figure."""
    span = (last - first).days + 1
    return sum(first + timedelta(days=n) not in days for n in range(span))
