"""Working calendar: holidays and make-up workdays of each loaded year, and counting in days."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from bihuan.language.wording import day_text, span_text

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class Counting(Enum):
    """Which days a budget counts; the value is the word that users read."""

    CALENDAR = "自然日"
    WORKING = "工作日"


@dataclass(frozen=True, kw_only=True)
class YearCalendar:
    """What one yearly notice of the State Council General Office changes about the weekends.

    `workdays` are weekend days worked to make up for a holiday (调休); `names` gives the
    festival of a holiday where the notice names one.
    """

    year: int
    notice: str
    holidays: frozenset[date]
    workdays: frozenset[date]
    names: Mapping[date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        both = sorted(self.holidays & self.workdays)
        if both:
            raise ValueError(f"{both[0]!s} is both holiday and workday in {self.notice!r}")
        for day in sorted(self.workdays):
            if day.weekday() < _SATURDAY:
                raise ValueError(f"make-up workday {day!s} is not a weekend in {self.notice!r}")
        for day in sorted(self.holidays | self.workdays):
            # A notice may reach into the December before: New Year has been bridged that way.
            if day.year != self.year and (day.year, day.month) != (self.year - 1, 12):
                raise ValueError(f"{day!s} does not belong to {self.year!r} in {self.notice!r}")


@dataclass(frozen=True, kw_only=True)
class DueDay:
    """A counted day; `skipped` are the days passed over, in order."""

    day: date
    provisional: bool
    skipped: tuple[date, ...]


@dataclass(frozen=True)
class WorkCalendar:
    """The loaded years together; a year that is not loaded has plain weekends only."""

    years: tuple[YearCalendar, ...] = ()

    def __post_init__(self) -> None:
        seen = [year.year for year in self.years]
        for year in seen:
            if seen.count(year) > 1:
                raise ValueError(f"year {year!r} is loaded twice")

    def is_loaded(self, day: date) -> bool:
        """Whether the notice for this day's year is known; if not, `is_workday` is a guess."""
        return day.year in self._by_year

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day; by weekends alone in a year that is not loaded."""
        if day in self._changes:
            return day in self._changes[day].workdays
        return day.weekday() < _SATURDAY

    def notice_for(self, day: date) -> str:
        """The notice that makes this day differ from its weekday, or an empty text."""
        return self._changes[day].notice if day in self._changes else ""

    def festival_on(self, day: date) -> str:
        """The festival this holiday belongs to; an empty text on any other day."""
        if day not in self._changes or day in self._changes[day].workdays:
            return ""
        return self._changes[day].names.get(day, "法定节假日")

    def add_days(self, start: date, n: int, *, counting: Counting) -> DueDay:
        """The n-th day after `start`, which itself is not counted; before it if n is negative.

        In working days the result is always a working day: nought days from a day of rest is
        the next working day. The result is provisional when the count met a year not loaded.
        """
        if counting is Counting.CALENDAR:
            return DueDay(day=start + n * _ONE_DAY, provisional=False, skipped=())
        step = -_ONE_DAY if n < 0 else _ONE_DAY
        # Nought days are due today, so today is looked at; otherwise the start is left out.
        day = start if n == 0 else start + step
        left = max(abs(n), 1)
        passed, provisional = [], False
        while True:
            provisional = provisional or not self.is_loaded(day)
            if self.is_workday(day):
                left -= 1
                if left == 0:
                    break
            else:
                passed.append(day)
            day += step
        return DueDay(day=day, provisional=provisional, skipped=tuple(sorted(passed)))

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -sum(map(self.is_workday, _days(end, start - _ONE_DAY)))
        return sum(map(self.is_workday, _days(start + _ONE_DAY, end)))

    def days_between(self, start: date, end: date, *, counting: Counting) -> int:
        """Days of the given kind after `start` up to and including `end`."""
        if counting is Counting.WORKING:
            return self.working_days_between(start, end)
        return (end - start).days

    def changed_days(self, first: date, last: date) -> tuple[date, ...]:
        """Holidays and make-up workdays from `first` to `last`, both included, in order."""
        return tuple(day for day in _days(first, last) if day in self._changes)

    def unloaded_years(self, first: date, last: date) -> tuple[int, ...]:
        """Years between two days, both included, whose notice is not loaded."""
        return tuple(year for year in range(first.year, last.year + 1) if year not in self._by_year)

    @cached_property
    def _by_year(self) -> dict[int, YearCalendar]:
        return {year.year: year for year in self.years}

    @cached_property
    def _changes(self) -> dict[date, YearCalendar]:
        # The later notice wins where two years both speak about a December day.
        ordered = sorted(self.years, key=attrgetter("year"))
        return {day: year for year in ordered for day in year.holidays | year.workdays}


def changes_text(calendar: WorkCalendar, first: date, last: date, *, year: int) -> list[str]:
    """Phrases on what a count of working days passed over or worked, and by which notice."""
    changed = calendar.changed_days(first, last)
    holidays = [day for day in changed if calendar.festival_on(day)]
    worked = [day_text(day, year=year) for day in changed if calendar.is_workday(day)]
    working = calendar.working_days_between(first - _ONE_DAY, last)
    phrases = []
    if (last - first).days + 1 - working > len(holidays):
        phrases.append("双休日不计")
    if holidays:
        runs = (list(days) for _, days in groupby(holidays, key=calendar.festival_on))
        named = (
            calendar.festival_on(run[0]) + span_text(run[0], run[-1], year=year) for run in runs
        )
        phrases.append("、".join(named) + "放假不计")
    if worked:
        phrases.append("、".join(worked) + "调休上班计入")
    if changed:
        notices = dict.fromkeys(map(calendar.notice_for, changed))
        phrases[-1] += f"（{'、'.join(notices)}）"
    return phrases


def read_calendars(folder: Path) -> WorkCalendar:
    """Every year found in a folder of TOML files, one file a year."""
    return WorkCalendar(tuple(read_year(path) for path in sorted(folder.glob("*.toml"))))


def read_year(path: Path) -> YearCalendar:
    """One year from its TOML file; a faulty file raises ValueError that names the file."""
    try:
        with path.open("rb") as file:
            return _year_from(tomllib.load(file))
    except KeyError as missing:
        raise ValueError(f"{path.name!r} lacks {missing.args[0]!r}") from missing
    except ValueError as fault:
        raise ValueError(f"{path.name!r}: {fault}") from fault


def _year_from(table: Mapping[str, Any]) -> YearCalendar:
    names: dict[date, str] = {}
    workdays: set[date] = set()
    for row in table["holiday"]:
        first, last = _dates((row["from"], row["to"]))
        if last < first:
            raise ValueError(f"holiday {row['name']!r} ends before it begins")
        names |= dict.fromkeys(_days(first, last), row["name"])
        workdays |= set(_dates(row.get("workdays", ())))
    return YearCalendar(
        year=table["year"],
        notice=table["notice"],
        holidays=frozenset(names),
        workdays=frozenset(workdays),
        names=names,
    )


def _dates(values: Iterable[Any]) -> Iterator[date]:
    for value in values:
        if type(value) is not date:
            raise ValueError(f"{value!r} is not a date")
        yield value


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * _ONE_DAY for n in range((last - first).days + 1))
