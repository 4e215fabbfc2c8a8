"""Search over everything within reach: matters, sites, persons in posts, clauses."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.database.prepared import prepared
from bihuan.desk.choices import Choices, choices_of, sites_of
from bihuan.desk.filtering import Asked
from bihuan.desk.rows import deadline_cell, known_as, look_at, state_cell, url_of
from bihuan.desk.shell import address, working_kinds
from bihuan.language.clock import SHANGHAI
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import ROW, as_row
from bihuan.matters.models import Matter
from bihuan.matters.moment import now
from bihuan.matters.reach import visible
from bihuan.matters.search import TERM_MAX, find
from bihuan.matters.tallies import kept
from bihuan.places.models import Appointment, Unit
from bihuan.regulations.library import find_clauses
from bihuan.regulations.models import LoadedPack

WHAT = "可查事项的编号、标题和摘要，煤矿和单位名称，人员，条款；标题和名称可只填拼音首字母。"
GROUPS = {
    "事项": "matters",
    "监管对象": "sites",
    "单位": "units",
    "人员与岗位": "persons",
    "条款": "clauses",
}
SHOWN_MAX = 20  # of each group, which asks for one more to know whether there are others


@signed_in
def show_search(request: HttpRequest) -> HttpResponse:
    """What was found, in groups; an empty term shows what can be searched."""
    by, at = actor_from(request), now()
    term = request.GET.get("q", "").replace("\0", "").strip()[:TERM_MAX]
    groups: list[dict[str, Any]] = []
    if term:
        choices = kept(by, "choices", partial(choices_of, by))
        today = at.astimezone(SHANGHAI).date()
        groups = [
            _group("事项", matters_found(term, by=by)),
            _group("监管对象", sites_found(term, choices=choices, by=by)),
            _group("单位", units_found(term, choices=choices)),
            _group("人员与岗位", persons_found(term, choices=choices, on=today)),
            _group("条款", clauses_found(term)),
        ]
    found = [group for group in groups if group["entries"]]
    context = {
        "page": {
            "title": f"查找“{term}”" if term else "查找",
            "lead": _lead(found) if term else WHAT,
        },
        "term": term,
        "groups": found,
        "jumps": [
            {
                "label": f"{group['label']} {group['count'].removesuffix(' 条')}",
                "url": f"#{group['id']}",
            }
            for group in found
        ],
    }
    return render(request, "desk/search.html", context)


def matters_found(term: str, *, by: Actor) -> list[dict[str, Any]]:
    """Matters by number or text, newest first, read through the scoped queryset."""
    ids = find(term, by=by, limit=SHOWN_MAX + 1)
    rows = [as_row(one) for one in _seen(by.reach, (*ids,))]
    look = look_at(rows, at=now())
    entries = []
    for row in rows:
        loop = catalog().loop(row["kind"])
        words = deadline_cell(row, look=look)["words"]
        known = (loop.label, known_as(row, look=look), row["site__name"], words)
        entries.append(
            {
                "title": look.title_of(row) or loop.label,
                "url": url_of(row["id"], look=look),
                "sub": " · ".join(dict.fromkeys(word for word in known if word)),
                "chip": state_cell(loop, row, look=look),
            }
        )
    return entries


@prepared
def _seen(by: Actor, ids: tuple[int, ...]) -> QuerySet[Matter, tuple[Any, ...]]:
    return visible(by).filter(pk__in=ids).order_by("-id").values_list(*ROW)


def sites_found(term: str, *, choices: Choices, by: Actor) -> list[dict[str, Any]]:
    """Sites by name, short name or initials, each with the lists of its matters."""
    named = Q(name__icontains=term) | Q(short_name__icontains=term)
    named |= Q(initials__icontains=term.lower())
    sites = sites_of(choices).filter(named).select_related("region")[: SHOWN_MAX + 1]
    kinds = [loop for loop in working_kinds(by) if not loop.parent]
    return [
        {
            "title": site.name,
            "sub": f"{site.get_kind_display()} · {site.region.name}",
            "links": [
                {
                    "label": loop.label,
                    "full": f"{site.name}的{loop.label}",
                    "url": address("desk:list", loop.key)
                    + Asked({"tab": "all", "site": site.name}).url(),
                }
                for loop in kinds
            ],
        }
        for site in sites
    ]


def units_found(term: str, *, choices: Choices) -> list[dict[str, Any]]:
    """Units within reach by name or initials."""
    named = Q(name__icontains=term) | Q(initials__icontains=term.lower())
    units = Unit.objects.filter(named, pk__in=list(choices.units)).order_by("region__path", "id")
    return [
        {"title": unit.name, "sub": f"{unit.get_kind_display()} · {unit.region.name}"}
        for unit in units.select_related("region")[: SHOWN_MAX + 1]
    ]


def persons_found(term: str, *, choices: Choices, on: date) -> list[dict[str, Any]]:
    """Persons by name or post, in office that day in units within reach."""
    inside = Q(post__unit_id__in=list(choices.units))
    named = Q(person__name__icontains=term) | Q(post__title__icontains=term)
    named |= Q(post__unit__name__icontains=term)
    named |= Q(post__unit__initials__icontains=term.lower())
    held = Appointment.objects.filter(inside, named, from_on__lte=on)
    held = held.filter(Q(until_on=None) | Q(until_on__gte=on))
    held = held.select_related("person", "post__unit").order_by("post__unit_id", "id")
    return [
        {
            "title": one.person.name,
            "sub": f"{one.post.unit.name} · {one.post.title}"
            + ("（代理）" if one.is_acting else ""),
            "icon": "person",
        }
        for one in held[: SHOWN_MAX + 1]
    ]


def clauses_found(term: str) -> list[dict[str, Any]]:
    """Clauses by id, title or place in the document."""
    titles = dict(LoadedPack.objects.order_by("version").values_list("key", "title"))
    return [
        {
            "title": clause.title,
            "sub": f"{clause.id} · {titles.get(clause.document, clause.document)} {clause.item}",
            "icon": "book",
        }
        for clause in find_clauses(term)[: SHOWN_MAX + 1]
    ]


def _group(label: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    more = len(entries) > SHOWN_MAX
    count = f"{SHOWN_MAX} 条以上" if more else f"{len(entries)} 条"
    return {"label": label, "id": GROUPS[label], "entries": entries[:SHOWN_MAX], "count": count}


def _lead(groups: list[dict[str, Any]]) -> str:
    words = [f"{group['label']} {group['count']}" for group in groups]
    return f"找到{'，'.join(words)}；每类最多列 {SHOWN_MAX} 条" if words else ""
