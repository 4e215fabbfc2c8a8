"""How many persons the location system still counts below at a mine."""

from datetime import datetime, timedelta

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.crews.tables import WHOLE_MINE, Headcount
from bihuan.places.models import Site
from bihuan.regulations.values import value_of

STALE = "crew.stale_minutes"


def persons_below(site: Site, *, now: datetime) -> int | None:
    """Persons below by the newest count of that mine.

    None where nothing counts them, and where the newest count is so old that the system is taken
    for interrupted: an interrupted system says neither that somebody is below nor that nobody is.
    """
    counts = Headcount.objects.filter(site=site, area=WHOLE_MINE, at__lte=now)
    newest = counts.filter(report__is_current=True).order_by("-at").first()
    if newest is None:
        return None
    on = now.astimezone(SHANGHAI).date()
    stale = value_of(STALE, region_path=site.region.path_ids, on=on)
    if stale.is_set and now - newest.at > timedelta(minutes=stale.amount):
        return None
    return newest.count
