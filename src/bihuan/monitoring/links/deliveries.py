"""What the ingest took in, as sources that were heard: mines that send files need no other door."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched, groupby
from operator import itemgetter
from typing import Final

from django.db import transaction

from bihuan.database.turns import turn_to_write
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
TOGETHER: Final = 20  # mines; whoever else writes waits as long as these take


def hear_deliveries(*, now: datetime) -> int:
    """Hear every mine's files that came since they were last looked at; how many were."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("beat_at", flat=True).first()
    if last is not None and timedelta(0) <= now - last < EVERY:
        return 0
    known = {one.name: one for one in Followed.objects.filter(name__startswith=mark_of(""))}
    heard = 0
    for some in batched(Site.objects.exclude(code="").order_by("pk"), TOGETHER):
        with turn_to_write(), transaction.atomic():
            heard += sum(_of_mine(site, known) for site in some)
    Heartbeat.objects.update_or_create(
        name=BEAT, defaults={"beat_at": now, "note": f"新听到 {heard} 个文件"}
    )
    return heard


def _of_mine(site: Site, known: dict[str, Followed]) -> int:
    mark = known.get(mark_of(site.code)) or Followed(name=mark_of(site.code))
    found = _came_since(mark.commit, mine=site.code)
    for one in _unbroken(found):
        hear(site, one)
    if found:
        mark.commit = found[-1][2]  # more may have come in that very second: it is heard again
        mark.save()
    return len(found)


def _unbroken(found: list[tuple[str, int, int]]) -> Iterator[Heard]:
    """Files of a system whose moments lie near each other are heard as one, in any order."""
    by = dialect()
    spans = {"CDSS": by.silence_min_s, "RYSS": by.persons_stale_s}
    for kind, each in groupby(sorted(found), key=itemgetter(0)):
        every = timedelta(seconds=spans[kind])
        held: Heard | None = None
        for at in filter(None, (moment_of(seconds) for _kind, seconds, _received in each)):
            if held is not None and at - held.end <= every:
                held = replace(held, end=at)
                continue
            if held is not None:
                yield held
            held = Heard(system=SYSTEM_OF[kind], object="", start=at, end=at, every=every)
        if held is not None:
            yield held


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
