"""From reports to presences: who is in which area from when to when, whatever order they come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from bihuan.database import rows
from bihuan.monitoring.crews.tables import PositionReport, Presence

_TRUSTED: Final = timedelta(days=2)  # an entry further back than that is a fault of a clock


@dataclass(frozen=True, kw_only=True)
class Position:
    """A card underground as a report has it; the moments where the system tells them."""

    card: str
    area: str = ""
    entered_at: datetime | None = None
    area_entered_at: datetime | None = None
    spot: str = ""


def take_presences(report: PositionReport, positions: Mapping[str, Position]) -> None:
    """Carry on, end and begin presences; a report that comes late fills what it finds empty."""
    later = PositionReport.objects.filter(site=report.site_id, at__gt=report.at, is_current=True)
    following = later.order_by("at").values_list("at", flat=True).first()
    if following is None:
        _carry_on(report, positions)
    else:
        _fill_in(report, positions, until_at=following)


def present_at(site_id: int, moment: datetime) -> QuerySet[Presence]:
    """Who was underground at the moment of a report."""
    lasting = Q(until_at=None) | Q(until_at__gt=moment)
    return Presence.objects.filter(lasting, site=site_id, from_at__lte=moment)


def _carry_on(report: PositionReport, positions: Mapping[str, Position]) -> None:
    at = report.at
    known = {one.card: one for one in Presence.objects.filter(site=report.site_id, until_at=None)}
    begun, stayed, moved = [], [], []
    for card, told in positions.items():
        before = known.pop(card, None)
        if before is not None and before.area == told.area:
            stayed.append(before.pk)
            if told.spot != before.spot:
                before.spot, before.spot_since = told.spot, at
                moved.append(before)
            continue
        begun.append(_begun(report, told, before=before))
        if before is not None:
            known[card] = before
    Presence.objects.filter(pk__in=stayed).update(seen_at=at)
    for one in moved:  # one statement with hundreds of cases takes ten times as long
        rows.update(one, ("spot", "spot_since"))
    Presence.objects.filter(pk__in=[one.pk for one in known.values()]).update(until_at=at)
    Presence.objects.bulk_create(begun, batch_size=200)


def _fill_in(
    report: PositionReport, positions: Mapping[str, Position], *, until_at: datetime
) -> None:
    there = {one.card: one for one in present_at(report.site_id, report.at)}
    fresh = [
        _begun(report, told, before=there.get(card), until_at=until_at)
        for card, told in positions.items()
        if card not in there or there[card].area != told.area
    ]
    Presence.objects.bulk_create(fresh, batch_size=200)


def _begun(
    report: PositionReport,
    told: Position,
    *,
    before: Presence | None,
    until_at: datetime | None = None,
) -> Presence:
    at = report.at
    from_at = at
    if until_at is None and _is_trusted(told.area_entered_at, at=at):
        earliest = before.seen_at if before is not None else at - _TRUSTED
        from_at = max(told.area_entered_at or at, earliest)
    if told.entered_at is not None and _is_trusted(told.entered_at, at=at):
        entered_at = told.entered_at
    else:
        entered_at = before.entered_at if before is not None else from_at
    return Presence(
        site_id=report.site_id,
        card=told.card,
        area=told.area,
        from_at=from_at,
        seen_at=at,
        until_at=until_at,
        entered_at=entered_at,
        spot=told.spot,
        spot_since=at,
    )


def _is_trusted(moment: datetime | None, *, at: datetime) -> bool:
    return moment is not None and at - _TRUSTED < moment <= at


def cards_of(presences: Iterable[Presence]) -> list[str]:
    """Different cards, in order."""
    return sorted({one.card for one in presences})
