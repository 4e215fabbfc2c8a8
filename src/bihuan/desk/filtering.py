"""How a list is narrowed: read from the URL, turned into a query, shown as removable chips."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.http import urlencode

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.database.taking_apart import shaping
from bihuan.desk.choices import Choices, options_at
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind, asked_day
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import (
    ROW,
    Page,
    Start,
    as_page,
    from_there,
    page_of,
    start_after,
    waits_for,
)
from bihuan.matters.models import Matter, Timer
from bihuan.matters.reach import visible
from bihuan.matters.search import find

HITS_MAX = 1000  # matters that a keyword may name in a list
FACT = "fact_"  # prefix of a filter on a declared choice
FIXED = ("mine", "open", "late", "today", "closed", "all")
_PLAIN = ("tab", "q", "site", "unit", "township", "category", "source", "kept", "sort", "cols")
_RANGES = ("due_from", "due_to", "opened_from", "opened_to")
_LOOK = ("tab", "sort", "cols", "after")  # these change what is shown first, not what is found
_DAY = timedelta(days=1)
KEPT = {"on_time": "按期办结", "late": "逾期办结"}


@dataclass(frozen=True)
class Asked:
    """What the URL asks for: known keys with a value, in a fixed order."""

    params: Mapping[str, str]

    def get(self, key: str) -> str:
        """One value, "" when it isn't asked."""
        return self.params.get(key, "")

    def number(self, key: str) -> int | None:
        """One value as an id; None when it isn't one."""
        text = self.get(key)
        return int(text) if text.isdecimal() and len(text) <= 18 else None

    def day(self, key: str) -> date | None:
        """One value as a day; None when it isn't one."""
        return asked_day(self.get(key))

    def url(self, **changes: str) -> str:
        """The query string with some values changed or, with "", taken out; paging starts anew."""
        wanted = {**self.params, "after": "", **changes}
        return _encoded(tuple((key, value) for key, value in wanted.items() if value))

    @property
    def tab(self) -> str:
        """The tab that is shown; open matters unless told."""
        return self.get("tab") or "open"

    @property
    def is_newest_first(self) -> bool:
        """Whether the newest come first: closed matters have no due moment to sort by."""
        return (self.get("sort") or ("new" if self.tab in ("closed", "all") else "due")) == "new"


@lru_cache(maxsize=4000)
def _encoded(asked: tuple[tuple[str, str], ...]) -> str:
    return "?" + urlencode(asked)


def asked_of(query: Mapping[str, str], *, loop: Loop) -> Asked:
    """Read a query string; what isn't known to this list is left out."""
    facts = tuple(f"{FACT}{field.key}" for field in choice_fields(loop))
    stages = {stage.key for stage in loop.stages}
    found = {}
    for key in (*_PLAIN, *_RANGES, *facts, "after"):
        value = query.get(key, "").replace("\0", "").strip()[:2000]
        if value and (key != "tab" or value in FIXED or value in stages):
            found[key] = value
    return Asked(found)


def choice_fields(loop: Loop) -> tuple[Field, ...]:
    """Declared choices of a new matter that lists and figures may be split by."""
    return tuple(
        field
        for field in loop.opens_with
        if field.kind is Kind.CHOICE and not field.sealed and field.key != loop.category
    )


@dataclass(frozen=True, kw_only=True)
class Sought:
    """The plain conditions of a list: values of columns, as far as they are asked."""

    kind: str = shaping()
    unit_id: int | None = None
    township_id: int | None = None
    category: str = ""
    source: str = ""
    site_name: str = ""
    due_after: datetime | None = None
    due_until: datetime | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab of a list, with the moments that its lateness hangs on."""

    key: str = shaping()
    at: datetime
    day_end: datetime


def tab_at(key: str, *, at: datetime) -> Tab:
    """The tab as it stands at a moment."""
    return Tab(key=key, at=at, day_end=midnight(at.astimezone(SHANGHAI).date() + _DAY))


def sought_of(asked: Asked, *, loop: Loop) -> Sought:
    """The plain conditions that the URL asks for; a day deadline is due at the next midnight."""
    return Sought(
        kind=loop.key,
        unit_id=asked.number("unit"),
        township_id=asked.number("township"),
        category=asked.get("category"),
        source=asked.get("source"),
        site_name="" if _site_initials(asked) else asked.get("site"),
        due_after=_midnight(asked.day("due_from")),
        due_until=_midnight(asked.day("due_to"), later=_DAY),
        opened_from=_midnight(asked.day("opened_from")),
        opened_before=_midnight(asked.day("opened_to"), later=_DAY),
    )


def matters_sought(by: Actor, sought: Sought) -> QuerySet[Matter]:
    """The matters within reach that meet the plain conditions."""
    asked = {
        "unit_id": sought.unit_id,
        "l4": sought.township_id,
        "category": sought.category or None,
        "source": sought.source or None,
        "site__name": sought.site_name or None,
        "due_at__gt": sought.due_after,
        "due_at__lte": sought.due_until,
        "opened_at__gte": sought.opened_from,
        "opened_at__lt": sought.opened_before,
    }
    conditions = {key: value for key, value in asked.items() if value is not None}
    return visible(by).filter(kind=sought.kind, **conditions)


def filtered(asked: Asked, *, by: Actor, loop: Loop) -> QuerySet[Matter]:
    """Everything that matches the filters, whatever its stage: the tabs count within this."""
    found = matters_sought(by, sought_of(asked, loop=loop))
    if asked.get("q"):
        found = found.filter(id__in=find(asked.get("q"), by=by, kind=loop.key, limit=HITS_MAX))
    for field in choice_fields(loop):
        if asked.get(FACT + field.key):
            found = found.filter(**{f"facts_row__data__{field.key}": asked.get(FACT + field.key)})
    if _site_initials(asked):
        found = found.filter(site__initials__contains=_site_initials(asked))
    return _kept(found, asked.get("kept"), loop=loop)


def _site_initials(asked: Asked) -> str:
    """A site that is asked for by the initials of its pinyin; no name of one is Latin alone."""
    typed = asked.get("site").lower()
    return typed if typed.isascii() else ""


def page_asked(asked: Asked, *, after: str, by: Actor, loop: Loop, at: datetime) -> Page:
    """The page of the list that the URL asks for."""
    newest = asked.is_newest_first
    seldom = ("q", "kept", *(FACT + field.key for field in choice_fields(loop)))
    if _site_initials(asked) or any(asked.get(key) for key in seldom):
        found = filtered(asked, by=by, loop=loop)
        return page_of(
            in_tab(found, asked.tab, by=by, loop=loop, at=at), after=after, newest=newest
        )
    start = start_after(after, newest=newest)
    tab = tab_at(asked.tab, at=at)
    return as_page(_listed(by.reach, sought_of(asked, loop=loop), tab, start), newest=newest)


@prepared
def _listed(by: Actor, sought: Sought, tab: Tab, start: Start) -> QuerySet[Matter, tuple[Any, ...]]:
    loop = catalog().loop(sought.kind)
    found = standing_in(matters_sought(by, sought), tab, by=by, loop=loop)
    return from_there(found, start).values_list(*ROW)


def in_tab(
    found: QuerySet[Matter], tab: str, *, by: Actor, loop: Loop, at: datetime
) -> QuerySet[Matter]:
    """The part of the filtered matters that stands in a tab."""
    return standing_in(found, tab_at(tab, at=at), by=by, loop=loop)


def standing_in(found: QuerySet[Matter], tab: Tab, *, by: Actor, loop: Loop) -> QuerySet[Matter]:
    """The part of the matters that stands in a tab at its moment."""
    if tab.key == "all":
        return found
    if tab.key == "mine":
        return found.filter(waits_for(by, kinds=(loop.key,)), is_open=True)
    if tab.key in FIXED:
        return found.filter(tab_condition(tab))
    return found.filter(stage=tab.key, is_open=not loop.stage(tab.key).closed)


def tab_condition(tab: Tab) -> Q:
    """What a fixed tab holds: open, late, due today, closed."""
    if tab.key == "closed":
        return Q(is_open=False)
    if tab.key == "late":
        return Q(is_open=True, late_from__lte=tab.at)
    if tab.key == "today":
        return Q(is_open=True, late_from__gt=tab.at, due_at__lte=tab.day_end)
    return Q(is_open=True)


def midnight(on: date) -> datetime:
    """The first moment of a day in Shanghai."""
    return datetime.combine(on, time(), SHANGHAI)


def chips_of(
    asked: Asked, *, loop: Loop, choices: Choices, categories: Mapping[str, str], on: date
) -> list[dict[str, str]]:
    """What narrows the list, each with the address that takes it away."""
    unit, town = asked.number("unit") or 0, asked.number("township") or 0
    labels = {
        "q": f"关键词：{asked.get('q')}",
        "site": f"监管对象：{asked.get('site')}",
        "unit": f"承办单位：{choices.units.get(unit, '本范围外')}",
        "township": f"乡镇：{choices.townships.get(town, '本范围外')}",
        "category": f"类别：{categories.get(asked.get('category'), asked.get('category'))}",
        "source": f"来源：{asked.get('source')}",
        "kept": KEPT.get(asked.get("kept"), ""),
    }
    for field in choice_fields(loop):
        key = FACT + field.key
        options = options_at(field, region_path=choices.region_path, on=on)
        known = {option.key: option.label for option in options}
        labels[key] = f"{field.label}：{known.get(asked.get(key), asked.get(key))}"
    chips = [
        {"label": label, "remove_url": asked.url(**{key: ""})}
        for key, label in labels.items()
        if asked.get(key) and label
    ]
    return [*chips, *_range_chip(asked, "due", "期限"), *_range_chip(asked, "opened", "登记时间")]


def clear_url(asked: Asked) -> str:
    """The address without any filter; tab, sort and columns stay."""
    return Asked({key: asked.get(key) for key in _LOOK if key != "after"}).url()


def _range_chip(asked: Asked, name: str, label: str) -> list[dict[str, str]]:
    first, last = asked.day(f"{name}_from"), asked.day(f"{name}_to")
    if not first and not last:
        return []
    words = f"{label}：{first or '不限'} 至 {last or '不限'}"
    return [{"label": words, "remove_url": asked.url(**{f"{name}_from": "", f"{name}_to": ""})}]


def _midnight(day: date | None, *, later: timedelta = timedelta()) -> datetime | None:
    return midnight(day + later) if day else None


def completed_stages(loop: Loop) -> tuple[str, ...]:
    """Closed stages that end the whole way; void, dismissed and merged matters don't."""
    closed = tuple(stage.key for stage in loop.stages if stage.closed)
    return tuple(key for key in closed if key in loop.tracks) or closed


def finished_clocks() -> QuerySet[Timer]:
    """Clocks of the matter in the outer query that were stopped because the work was done."""
    return Timer.objects.filter(matter_id=OuterRef("pk"), state=Timer.State.DONE)


def late_clocks() -> QuerySet[Timer]:
    """Those of them that were stopped late."""
    return finished_clocks().filter(done_at__gte=F("late_from"))


def _kept(found: QuerySet[Matter], how: str, *, loop: Loop) -> QuerySet[Matter]:
    """Matters closed the whole way whose clocks were all kept, or of which one was not."""
    if how not in KEPT:
        return found
    found = found.filter(is_open=False, stage__in=completed_stages(loop))
    if how == "late":
        return found.filter(Exists(late_clocks()))
    return found.filter(Exists(finished_clocks()), ~Exists(late_clocks()))
