"""What is registered about mines, read for watches: stops, baselines, plans, targets."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Record
from bihuan.monitoring.activity import ledgers


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A stop order and its acceptance."""

    id: int
    kind: str
    ordered_at: datetime
    accepted_on: date | None
    paper: str

    def covers(self, moment: datetime) -> bool:
        """Whether the mine may not produce at that moment."""
        here = moment.astimezone(SHANGHAI)
        return self.ordered_at <= here and not (
            self.accepted_on is not None and here.date() >= self.accepted_on
        )


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A stop that was told beforehand."""

    from_at: datetime
    until_at: datetime
    why: str

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.from_at <= moment < self.until_at


def stops_of(sites: Collection[int]) -> dict[int, list[Stop]]:
    """Stop orders of sites, each with its acceptance where there is one."""
    found = defaultdict(list)
    for site, record in _records(ledgers.STOP_ORDER, sites):
        facts = record.facts
        found[site].append(
            Stop(
                id=record.pk,
                kind=facts["kind"],
                ordered_at=datetime.fromisoformat(facts["ordered_at"]).astimezone(SHANGHAI),
                accepted_on=_day(facts.get("accepted_on")),
                paper=facts.get("paper", ""),
            )
        )
    return dict(found)


def planned_stops(sites: Collection[int]) -> dict[int, list[Planned]]:
    """Stops told beforehand, by site."""
    found = defaultdict(list)
    for site, record in _records(ledgers.PLANNED_STOP, sites):
        facts = record.facts
        found[site].append(
            Planned(
                from_at=datetime.fromisoformat(facts["from_at"]),
                until_at=datetime.fromisoformat(facts["until_at"]),
                why=facts.get("why", ""),
            )
        )
    return dict(found)


def facts_in_force(
    ledger: str, sites: Collection[int], *, first: date, last: date
) -> dict[int, list[Record]]:
    """Records that hold on a day between two, by site, the oldest first."""
    found = defaultdict(list)
    for site, record in _records(ledger, sites):
        begun = record.valid_from is None or record.valid_from <= last
        lasting = record.valid_until is None or record.valid_until >= first
        if begun and lasting:
            found[site].append(record)
    return dict(found)


def holds_on(record: Record, day: date) -> bool:
    """Whether a record is in force on a day."""
    begun = record.valid_from is None or record.valid_from <= day
    return begun and (record.valid_until is None or record.valid_until >= day)


def amount_of(record: Record, key: str = "amount") -> Decimal | None:
    """A number of a record, None where none was given."""
    told: Any = record.facts.get(key)
    return None if told in (None, "") else Decimal(str(told))


def all_of(ledger: str, sites: Collection[int]) -> dict[int, list[Record]]:
    """Every record that isn't void, by site."""
    found = defaultdict(list)
    for site, record in _records(ledger, sites):
        found[site].append(record)
    return dict(found)


def _records(ledger: str, sites: Collection[int]) -> Iterator[tuple[int, Record]]:
    rows = Record.objects.filter(ledger=ledger, site_id__in=list(sites), is_void=False)
    for record in rows.order_by("pk"):
        if record.site_id is not None:
            yield record.site_id, record


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
