"""Entries at the gates: kept once, and those that contradict each other."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bihuan.language.clock import SHANGHAI
from bihuan.matters.refusals import Refused
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.crews.faces import day_of
from bihuan.monitoring.crews.limits import number_of
from bihuan.monitoring.crews.tables import EntryRecord
from bihuan.places.models import Site
from bihuan.telemetry.crews.entering import Conflict, Contradiction, Entry, conflicts

AHEAD = timedelta(minutes=10)


def store_entries(site: Site, entries: Sequence[Entry], *, now: datetime) -> int:
    """Keep what isn't there yet; how many were new. Raises Refused for a moment to come."""
    if any(one.at > now + AHEAD for one in entries):
        raise Refused("有入井时间比现在晚10分钟以上，没有收下。请校准上传系统的时钟后再发。")
    rows = {
        one: EntryRecord(site=site, at=one.at, point=one.point, card=one.card, person=one.person)
        for one in entries
    }
    with engine_writes():
        before = EntryRecord.objects.filter(site=site).count()
        EntryRecord.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=200)
        return EntryRecord.objects.filter(site=site).count() - before


def conflicts_at(site: Site, *, since: datetime, until: datetime) -> list[Conflict]:
    """Entries of a time that can't both be right; none where no window is set."""
    on = day_of(until)
    minutes = number_of("entry.conflict_minutes", region_path=site.region.path_ids, on=on)
    if minutes is None:
        return []
    window = timedelta(minutes=minutes)
    rows = EntryRecord.objects.filter(site=site, at__gte=since - window, at__lte=until)
    entries = [Entry(*row) for row in rows.values_list("at", "point", "card", "person")]
    return conflicts(entries, window=window)


def conflict_key(one: Conflict) -> str:
    """What names a conflict for good."""
    return f"{one.kind}:{one.who}:{one.second.at:%Y%m%d%H%M%S}"[:80]


def conflict_text(one: Conflict) -> str:
    """The conflict as a person reads it."""
    first, second = one.first, one.second
    times = f"{first.at.astimezone(SHANGHAI):%H:%M:%S}和{second.at.astimezone(SHANGHAI):%H:%M:%S}"
    day = f"{second.at.astimezone(SHANGHAI):%Y-%m-%d}"
    if one.kind is Contradiction.TWO_CARDS:
        return (
            f"{day} 工号{one.who}在{times}用了两张卡："
            f"{first.card}（{first.point}）、{second.card}（{second.point}）。"
        )
    return f"{day} 人员卡{one.who}在{times}出现在两个入井口：{first.point}、{second.point}。"
