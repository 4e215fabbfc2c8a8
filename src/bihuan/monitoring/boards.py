"""Boards (看板): a list of places with a state per row, figures above it and a file of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from bihuan.accounts.actors import Actor
from bihuan.language.clock import SHANGHAI
from bihuan.language.pack import Value
from bihuan.matters.identity import to_code
from bihuan.matters.models import Record
from bihuan.matters.records import valid_on
from bihuan.places.models import Region, Site
from bihuan.regulations.values import value_of

OFFICIALS = ("watch", "office", "leader", "inspector", "handler", "head")
MINE = ("dispatcher", "firm")
READERS = OFFICIALS + MINE


class Chip(NamedTuple):
    """A state: its word, and the tone of the kit (done, doing, todo, late, plain)."""

    label: str
    tone: str = "plain"


class Link(NamedTuple):
    """A text that leads somewhere, with a line below it."""

    text: str
    url: str = ""
    sub: str = ""


type Cell = str | int | Chip | Link | None


@dataclass(frozen=True, kw_only=True)
class Head:
    """One column; kinds as `ui.ledger` knows them: text, title, link, number, chip, date."""

    key: str
    label: str
    kind: str = "text"
    none: str = ""  # what a cell without a value means, where nobody forgot to fill it in


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: what its columns hold by key, and where its buttons lead."""

    id: int | str
    name: str
    cells: dict[str, Cell]
    actions: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure above the list, with what it was made of."""

    label: str
    value: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a board shows now: rows in their order, figures, sentences to be read first."""

    rows: Sequence[Row]
    figures: Sequence[Figure] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the reader of a board may see: sites of his regions, or of his firm alone."""

    by: Actor
    now: datetime
    read_by: tuple[str, ...] = READERS
    on: date | None = None  # the day that was asked for
    only: int = 0  # the one site that a page is about

    @property
    def day(self) -> date:
        """The day that a board by days is about: what was asked for, else today."""
        return self.on or self.today

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    @cached_property
    def reach(self) -> Q:
        """The condition on a site."""
        found = Q(pk__in=())
        for held in self.by.held:
            if held.role not in self.read_by:
                continue
            if held.role in MINE:
                found |= Q(firm_id=held.unit_id)
            else:
                found |= Q(region__path__contains=f"/{held.region_id}/")
        return found & Q(pk=self.only) if self.only else found

    def sites(self, *kinds: str) -> QuerySet[Site]:
        """Sites in reach that are in being today, by region and name; of these kinds, or all."""
        opened = Q(opened_on=None) | Q(opened_on__lte=self.today)
        lasting = Q(closed_on=None) | Q(closed_on__gt=self.today)
        found = Site.objects.filter(self.reach, opened, lasting).select_related("region")
        return (found.filter(kind__in=kinds) if kinds else found).order_by("region__path", "name")

    def records(self, ledger: str) -> QuerySet[Record]:
        """Records of sites in reach that hold today, the oldest first."""
        mine = Site.objects.filter(self.reach).order_by().values("pk")
        found = valid_on(self.today).filter(ledger=ledger, site_id__in=mine)
        return found.select_related("site__region").order_by("id")

    def regional(self, ledger: str) -> QuerySet[Record]:
        """Records about no site of the regions held by an official, the oldest first."""
        here = Q(pk__in=())
        for held in self.by.held:
            if held.role in self.read_by and held.role not in MINE:
                here |= Q(region__path__contains=f"/{held.region_id}/")
        found = valid_on(self.today).filter(here, ledger=ledger)
        return found.select_related("region").order_by("id")

    def value(self, key: str, *, site: Site) -> Value:
        """A pack parameter as in force at a site today."""
        return value_of(key, region_path=site.region.path_ids, on=self.today)

    def region(self) -> Region | None:
        """The first region held, where parameters of a whole board are looked up."""
        held = [one for one in self.by.held if one.role in self.read_by]
        return Region.objects.filter(pk=held[0].region_id).first() if held else None

    def setting(self, key: str) -> Value:
        """A pack parameter as in force in the first region held."""
        region = self.region()
        return value_of(key, region_path=region.path_ids if region else (), on=self.today)


@dataclass(frozen=True, kw_only=True)
class Board:
    """One board; `look` gets the scope and gives what is shown. It reads, it never writes.

    `ledgers` are where its rows are registered: they are reached from here, not from the menu.
    """

    key: str
    label: str
    heads: tuple[Head, ...]
    look: Callable[[Scope], Shown]
    state: str = ""  # the column by which rows are chosen
    ledgers: tuple[str, ...] = ()
    pages: tuple[Link, ...] = ()  # that show the same otherwise: their label and route
    read_by: tuple[str, ...] = READERS
    by_day: bool = False  # the reader may ask for another day
    of_sites: bool = True  # its rows are about one site each, and stand on that site's page
    empty: str = "辖区内没有要列的对象"
    basis: tuple[str, ...] = field(default=())


def readable(boards: Iterable[Board], *, by: Actor) -> list[Board]:
    """Boards that an actor may read, in their order."""
    return [board for board in boards if set(board.read_by) & by.roles]


def text_of(cell: Cell) -> str:
    """A cell as a file holds it."""
    if isinstance(cell, Chip):
        return cell.label
    if isinstance(cell, Link):
        return f"{cell.text}（{cell.sub}）" if cell.sub else cell.text
    return "" if cell is None else str(cell)


def drawn(cell: Cell, *, kind: str) -> Any:
    """A cell as the list draws it in a column of that kind."""
    if isinstance(cell, str) and cell and kind in ("title", "two", "link"):
        return {"text": cell, "url": "", "sub": ""}
    if isinstance(cell, Chip):
        return {"label": cell.label, "tone": cell.tone}
    if isinstance(cell, Link):
        return {"text": cell.text, "url": cell.url, "sub": cell.sub}
    return cell


def site_cell(site: Site) -> Link:
    """The first cell of a row about a site."""
    return Link(site.name, reverse("monitoring:site", args=(site.pk,)), site.region.name)


def site_of(record: Record) -> Site:
    """The site that a record of a ledger about sites is about."""
    if record.site is None:
        raise ValueError(f"record {record.pk!r} is about no site")
    return record.site


def record_link(record: Record, *, text: str = "", sub: str = "") -> Link:
    """A record's title that leads to its page."""
    url = reverse("desk:record", args=(record.ledger, to_code(record.pk)))
    return Link(text or record.title, url, sub)


def register_link(ledger: str, label: str = "登记", /, **proposed: str | int) -> Link:
    """A button that opens the form of a new record with what the row already knows."""
    query = urlencode({key: value for key, value in proposed.items() if value != ""})
    return Link(label, f"{reverse('desk:record_new', args=(ledger,))}?{query}")


def served(boards: Iterable[Board]) -> tuple[tuple[str, str], ...]:
    """Pairs (clause, screen) for the trace."""
    return tuple((clause, f"board:{board.key}") for board in boards for clause in board.basis)
