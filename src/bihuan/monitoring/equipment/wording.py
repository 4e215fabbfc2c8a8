"""How facts of equipment records are read: flags, days, moments, numbers, the newest of each."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Record


def is_true(record: Record, key: str) -> bool:
    """A yes; what wasn't answered is none."""
    return record.facts.get(key) is True


def day_of(record: Record, key: str) -> date | None:
    """A day, None where none was given."""
    text = record.facts.get(key)
    return date.fromisoformat(str(text)) if text else None


def moment_of(record: Record, key: str) -> datetime | None:
    """A moment, None where none was given."""
    text = record.facts.get(key)
    return datetime.fromisoformat(str(text)) if text else None


def number_of(record: Record, key: str) -> Decimal | None:
    """A figure; what wasn't entered is None, never 0."""
    held = record.facts.get(key)
    return None if held is None else Decimal(str(held))


def figure_text(number: Decimal | None, *, unit: str = "", missing: str = "未录入") -> str:
    """A figure as it is read."""
    return missing if number is None else f"{number:f}{unit}"


def latest(records: Iterable[Record], *keys: str) -> list[Record]:
    """The newest record of each site and these facts, in the order in which each first came."""
    found: dict[tuple[object, ...], Record] = {}
    for record in records:
        found[(record.site_id, *(str(record.facts.get(key)) for key in keys))] = record
    return list(found.values())


def moment_words(at: datetime | None) -> str:
    """A moment as a board shows it, empty where there is none."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
