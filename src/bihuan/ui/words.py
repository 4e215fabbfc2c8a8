"""Words for moments, sizes and sums as officials read them; screens show Asia/Shanghai time."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bihuan.language.wording import money_text

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
NOTHING: Final = "—"
_WEEKDAYS: Final = "一二三四五六日"
_STEP: Final = 1024
_DAY: Final = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


def local(value: datetime) -> datetime:
    """Move a moment to Asia/Shanghai; a moment without zone is a fault of the caller."""
    if value.tzinfo is None:
        raise ValueError(f"moment without time zone: {value!r}")
    return value.astimezone(SHANGHAI)


def _as_day(value: date) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day(value: date | None) -> str:
    """Write a day as 2026-11-21."""
    return NOTHING if value is None else _as_day(value).isoformat()


def short_day(value: date | None) -> str:
    """Write a day as 11-21, for lists where the year is plain from the context."""
    if value is None:
        return NOTHING
    on = _as_day(value)
    return f"{on.month:02}-{on.day:02}"


def long_day(value: date | None) -> str:
    """Write a day as 2026 年 11 月 21 日, for headings and papers."""
    if value is None:
        return NOTHING
    on = _as_day(value)
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def month_day(value: date | None) -> str:
    """Write a day as 11 月 21 日, for the days of a trail."""
    if value is None:
        return NOTHING
    on = _as_day(value)
    return f"{on.month} 月 {on.day} 日"


def weekday(value: date | None) -> str:
    """Name the day of the week, 星期六."""
    return NOTHING if value is None else f"星期{_WEEKDAYS[_as_day(value).weekday()]}"


def moment(value: datetime | None) -> str:
    """Write a moment as 2026-11-21 14:32."""
    return NOTHING if value is None else f"{local(value):%Y-%m-%d %H:%M}"


def short_moment(value: datetime | None) -> str:
    """Write a moment as 11-21 14:32."""
    return NOTHING if value is None else f"{local(value):%m-%d %H:%M}"


def clock_time(value: datetime | None) -> str:
    """Write the time of day only, 14:32."""
    return NOTHING if value is None else f"{local(value):%H:%M}"


def machine_moment(value: date) -> str:
    """Write the value of a `datetime` attribute: ISO 8601 with offset, or a plain day."""
    return local(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def file_size(size_bytes: int) -> str:
    """Write a file size with at most one decimal: 512 B, 86 KB, 1.4 MB."""
    if size_bytes < 0:
        raise ValueError(f"negative file size {size_bytes!r}")
    if size_bytes < _STEP:
        return f"{size_bytes} B"
    size = size_bytes / _STEP
    for unit in ("KB", "MB"):
        if round(size, 1) < _STEP:
            return f"{size:.1f}".removesuffix(".0") + f" {unit}"
        size /= _STEP
    return f"{size:.1f}".removesuffix(".0") + " GB"


def amount(yuan: Decimal | int | None) -> str:
    """Write a sum of money exactly: 150,000 元."""
    return NOTHING if yuan is None else money_text(yuan)


def count(number: int | None) -> str:
    """Write a count with separators: 1,386."""
    return NOTHING if number is None else f"{number:,}"


def faults_heading(errors: Sequence[Mapping[str, Any]]) -> str:
    """Write the head of an error summary: what is missing is said otherwise than what is wrong.

    An error is {missing?, whole?, lost?}: `missing` asks for what was left empty, `whole` is about
    the form itself, `lost` names what doesn't come back with the form: 文件、口令.
    """
    lost = next((error["lost"] for error in errors if error.get("lost")), "")
    kept = f"，{lost}要重新填，其余都在" if lost else "，已填的内容都在"
    if any(error.get("whole") for error in errors):
        return f"还没有提交{kept}"
    if all(error.get("missing") for error in errors):
        return f"还差 {len(errors)} 处{kept}"
    return f"有 {len(errors)} 处需要更正{kept}"


def whole_days(text: object) -> Markup:
    """Keep every 2026-11-21 of a text in one line; Chromium breaks a number at its hyphens."""
    whole = _DAY.sub(r'<span class="nowrap">\g<0></span>', str(escape(text)))
    return Markup(whole)  # noqa: S704 - escaped just before
