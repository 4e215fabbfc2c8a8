"""The demonstration's data: TOML files in data/demo."""

import tomllib
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.conf import settings

from bihuan.language.clock import SHANGHAI


@cache
def demo_data(name: str) -> dict[str, Any]:
    """One file of data/demo, without its ending."""
    path = settings.DATA / "demo" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def moment_on(day: date, text: str, *, minutes: int = 0) -> datetime:
    """A moment like "3 09:10" counted from a day, in Shanghai."""
    days, clock = text.split()
    start = datetime.combine(day + timedelta(days=int(days)), time(), SHANGHAI)
    return start + _span(clock) + timedelta(minutes=minutes)


def _span(clock: str) -> timedelta:
    hours, minutes = clock.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))
