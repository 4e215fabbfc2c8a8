"""What was published, as the public finds it: filters, pages by key, bare tombstones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from bihuan.disclosure.models import Snapshot
from bihuan.disclosure.reading import KINDS, Item, shown
from bihuan.matters.inbox import COUNT_CAP
from bihuan.matters.search import normalise

PART = 500
PAGE = 20
TERM_MAX = 60
YEAR = re.compile(r"[12]\d{3}")
WITHDRAWN = "withdrawn"
TABS = {"": "全部", **KINDS, WITHDRAWN: "已撤下"}


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What a visitor looks for; an empty field asks for everything."""

    county_id: int
    term: str = ""
    town: str = ""
    category: str = ""
    year: str = ""
    tab: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class PageOfItems:
    """One page, newest first; `next_after` is empty on the last one."""

    items: tuple[Item, ...]
    next_after: str


def sought_from(query: Mapping[str, str], *, county_id: int) -> Sought:
    """Filters from an address; whatever can't be meant is left out."""
    query = {key: text.replace("\0", "") for key, text in query.items()}  # PostgreSQL takes none
    tab = query.get("tab", "")
    digits = {key: query.get(key, "") for key in ("town", "year", "after")}
    kept = {key: text for key, text in digits.items() if text.isdecimal() and len(text) < 19}
    if not YEAR.fullmatch(kept.get("year", "")):
        kept.pop("year", None)
    return Sought(
        county_id=county_id,
        term=query.get("q", "").strip()[:TERM_MAX],
        category=query.get("category", "")[:60],
        tab=tab if tab in TABS else "",
        **kept,
    )


def page_of(sought: Sought, *, size: int = PAGE) -> PageOfItems:
    """One page of what is sought."""
    found = _in_tab(_narrowed(sought), sought.tab)
    if sought.after:
        found = found.filter(pk__lt=int(sought.after))
    rows = list(found.select_related("township").order_by("-pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return PageOfItems(
        items=tuple(shown(row) for row in rows), next_after=str(rows[-1].pk) if more else ""
    )


def all_of(sought: Sought) -> Iterator[Item]:
    """Everything sought, newest first, a part at a time: nothing stays open between the parts."""
    found = _in_tab(_narrowed(sought), sought.tab).select_related("township").order_by("-pk")
    rows = list(found[:PART])
    while rows:
        yield from map(shown, rows)
        rows = list(found.filter(pk__lt=rows[-1].pk)[:PART])


def counts_of(sought: Sought) -> dict[str, int]:
    """How many per tab, of the newest `COUNT_CAP` that the other filters leave; one query."""
    asked = {f"n_{kind}": Count("pk", filter=Q(kind=kind, withdrawn_at=None)) for kind in KINDS} | {
        f"n_{WITHDRAWN}": Count("pk", filter=Q(withdrawn_at__isnull=False)),
        "n_": Count("pk"),
    }
    found = _narrowed(sought).order_by("-pk")[:COUNT_CAP].aggregate(**asked)
    return {tab: found[f"n_{tab}"] for tab in TABS}


def years_of(county_id: int) -> list[int]:
    """Years in which anything was published, newest first."""
    found = Snapshot.objects.filter(county_id=county_id)
    return [on.year for on in found.dates("published_on", "year", order="DESC")]


def categories_of(county_id: int) -> list[str]:
    """Categories that occur."""
    found = Snapshot.objects.filter(county_id=county_id).exclude(category="")
    return sorted(set(found.order_by().values_list("category", flat=True).distinct()))


def latest(size: int, *, county_id: int) -> tuple[Item, ...]:
    """The newest items that still stand."""
    found = Snapshot.objects.filter(county_id=county_id, withdrawn_at=None)
    rows = found.select_related("township").order_by("-pk")[:size]
    return tuple(shown(row) for row in rows)


def item_of(snapshot_id: int, *, county_id: int) -> Item | None:
    """One item, or None."""
    found = Snapshot.objects.filter(pk=snapshot_id, county_id=county_id)
    row = found.select_related("township").first()
    return shown(row) if row else None


def siblings_of(snapshot_id: int) -> tuple[Item, ...]:
    """What else was published about the same matter and still stands, in order."""
    about_id = Snapshot.objects.filter(pk=snapshot_id).values_list("about_id", flat=True).first()
    if about_id is None:
        return ()
    return tuple(one for one in about(about_id) if one.id != snapshot_id)


def about(matter_id: int) -> tuple[Item, ...]:
    """What was published about a matter and still stands, in order."""
    found = Snapshot.objects.filter(about_id=matter_id, withdrawn_at=None)
    return tuple(shown(row) for row in found.select_related("township").order_by("pk"))


def _narrowed(sought: Sought) -> QuerySet[Snapshot]:
    found = Snapshot.objects.filter(county_id=sought.county_id)
    standing = Q(withdrawn_at=None)
    if sought.town:
        found = found.filter(standing, township_id=int(sought.town))
    if sought.category:
        found = found.filter(standing, category=sought.category)
    if sought.year:
        found = found.filter(published_on__year=int(sought.year))
    for word in normalise(sought.term).split():
        # The words of a withdrawn item must not be guessed from what is found.
        found = found.filter(Q(standing, search_text__contains=word) | Q(number__contains=word))
    return found


def _in_tab(found: QuerySet[Snapshot], tab: str) -> QuerySet[Snapshot]:
    if tab == WITHDRAWN:
        return found.filter(withdrawn_at__isnull=False)
    return found.filter(kind=tab, withdrawn_at=None) if tab else found
