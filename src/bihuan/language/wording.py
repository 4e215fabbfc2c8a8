"""Days, moments, lengths of time and sums of money in the words of an official paper."""

from datetime import date, datetime, timedelta
from decimal import Decimal

_ONE_DAY = timedelta(days=1)
_ONE_HOUR = timedelta(hours=1)
_ONE_MINUTE = timedelta(minutes=1)
_ONE_SECOND = timedelta(seconds=1)


def day_text(day: date, *, year: int) -> str:
    """3月8日; the year is written only where it is not the given one."""
    return f"{'' if day.year == year else f'{day.year}年'}{day.month}月{day.day}日"


def span_text(first: date, last: date, *, year: int) -> str:
    """10月1日至7日, 1月28日至2月4日, or the one day."""
    if first == last:
        return day_text(first, year=year)
    is_same_month = (first.year, first.month) == (last.year, last.month)
    until = f"{last.day}日" if is_same_month else day_text(last, year=year)
    return f"{day_text(first, year=year)}至{until}"


def moment_text(at: datetime, *, year: int) -> str:
    """3月8日09:30; seconds are written only where there are any."""
    shown = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return f"{day_text(at.date(), year=year)}{shown}"


def rough_length(span: timedelta) -> str:
    """A length rounded down for a glance: 1 天 9 小时, 9 小时, 25 分钟, 40 秒."""
    if span < _ONE_MINUTE:
        return f"{span // _ONE_SECOND} 秒"
    if span < _ONE_HOUR:
        return f"{span // _ONE_MINUTE} 分钟"
    hours = f"{span % _ONE_DAY // _ONE_HOUR} 小时"
    if span < _ONE_DAY:
        return hours
    return f"{span.days} 天" + (f" {hours}" if span % _ONE_DAY >= _ONE_HOUR else "")


def exact_length(span: timedelta) -> str:
    """A length to the second: 1小时30分钟, 26小时, 0秒."""
    seconds = span // _ONE_SECOND
    counts = ((seconds // 3600, "小时"), (seconds // 60 % 60, "分钟"), (seconds % 60, "秒"))
    return "".join(f"{count}{word}" for count, word in counts if count) or "0秒"


def share_text(part: int, *, of: int) -> str:
    """A share in percent with one decimal, half up; 100.0% only of all."""
    tenths = (part * 2000 + of) // (2 * of)
    if part < of:
        tenths = min(tenths, 999)
    return f"{tenths // 10}.{tenths % 10}%"


def money_text(yuan: Decimal | int | str) -> str:
    """A sum of money, exact: 150,000 元, 5,000.50 元; fen are written only where there are any."""
    exact = Decimal(yuan)
    digits = 0 if exact == exact.to_integral_value() else 2
    return f"{exact:,.{digits}f} 元"
