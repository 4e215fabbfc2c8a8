"""How a list is narrowed: read from the URL, turned into a query, shown as removable chips."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.http import urlencode

from bihuan.accounts.actors import Actor
from bihuan.desk.choices import Choices, options_at
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind, asked_day
from bihuan.language.loop import Loop
from bihuan.matters.inbox import Narrowing, narrowed, waits_for
from bihuan.matters.models import Matter, Timer
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
        return "?" + urlencode({key: value for key, value in wanted.items() if value})

    @property
    def tab(self) -> str:
        """The tab that is shown; open matters unless told."""
        return self.get("tab") or "open"

    @property
    def is_newest_first(self) -> bool:
        """Whether the newest come first: closed matters have no due moment to sort by."""
        return (self.get("sort") or ("new" if self.tab in ("closed", "all") else "due")) == "new"


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


def filtered(asked: Asked, *, by: Actor, loop: Loop) -> QuerySet[Matter]:
    """Everything that matches the filters, whatever its stage: the tabs count within this."""
    found = narrowed(
        by,
        Narrowing(
            kind=loop.key,
            is_open=None,
            unit_id=asked.number("unit"),
            township_id=asked.number("township"),
            category=asked.get("category"),
            source=asked.get("source"),
            ids=_hits(asked, by=by, loop=loop),
        ),
    )
    found = found.filter(_days(asked, "due", "due_at"), _days(asked, "opened", "opened_at"))
    for field in choice_fields(loop):
        if asked.get(FACT + field.key):
            found = found.filter(**{f"facts_row__data__{field.key}": asked.get(FACT + field.key)})
    if asked.get("site"):
        typed = asked.get("site")
        initials = Q(site__initials__contains=typed.lower())
        found = found.filter(Q(site__name=typed) | (initials if typed.isascii() else Q()))
    return _kept(found, asked.get("kept"), loop=loop)


def in_tab(
    found: QuerySet[Matter], tab: str, *, by: Actor, loop: Loop, at: datetime
) -> QuerySet[Matter]:
    """The part of the filtered matters that stands in a tab."""
    if tab == "all":
        return found
    if tab == "mine":
        return found.filter(waits_for(by, kinds=(loop.key,)), is_open=True)
    if tab in FIXED:
        return found.filter(tab_condition(tab, at=at))
    return found.filter(stage=tab, is_open=not loop.stage(tab).closed)


def tab_condition(tab: str, *, at: datetime) -> Q:
    """What a fixed tab holds: open, late, due today, closed."""
    if tab == "closed":
        return Q(is_open=False)
    if tab == "late":
        return Q(is_open=True, late_from__lte=at)
    if tab == "today":
        end = midnight(at.astimezone(SHANGHAI).date() + _DAY)
        return Q(is_open=True, late_from__gt=at, due_at__lte=end)
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


def _days(asked: Asked, name: str, column: str) -> Q:
    """Days from … to …; a day deadline falls due at the midnight after its day."""
    first, last = asked.day(f"{name}_from"), asked.day(f"{name}_to")
    after, until = ("gt", "lte") if name == "due" else ("gte", "lt")
    condition = Q()
    if first:
        condition &= Q(**{f"{column}__{after}": midnight(first)})
    if last:
        condition &= Q(**{f"{column}__{until}": midnight(last + _DAY)})
    return condition


def _hits(asked: Asked, *, by: Actor, loop: Loop) -> list[int] | None:
    if not asked.get("q"):
        return None
    return find(asked.get("q"), by=by, kind=loop.key, limit=HITS_MAX)


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
