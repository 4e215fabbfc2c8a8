"""大班次: a mine of which a shift was that large is marked, until a person takes it away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared
from bihuan.matters.models import Facts, Heartbeat, Matter, Record
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.crews import ledgers
from bihuan.monitoring.crews.faces import day_of, label_of
from bihuan.monitoring.crews.limits import LARGE_FROM, number_of
from bihuan.monitoring.crews.loops import LARGE_SHIFT
from bihuan.monitoring.crews.tables import ShiftTotal
from bihuan.monitoring.mines import profiles_on
from bihuan.places.models import Site

BEAT: Final = "large_shifts"
EVERY: Final = timedelta(minutes=5)
BOUNDARY: Final = "边界值"


@dataclass(frozen=True, kw_only=True)
class Large:
    """A shift that is that large, and who counted it."""

    on: date
    shift: str
    persons: int
    source: str


def marked_sites() -> dict[int, dict[str, Any]]:
    """Facts of the mark in force, by site id."""
    rows = Facts.objects.filter(matter__kind=LARGE_SHIFT, matter__is_open=True)
    return dict(rows.values_list("matter__site_id", "data"))


def mark_large_shifts(*, now: datetime) -> int:
    """Mark every coal mine with such a shift since a mark was last taken away; how many."""
    on = day_of(now)
    marked, profiles = set(marked_sites()), profiles_on(on)
    opened = 0
    for site in Site.objects.filter(kind=Site.Kind.COAL).select_related("region").order_by("pk"):
        profile = profiles.get(site.pk)
        if site.pk in marked or (profile is not None and profile.is_open_pit):
            continue
        least = number_of(LARGE_FROM, region_path=site.region.path_ids, on=on)
        if least is None:
            continue
        found = next(_large(site, least, since=_last_removed(site.pk)), None)
        if found is not None:
            _mark(site, found, least=least, now=now)
            opened += 1
    return opened


def mark_now_and_then(*, now: datetime) -> None:
    """A round of the worker: look when the last look is long enough ago."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("beat_at", flat=True).first()
    if last is not None and timedelta(0) <= now - last < EVERY:
        return
    note = f"新标记 {mark_large_shifts(now=now)} 处"
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": now, "note": note})


def _large(site: Site, least: int, *, since: date | None) -> Iterator[Large]:
    """Shifts from that size, the earliest first: those located, then those counted otherwise."""
    located = ShiftTotal.objects.filter(site=site, persons__gte=least)
    counted = Record.objects.filter(
        ledger=ledgers.SHIFT_COUNT, site=site, is_void=False, facts__persons__gte=least
    )
    if since is not None:
        located, counted = located.filter(on__gt=since), counted.filter(valid_from__gt=since)
    for one in located.order_by("begins_at")[:1]:
        yield Large(on=one.on, shift=one.shift, persons=one.persons, source="人员定位")
    for record in counted.order_by("valid_from", "id")[:1]:
        facts = record.facts
        yield Large(
            on=record.valid_from or since or date.min,
            shift=str(facts["shift"]),
            persons=int(facts["persons"]),
            source=label_of(ledgers.SOURCES, str(facts["source"])),
        )


def _last_removed(site_id: int) -> date | None:
    """The day on which a mark was last taken away: shifts up to it were known then."""
    gone = Matter.objects.filter(kind=LARGE_SHIFT, site=site_id, is_open=False)
    closed_at = gone.order_by("-closed_at").values_list("closed_at", flat=True).first()
    return day_of(closed_at) if closed_at else None


def _mark(site: Site, found: Large, *, least: int, now: datetime) -> None:
    boundary = f"（{BOUNDARY}）" if found.persons == least else ""
    told = {
        "site": site.pk,
        "title": f"{site.short_name or site.name}大班次：{found.on} {found.shift}"
        f"{found.persons}人{boundary}",
        "persons": found.persons,
        "shift_on": found.on.isoformat(),
        "shift": found.shift,
        "source": found.source,
        "situation": f"{found.on} {found.shift}单班入井{found.persons}人{boundary}，"
        f"达到{least}人（来源：{found.source}）。以后班次变小不影响标记。",
    }

    def prepare(case: Case) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        for key, value in told.items():
            case.set(key, value)

    with engine_writes():
        # Two rounds at once: the second finds the mark of the first.
        Site.objects.select_for_update(of=("self",), no_key=True).get(pk=site.pk)
        if Matter.objects.filter(kind=LARGE_SHIFT, site=site, is_open=True).exists():
            return
        open_prepared(
            catalog().loop(LARGE_SHIFT),
            by=CLOCK,
            now=now,
            recorded_at=now,
            at_stage="",
            prepare=prepare,
        )


def is_boundary(facts: dict[str, Any], *, least: int | None) -> bool:
    """Whether the marked shift is exactly as large as the least."""
    return least is not None and facts.get("persons") == least


def when_text(moment: datetime) -> str:
    """A moment to the minute, in Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
