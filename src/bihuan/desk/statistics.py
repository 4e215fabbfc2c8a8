"""Figures of one kind of matter over a period, each leading to the matters behind it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import counting, figures
from bihuan.desk.choices import Choices, choices_of
from bihuan.desk.counting import Counted, Rate
from bihuan.desk.filtering import FACT, Asked, choice_fields
from bihuan.desk.lists import category_labels, labels_of, loop_or_404
from bihuan.desk.shell import address
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.language.wording import share_text
from bihuan.matters.moment import now
from bihuan.matters.tallies import kept
from bihuan.places.models import Unit
from bihuan.ui import charts
from bihuan.ui.words import moment

MONTHS_SHOWN = 12
NONE_WORDS = "未填"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the figures are about: a kind, the days, and where their lists are."""

    loop: Loop
    first: date
    last: date

    def url(self, **narrowing: str) -> str:
        """The list behind a figure: all matters of the period, narrowed."""
        days = {"opened_from": str(self.first), "opened_to": str(self.last)}
        query = Asked({"tab": "all", **days}).url(**narrowing)
        return address("desk:list", self.loop.key) + query


@dataclass(frozen=True)
class LinkOf:
    """The list behind one value of a split."""

    scope: Scope
    param: str

    def __call__(self, value: str) -> str:
        """Address of the list of that value."""
        return self.scope.url(**{self.param: value})


@signed_in
def show_statistics(request: HttpRequest, kind: str) -> HttpResponse:
    """The figures of a kind for the days asked; this year unless told."""
    # The template backend writes the request into what it is given; what is kept stays as it is.
    return render(request, "desk/statistics.html", {**board_of(request, kind)})


def board_of(request: HttpRequest, kind: str) -> dict[str, Any]:
    """What the board shows; a file holds the same."""
    by, at = actor_from(request), now()
    loop = loop_or_404(kind, by=by)
    today = at.astimezone(SHANGHAI).date()
    asked = Asked(request.GET.dict())
    first = asked.day("from") or today.replace(month=1, day=1)
    last = min(asked.day("to") or today, today)
    scope = Scope(loop=loop, first=first, last=max(first, last))
    told = partial(_told, scope, by=by, at=at, today=today)
    return kept(by, ("statistics", loop.key, scope.first, scope.last), told, times=4)


def _told(scope: Scope, *, by: Actor, at: datetime, today: date) -> dict[str, Any]:
    loop = scope.loop
    found = figures.opened_between(by, loop, first=scope.first, last=scope.last)
    matters = figures.counted(found, loop=loop, at=at)
    choices = choices_of(by)
    rate = counting.rate_of(matters)
    return {
        "page": {
            "title": f"{loop.label}统计",
            "lead": f"{_lead(scope, count=len(matters))}，截至 {moment(at)}",
            "crumbs": [
                {"label": f"{loop.label}台账", "url": address("desk:list", loop.key)},
                {"label": "统计"},
            ],
            "notices": _too_many(len(matters)),
        },
        "export_url": address("desk:statistics_export", loop.key)
        + f"?from={scope.first}&to={scope.last}",
        "presets": _presets(scope, today=today),
        "period": [
            {
                "name": "from",
                "label": "登记日期自",
                "kind": "day",
                "placeholder": "登记日期自",
                "value": str(scope.first),
            },
            {"name": "to", "label": "至", "kind": "day", "value": str(scope.last)},
        ],
        "kpis": kpis_of(matters, rate, scope=scope),
        "rate_lines": {"title": f"按期率 {rate.words}", "lines": rate.lines, "open": True},
        "trend": trend_of(matters, scope=scope),
        "cards": _cards(matters, scope=scope, choices=choices, on=today),
        "rate_cards": _rate_cards(matters, scope=scope, choices=choices),
        "stays": _stays(matters, loop=loop),
        "trails_max": figures.TRAILS_MAX if len(matters) > figures.TRAILS_MAX else 0,
    }


def kpis_of(matters: Sequence[Counted], rate: Rate, *, scope: Scope) -> list[dict[str, Any]]:
    """The strip of key figures."""
    opened = sum(matter.is_open for matter in matters)
    closed = len(matters) - opened
    complete = sum(matter.is_complete for matter in matters)
    late = rate.open_late
    return [
        {"label": "登记", "value": f"{len(matters):,}", "unit": "件", "url": scope.url()},
        {"label": "在办", "value": f"{opened:,}", "unit": "件", "url": scope.url(tab="open")},
        {
            "label": "在办逾期",
            "value": f"{late:,}",
            "unit": "件",
            "tone": "bad" if late else "",
            "url": scope.url(tab="late"),
        },
        {
            "label": "已办结",
            "value": f"{complete:,}",
            "unit": "件",
            "note": f"另有作废、并案等 {closed - complete} 件" if closed > complete else "",
            "url": scope.url(tab="closed"),
        },
        {
            "label": "逾期办结",
            "value": f"{rate.closed_late:,}",
            "unit": "件",
            "url": scope.url(kept="late"),
        },
        {
            "label": "按期率",
            "value": rate.words.removesuffix("%"),
            "unit": "%" if rate.value is not None else "",
            "note": f"按期办结 {rate.on_time} 件，计入 {rate.counted} 件",
            "tone": "warn" if rate.is_weak else "",
            "url": scope.url(kept="on_time"),
        },
    ]


def trend_of(matters: Sequence[Counted], *, scope: Scope) -> charts.Chart:
    """Opened and closed per month, the last twelve months of the period."""
    months = _months(scope.first, scope.last)
    opened, closed = counting.by_month(matters, months, month_of=_month_of)
    return charts.grouped_bars(
        [month[2:] for month in months],
        (("登记", opened), ("办结", closed)),
        title="每月登记与办结",
        unit="件",
    )


def count_bars(
    matters: Sequence[Counted],
    key: Callable[[Counted], Hashable],
    *,
    labels: Mapping[Any, str],
    link: Callable[[str], str],
) -> list[dict[str, Any]]:
    """One bar per value with its count and share; a value that isn't there has no list."""
    total = len(matters) or 1
    return [
        {
            "label": labels.get(value, str(value)) if value else NONE_WORDS,
            "fraction": round(count / total, 4),
            "words": f"{count:,}",
            "sub": share_text(count, of=total),
            "url": link(str(value)) if value else "",
        }
        for value, count in counting.counts_by(matters, key)
    ]


def rate_bars(
    matters: Sequence[Counted],
    key: Callable[[Counted], int | None],
    *,
    labels: Mapping[int, str],
    link: Callable[[str], str],
) -> list[dict[str, Any]]:
    """One bar per place with its on-time rate, the best first."""
    return [
        {
            "label": labels.get(place, "本范围外") if place else NONE_WORDS,
            "fraction": round(rate.value or 0, 4),
            "words": rate.words,
            "sub": f"{rate.on_time}/{rate.counted}",
            "tone": "bad" if rate.is_weak else "",
            "url": link(str(place)) if place else "",
        }
        for place, rate in counting.rates_by(matters, key)
    ]


def unit_of(matter: Counted) -> int | None:
    """The unit that holds or held it."""
    return matter.unit_id


def township_of(matter: Counted) -> int | None:
    """The township where it lies."""
    return matter.township_id


def unit_names(matters: Sequence[Counted], choices: Choices) -> dict[int, str]:
    """Names of the units that hold them: a mine's firm stands in no list to choose from."""
    if choices.firms is not None:
        return choices.units
    held = {one.unit_id for one in matters if one.unit_id} - choices.units.keys()
    more = Unit.objects.filter(pk__in=held).order_by("pk").values_list("id", "name")
    return {**choices.units, **(dict(more) if held else {})}


def _cards(
    matters: Sequence[Counted], *, scope: Scope, choices: Choices, on: date
) -> list[dict[str, Any]]:
    loop = scope.loop
    stages = {stage.key: stage.label for stage in loop.stages}
    categories = category_labels(loop, choices=choices, on=on)
    asked: list[tuple[str, str, Callable[[Counted], Hashable], Mapping[Any, str]]] = [
        ("tab", "环节", _stage_of, stages),
        (
            "category",
            loop.fields[loop.category].label if loop.category else "",
            _category_of,
            categories,
        ),
        ("source", loop.fields[loop.source].label if loop.source else "", _source_of, {}),
        ("unit", "承办单位", unit_of, unit_names(matters, choices)),
        ("township", "乡镇", township_of, choices.townships),
    ]
    for field in choice_fields(loop):
        labels = labels_of(field, choices=choices, on=on)
        asked.append((FACT + field.key, field.label, _FactOf(field.key), labels))
    return [
        {
            "label": f"按{label}",
            "bars": count_bars(matters, key, labels=labels, link=LinkOf(scope, param)),
        }
        for param, label, key, labels in asked
        if label
    ]


def _rate_cards(
    matters: Sequence[Counted], *, scope: Scope, choices: Choices
) -> list[dict[str, Any]]:
    cards = (
        ("各承办单位按期率", unit_of, unit_names(matters, choices), "unit"),
        ("各乡镇按期率", township_of, choices.townships, "township"),
    )
    return [
        {
            "label": label,
            "bars": rate_bars(matters, key, labels=names, link=LinkOf(scope, param)),
        }
        for label, key, names, param in cards
    ]


def _stays(matters: Sequence[Counted], *, loop: Loop) -> list[dict[str, str]]:
    stays = {stay.stage: stay for stay in counting.stays_of(figures.moves_of(matters))}
    return [
        {
            "label": stage.label,
            "count": f"{stays[stage.key].count:,}",
            "median": counting.length_words(stays[stage.key].median),
            "decile": counting.length_words(stays[stage.key].ninth_decile),
        }
        for stage in loop.stages
        if stage.key in stays
    ]


@dataclass(frozen=True)
class _FactOf:
    """Reads one declared choice of a matter."""

    key: str

    def __call__(self, matter: Counted) -> Hashable:
        value: Hashable = matter.facts.get(self.key)
        return value


def _stage_of(matter: Counted) -> str:
    return matter.stage


def _category_of(matter: Counted) -> str:
    return matter.category


def _source_of(matter: Counted) -> str:
    return matter.source


def _month_of(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m}"


def _months(first: date, last: date) -> list[str]:
    months: list[str] = []
    year, month = last.year, last.month
    while (year, month) >= (first.year, first.month) and len(months) < MONTHS_SHOWN:
        months.append(f"{year:04}-{month:02}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months[::-1]


def _presets(scope: Scope, *, today: date) -> list[dict[str, Any]]:
    new_year = today.replace(month=1, day=1)
    known = (
        ("本月", today.replace(day=1), today),
        ("近 90 天", today - timedelta(days=90), today),
        ("本年", new_year, today),
        ("上年", new_year.replace(year=today.year - 1), new_year - timedelta(days=1)),
    )
    return [
        {
            "label": label,
            "url": f"?from={first}&to={last}",
            "current": (first, last) == (scope.first, scope.last),
        }
        for label, first, last in known
    ]


def _lead(scope: Scope, *, count: int) -> str:
    return f"{scope.first} 至 {scope.last} 登记的 {count:,} 件，只含您可见范围内的事项"


def _too_many(count: int) -> list[dict[str, str]]:
    if count < figures.MATTERS_MAX:
        return []
    words = f"本期超过 {figures.MATTERS_MAX:,} 件，只统计了最近登记的这些，请缩短时段再看。"
    return [{"tone": "warn", "words": words}]
