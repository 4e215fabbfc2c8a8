"""The other six words and three of their parts: Ledger, Duty, Limit, Indicator, Rule, Report."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bihuan.language.field import Field
from bihuan.language.parameter import Option


@dataclass(frozen=True, kw_only=True)
class Population:
    """Who is owed or owes something on a day. `members` gets (region ids, day) and yields ids."""

    key: str
    label: str
    member: str  # site | unit | person
    members: Callable[..., list[int]]
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A kind of record with typed fields, kept in versions; `expected` tells who owes one."""

    key: str
    label: str
    fields: tuple[Field, ...]
    write_by: tuple[str, ...]
    title: str
    subject: str = ""  # site | unit | person: what a record is about
    expected: str = ""  # population key
    slots: tuple[str, ...] = ()  # field keys that are filled one by one, or 不涉及 with a reason
    is_open_list: bool = False  # its records serve as options of a field
    guards: tuple[Any, ...] = ()
    remark: Callable[..., str] | None = None  # (record, now): said on a record's page, or ""
    basis: tuple[str, ...] = ()


class Period(StrEnum):
    """How often a duty falls due."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Who owes what until when, and which record proves it."""

    key: str
    label: str
    population: str
    period: Period
    proof_ledger: str
    proof: Callable[[dict[str, Any]], bool]
    due_param: Callable[[Any], str] | str = ""
    split_by: str = ""
    basis: tuple[str, ...] = ()


class Comparison(StrEnum):
    """How a reading is compared with a limit: the sources' own signs."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A threshold on a series of readings. Numbers are pack keys, never written here."""

    key: str
    label: str
    op: Comparison
    param: str
    release_param: str
    unit: str
    delay_param: str = ""
    response_param: str = ""
    level: str = ""
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A value computed from records, with its formula and what was counted and left out."""

    key: str
    label: str
    formula: str
    unit: str
    compute: Callable[..., Any]
    target_param: str = ""
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A condition on records that opens a Proposal; a person decides on it.

    `grounds` gets a case and the moment and returns {key: evidence} for what holds now.
    `on` says when it is looked at: rung acts of a ladder ("propose") or steps by key.
    """

    key: str
    label: str
    kind: str
    grounds: Callable[..., dict[str, dict[str, Any]]]
    on: tuple[str, ...]
    confirms: str  # step of the matter that a confirmed proposal takes
    decide_by: tuple[str, ...]
    still_holds: Callable[..., bool] | None = None  # (case, ground): else the proposal ceases
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a watch saw at one site: the snapshot that its proposal is opened with.

    `key` names the ground for good: what a person decided on is never opened again, so a ground
    that may come back carries its day; of a state that lasts the key is "state/day". `figures` are
    (name, value with its unit) as a person reads them; `chart` is what the page draws: {"unit",
    "points": [[label, value or None]], "band"}.
    """

    site: int
    key: str
    label: str
    text: str
    figures: tuple[tuple[str, str], ...] = ()
    chart: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A Rule about a site: what records and readings show there opens a proposal (研判).

    `look` gets the moment and yields findings over all sites; it reads, it never writes. A person
    decides: confirming names one of `codes` where there are any and opens a matter of each kind
    in `opens` beside the proposal. With `ceases` an open proposal whose key isn't found any more
    is closed as 情形消失. With `gathers` further days of a state join the proposal that is open at
    the site: what lasts is no proposal each day. An act or an event stays a proposal of its own.
    """

    key: str
    label: str
    look: Callable[..., Any]
    decide_by: tuple[str, ...]
    codes: tuple[Option, ...] = ()
    opens: tuple[str, ...] = ()
    ceases: bool = False
    gathers: bool = False
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a report; `corrected` notes the source's own wording when it had a slip."""

    key: str
    label: str
    width: int = 12
    source_wording: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A statutory table: columns, period, cut-off, and the query behind its rows."""

    key: str
    label: str
    columns: tuple[Column, ...]
    rows: Callable[..., list[Any]]
    read_by: tuple[str, ...]
    issue_by: tuple[str, ...]
    period: Period = Period.DAILY
    notes: tuple[str, ...] = ()
    empty: str = "当日无线索"
    may_issue: Callable[..., str] | None = None
    is_live: bool = False
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """An official paper: its number series, copies and the facts that fill it."""

    key: str
    label: str
    series: Any
    copies: tuple[str, ...]
    fill: Callable[..., Any]
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What of a matter becomes public: a frozen redacted snapshot released by another person."""

    key: str
    label: str
    loop: str  # kind of the child matter that carries it
    snapshot: Callable[..., dict[str, Any]]
    draft: Callable[..., dict[str, Any]] | None = None  # what its forms propose, by field
    caution: Callable[..., str] | None = None  # what its forms warn of; empty when of nothing
    basis: tuple[str, ...] = ()
