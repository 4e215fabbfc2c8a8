"""A report of positions taken in: counts, presences, totals and alarms in one transaction."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bihuan.matters.refusals import Refused
from bihuan.matters.writing import engine_writes
from bihuan.monitoring.crews.alarms import judge
from bihuan.monitoring.crews.faces import Roster, day_of
from bihuan.monitoring.crews.presences import Position, take_presences
from bihuan.monitoring.crews.tables import WHOLE_MINE, DoubledCard, Headcount, PositionReport
from bihuan.monitoring.crews.totals import count_shifts
from bihuan.places.models import Site

AHEAD: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What became of a report; `alarms` are the ids of the matters that it opened."""

    total: int
    unplaced: int
    is_repeated: bool = False
    alarms: tuple[int, ...] = ()


def store_report(
    site: Site, *, at: datetime, positions: Iterable[Position], channel: str, now: datetime
) -> Stored:
    """Take in who is underground at a mine at a moment; sent twice it counts once.

    Raises Refused for a moment to come. Of two different reports of one moment the later sent
    counts, both stay.
    """
    if at > now + AHEAD:
        raise Refused("数据时间比现在晚10分钟以上，没有收下。请校准上传系统的时钟后再发。")
    told = list(positions)
    sent = sorted(told, key=_order)
    digest = _digest(sent)
    by_card = {one.card: one for one in told}  # of several of a card the last counts
    with engine_writes():
        # Reports of one mine are taken one after another.
        here = Site.objects.select_for_update(of=("self",), no_key=True).select_related("region")
        roster = Roster(site=here.get(pk=site.pk))
        same = PositionReport.objects.filter(site=site, at=at)
        total = len(by_card)
        unplaced = _unplaced(by_card.values(), roster=roster, at=at)
        if same.filter(digest=digest).exists():
            return Stored(total=total, unplaced=unplaced, is_repeated=True)
        same.update(is_current=False)
        report = PositionReport.objects.create(
            site=site,
            at=at,
            arrived_at=now,
            digest=digest,
            channel=channel,
            total=total,
            unplaced=unplaced,
        )
        _count(report, by_card)
        _note_doubled(report, sent)
        take_presences(report, by_card)
        count_shifts(roster, at=at)
        alarms = judge(report, roster=roster, now=now)
    return Stored(total=total, unplaced=unplaced, alarms=tuple(alarms))


def _order(one: Position) -> tuple[str, str, str]:
    return one.card, one.area, one.spot


def _digest(sent: Sequence[Position]) -> str:
    rows = [
        [one.card, one.area, _iso(one.entered_at), _iso(one.area_entered_at), one.spot]
        for one in sent
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _iso(moment: datetime | None) -> str:
    return moment.astimezone().isoformat() if moment else ""


def _unplaced(positions: Iterable[Position], *, roster: Roster, at: datetime) -> int:
    faces = roster.faces(day_of(at))
    return sum(one.area not in faces for one in positions)


def _count(report: PositionReport, positions: Mapping[str, Position]) -> None:
    heads = Counter(one.area for one in positions.values() if one.area)
    heads[WHOLE_MINE] = len(positions)
    Headcount.objects.bulk_create(
        Headcount(report=report, site_id=report.site_id, at=report.at, area=area, count=count)
        for area, count in sorted(heads.items())
    )


def _note_doubled(report: PositionReport, sent: Sequence[Position]) -> None:
    areas: dict[str, set[str]] = {}
    for one in sent:
        areas.setdefault(one.card, set()).add(one.area)
    DoubledCard.objects.bulk_create(
        (
            DoubledCard(
                site_id=report.site_id,
                at=report.at,
                card=card,
                places="、".join(sorted(found))[:120],
            )
            for card, found in areas.items()
            if len(found) > 1
        ),
        ignore_conflicts=True,
    )
