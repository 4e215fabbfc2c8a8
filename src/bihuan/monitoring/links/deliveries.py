"""What the ingest took in, as sources that were heard: mines that send files need no other door."""

from datetime import datetime, timedelta
from typing import Final

from bihuan.matters.models import Heartbeat
from bihuan.monitoring.alarms.readings import ledger_folder, moment_of
from bihuan.monitoring.alarms.tables import Followed
from bihuan.monitoring.links.hearing import SYSTEM_OF, Heard, hear, mark_of
from bihuan.places.models import Site
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.store.glance import received_since

EVERY: Final = timedelta(minutes=1)
BEAT: Final = "links"
AT_ONCE: Final = 2000


def hear_deliveries(*, now: datetime) -> int:
    """Hear every mine's files that came since they were last looked at; how many were."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("beat_at", flat=True).first()
    if last is not None and timedelta(0) <= now - last < EVERY:
        return 0
    heard = sum(_of_mine(site) for site in Site.objects.exclude(code="").order_by("pk"))
    Heartbeat.objects.update_or_create(
        name=BEAT, defaults={"beat_at": now, "note": f"新听到 {heard} 个文件"}
    )
    return heard


def _of_mine(site: Site) -> int:
    mark, _is_new = Followed.objects.get_or_create(name=mark_of(site))
    found = _came_since(mark.commit, mine=site.code)
    by = dialect()
    spans = {
        "safety": timedelta(seconds=by.silence_min_s),
        "location": timedelta(seconds=by.persons_stale_s),
    }
    for kind, seconds, _received in found:
        at, system = moment_of(seconds), SYSTEM_OF[kind]
        if at is not None:
            hear(site, Heard(system=system, object="", start=at, end=at, every=spans[system]))
    if found:
        mark.commit = found[-1][2]  # more may have come in that very second: it is heard again
        mark.save()
    return len(found)


def _came_since(since: int, *, mine: str) -> list[tuple[str, int, int]]:
    """Files since a second, not many more than `AT_ONCE`, but never only those of that second.

    A day's files that come at once, after a break, would be heard anew for ever.
    """
    limit = AT_ONCE
    while True:
        found = received_since(ledger_folder(), mine, since, kinds=tuple(SYSTEM_OF), limit=limit)
        if len(found) < limit or found[-1][2] > since:
            return found
        limit *= 2
