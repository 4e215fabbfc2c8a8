"""How far a mine's system goes: positions by face, or not yet, or nothing for now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from bihuan.monitoring.crews.faces import Roster, day_of
from bihuan.monitoring.crews.tables import Headcount, PositionReport

_LOOK_BACK: Final = timedelta(days=7)


class Standing(Enum):
    """The word that users read."""

    BY_FACE = "定位到面"
    TO_UPGRADE = "待升级"
    INTERRUPTED = "系统中断"
    NOTHING = "未接入"
    NO_FACES = "未登记工作面"
    OPEN_PIT = "露天"


@dataclass(frozen=True, kw_only=True)
class Told:
    """How a mine stands, and its newest report."""

    standing: Standing
    report: PositionReport | None


def standing_of(roster: Roster, *, now: datetime, is_open_pit: bool) -> Told:
    """AY-29-11: persons underground and none of them at a registered face for a week: 待升级."""
    reports = PositionReport.objects.filter(site=roster.site, is_current=True)
    newest = reports.order_by("-at").first()
    return Told(standing=_standing(roster, newest, now=now, is_open_pit=is_open_pit), report=newest)


def _standing(
    roster: Roster, newest: PositionReport | None, *, now: datetime, is_open_pit: bool
) -> Standing:
    if is_open_pit:
        return Standing.OPEN_PIT
    if newest is None:
        return Standing.NOTHING
    on = day_of(newest.at)
    faces = roster.faces(on)
    stale = roster.stale_after(on)
    lately = Headcount.objects.filter(
        site=roster.site, at__gt=newest.at - _LOOK_BACK, report__is_current=True
    )
    if not lately.exclude(area="").filter(area__in=faces).exists():
        somebody = lately.filter(area="", count__gt=0).exists()
        if somebody and (faces or not lately.exclude(area="").exists()):
            return Standing.TO_UPGRADE
        if not faces:
            return Standing.NO_FACES
    if stale is not None and now - newest.at > stale:
        return Standing.INTERRUPTED
    return Standing.BY_FACE
