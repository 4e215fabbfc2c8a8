"""Hours of shifts as people write them on one line: 早班 08:00-16:00、中班 16:00-24:00."""

import re
from typing import Final, NamedTuple

NAME_MAX: Final = 20
_DAY: Final = 24 * 60
_BETWEEN: Final = re.compile(r"[、，,；;。\n]")
_ONE: Final = re.compile(
    r"(?P<name>\S*?[^\d\s:：](?:\d+(?=[\s:：]))?)\s*[:：]?\s*"
    r"(?P<h>\d{1,2})[:：](?P<m>\d{2})\s*[-－–—~～至到]+\s*(?:次日|第二天)?\s*"
    r"(?P<to_h>\d{1,2})[:：](?P<to_m>\d{2})"
)


class ShiftHours(NamedTuple):
    """A shift in minutes after midnight; it ends on the next day where that isn't later."""

    name: str
    begins: int
    ends: int

    @property
    def words(self) -> str:
        """As it is written back."""
        return f"{self.name} {_clock(self.begins)}-{_clock(self.ends or _DAY)}"


def shift_hours(line: str) -> tuple[ShiftHours, ...]:
    """Every shift of the line; ValueError says what is wrong."""
    found = tuple(_read(part.strip()) for part in _BETWEEN.split(line) if part.strip())
    names = [one.name for one in found]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"needs shifts, each named once, not {line!r}")
    return found


def _read(part: str) -> ShiftHours:
    one = _ONE.fullmatch(part)
    if one is None or len(one["name"]) > NAME_MAX:
        raise ValueError(f"needs a name and two times like 08:00-16:00, not {part!r}")
    return ShiftHours(one["name"], _minutes(one["h"], one["m"]), _minutes(one["to_h"], one["to_m"]))


def _minutes(hours: str, minutes: str) -> int:
    """Minutes after midnight; 24:00 is midnight."""
    at = int(hours) * 60 + int(minutes)
    if at > _DAY or int(minutes) >= 60:
        raise ValueError(f"no time of a day: {hours}:{minutes}")
    return at % _DAY


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
