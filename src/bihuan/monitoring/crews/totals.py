"""How many different persons went down for a shift, by their cards; re-entry counts once."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from bihuan.monitoring.crews.faces import Roster, day_of
from bihuan.monitoring.crews.tables import WHOLE_MINE, Headcount, Presence, ShiftTotal
from bihuan.telemetry.crews.shifts import Span


class CardIn(NamedTuple):
    """A card that came for a shift, in an area of the mine."""

    card: str
    area: str
    from_at: datetime


def count_shifts(roster: Roster, *, at: datetime) -> None:
    """Count the shifts that a report at that moment may touch."""
    spans = {roster.span_at(at), roster.span_of_stay(at)}
    for span in spans:
        if span is not None:
            _count(roster, span)


def cards_in(roster: Roster, span: Span, *, area: str = WHOLE_MINE) -> list[CardIn]:
    """Stays of those who came for a shift, in an area or in all, in order of time."""
    rows = Presence.objects.filter(
        site=roster.site,
        entered_at__gte=span.begins_at - roster.lead(span.on),
        entered_at__lt=span.ends_at,
    )
    if area != WHOLE_MINE:
        rows = rows.filter(area=area)
    found = rows.order_by("from_at", "id").values_list("card", "area", "from_at", "entered_at")
    return [
        CardIn(card, where, from_at)
        for card, where, from_at, entered_at in found
        if roster.span_of_stay(entered_at) == span
    ]


def persons_in(stays: Iterable[CardIn]) -> int:
    """Different cards."""
    return len({one.card for one in stays})


def _count(roster: Roster, span: Span) -> None:
    here = Headcount.objects.filter(
        site=roster.site,
        area=WHOLE_MINE,
        at__gte=span.begins_at,
        at__lt=span.ends_at,
        report__is_current=True,
    )
    highest = here.order_by("-count", "at").first()
    ShiftTotal.objects.update_or_create(
        site=roster.site,
        begins_at=span.begins_at,
        shift=span.name,
        defaults={
            "on": day_of(span.begins_at),
            "ends_at": span.ends_at,
            "persons": persons_in(cards_in(roster, span)),
            "peak": highest.count if highest else 0,
            "peak_at": highest.at if highest else None,
        },
    )
