"""Mines of a warning's area, and those chosen by name."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from bihuan.matters.identity import is_id
from bihuan.places.models import Site

MINES = (Site.Kind.COAL, Site.Kind.NONCOAL)


def mines_below(path: tuple[int, ...], *, on: date) -> QuerySet[Site]:
    """Mines in being on a day below the last region of a path, by name."""
    lasting = Q(closed_on=None) | Q(closed_on__gt=on)
    opened = Q(opened_on=None) | Q(opened_on__lte=on)
    inside = Q(region__path__contains=f"/{path[-1]}/") if path else Q(pk__in=())
    found = Site.objects.filter(inside, lasting, opened, kind__in=MINES)
    return found.select_related("region").order_by("name", "id")


def names_in(text: str) -> list[str]:
    """Names (or ids) of mines as they were typed: parted by commas, 、 or lines."""
    return [part.strip() for part in re.split(r"[、,，;；\n]+", text) if part.strip()]


def chosen(mines: Iterable[Site], text: str) -> tuple[list[Site], list[str]]:
    """The mines that were named, all when none is, and the names that are no mine of the area."""
    known = list(mines)
    names = names_in(text)
    if not names:
        return known, []
    called = [(name, site) for site in known for name in {site.name, site.short_name} if name]
    twice = Counter(name for name, _site in called)
    by_name = {name: site for name, site in called if twice[name] == 1}
    by_id = {str(site.pk): site for site in known}
    found: dict[int, Site] = {}
    unknown = []
    for name in names:
        site = by_name.get(name) or (by_id.get(name) if is_id(name) else None)
        if site is None:
            unknown.append(name)
        else:
            found[site.pk] = site
    return list(found.values()), unknown
