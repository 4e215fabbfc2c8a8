"""Identification at the entry points of a mine: which have it, and what contradicts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.language.clock import SHANGHAI
from bihuan.matters.grounds import SiteGround
from bihuan.matters.records import valid_on
from bihuan.monitoring.crews import ledgers
from bihuan.monitoring.crews.entries import conflict_key, conflict_text, conflicts_at
from bihuan.monitoring.crews.faces import label_of
from bihuan.places.models import Site
from bihuan.telemetry.crews.entering import coverage_percent

_WATCH = "entry_conflict"
WAITING_MAX = 1_000  # nobody reads a larger number than that


@dataclass(frozen=True, kw_only=True)
class EntryPoint:
    """An entry point; `is_covered` when it has a method that has begun."""

    name: str
    method: str
    started_on: str
    is_covered: bool


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A mine's entry points on a day; `waiting` conflicts have no decision yet."""

    points: tuple[EntryPoint, ...]
    waiting: int

    @property
    def covered(self) -> int:
        """How many have identification."""
        return sum(point.is_covered for point in self.points)

    @property
    def percent_text(self) -> str:
        """Whole percent, or 未登记."""
        percent = coverage_percent(self.covered, of=len(self.points))
        return "未登记" if percent is None else f"{percent} %"

    @property
    def state(self) -> tuple[str, str]:
        """已覆盖 only when every entry point has it; with its tone."""
        if not self.points:
            return "未登记", "todo"
        is_covered = self.covered == len(self.points)
        return ("已覆盖", "done") if is_covered else ("未覆盖", "late")


@dataclass(frozen=True, kw_only=True)
class ConflictTold:
    """A conflict and what became of it; `proposal` is the matter where it is decided."""

    text: str
    state: str
    proposal: int | None


def identity_of(site: Site, *, on: date) -> Identity:
    """What is registered on a day, and how many conflicts wait."""
    rows = valid_on(on).filter(ledger=ledgers.ENTRY_POINT, site_id=site.pk)
    points = {
        str(facts["name"]): _point(facts, on=on)
        for facts in rows.order_by("valid_from", "id").values_list("facts", flat=True)
    }
    found = SiteGround.objects.filter(watch=_WATCH, site=site, proposal__is_open=True)
    waiting = len(found.values_list("pk", flat=True)[:WAITING_MAX])
    return Identity(points=tuple(points[name] for name in sorted(points)), waiting=waiting)


def conflicts_told(site: Site, *, on: date) -> list[ConflictTold]:
    """Conflicts of a day, each waiting for its explanation or decided."""
    begin = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
    found = conflicts_at(site, since=begin, until=begin + timedelta(days=1))
    grounds = {
        ground.key: ground.proposal
        for ground in SiteGround.objects.filter(watch=_WATCH, site=site).select_related("proposal")
    }
    told = []
    for one in found:
        if one.second.at < begin:
            continue
        proposal = grounds.get(conflict_key(one))
        is_decided = proposal is not None and not proposal.is_open
        told.append(
            ConflictTold(
                text=conflict_text(one),
                state="已说明" if is_decided else "待说明",
                proposal=proposal.pk if proposal is not None else None,
            )
        )
    return told


def _point(facts: dict[str, Any], *, on: date) -> EntryPoint:
    method, started_on = str(facts["method"]), str(facts.get("started_on") or "")
    return EntryPoint(
        name=str(facts["name"]),
        method=label_of(ledgers.METHODS, method),
        started_on=started_on,
        is_covered=method != "none" and bool(started_on) and started_on <= on.isoformat(),
    )
