"""A face that comes over its limit opens one alarm at once; its end is recorded in the alarm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.language.wording import exact_length
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared, take_step
from bihuan.monitoring.crews.faces import Face, Roster, day_of
from bihuan.monitoring.crews.limits import FaceLimit, counting_of
from bihuan.monitoring.crews.loops import CREW_ALARM
from bihuan.monitoring.crews.presences import cards_of, present_at
from bihuan.monitoring.crews.tables import CrewExcess, Headcount, PositionReport
from bihuan.monitoring.crews.totals import cards_in, persons_in
from bihuan.telemetry.crews.shifts import Span


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A face at the moment of a report: how many count, and the limit that holds."""

    face: Face
    counting: str
    count: int
    limit: FaceLimit
    cards: tuple[str, ...]
    span: Span | None

    @property
    def is_over(self) -> bool:
        """Whether more count than may; nothing is over where no limit holds."""
        return self.limit.number is not None and self.count > self.limit.number


def judge(report: PositionReport, *, roster: Roster, now: datetime) -> list[int]:
    """Open, raise and end what a report says of every registered face; ids of alarms opened."""
    later = PositionReport.objects.filter(site=report.site_id, at__gt=report.at, is_current=True)
    following = later.order_by("at").values_list("at", flat=True).first()
    opened = []
    known = {} if following else _open_excesses(report.site_id)
    for seen in _faces_seen(report, roster):
        excess = known.pop((seen.face.area, seen.counting), None)
        if following is not None:
            opened += _judge_late(report, seen, following=following, now=now)
            continue
        if excess is not None and _is_over_with_shift(excess, seen):
            end = seen.span.begins_at if seen.span else report.at
            _end(excess, at=max(end, excess.started_at), now=now)
            excess = None
        if excess is None:
            opened += [_open(report, seen, now=now)] if seen.is_over else []
        elif seen.is_over:
            _raise(excess, seen, at=report.at)
        else:
            _end(excess, at=report.at, now=now)
    for excess in known.values():  # the face isn't registered any more
        _end(excess, at=report.at, now=now)
    return opened


def _open_excesses(site_id: int) -> dict[tuple[str, str], CrewExcess]:
    rows = CrewExcess.objects.filter(site=site_id, ended_at=None)
    return {(one.area, one.counting): one for one in rows}


def _faces_seen(report: PositionReport, roster: Roster) -> Iterator[Seen]:
    counts = dict(Headcount.objects.filter(report=report).values_list("area", "count"))
    span = roster.span_at(report.at)
    for face in roster.faces(day_of(report.at)).values():
        counting = counting_of(face.kind)
        if counting == CrewExcess.Counting.TOTAL:
            stays = cards_in(roster, span, area=face.area) if span else []
            stays = [one for one in stays if one.from_at <= report.at]
            count, cards = persons_in(stays), tuple(sorted({one.card for one in stays}))
        else:
            count, cards = counts.get(face.area, 0), ()
        limit = roster.alarm_limit_at(face, report.at)
        yield Seen(face=face, counting=counting, count=count, limit=limit, cards=cards, span=span)


def _is_over_with_shift(excess: CrewExcess, seen: Seen) -> bool:
    """A total ends with its shift: the next one begins at nobody."""
    is_total = seen.counting == CrewExcess.Counting.TOTAL
    return is_total and (seen.span is None or excess.started_at < seen.span.begins_at)


def _judge_late(
    report: PositionReport, seen: Seen, *, following: datetime, now: datetime
) -> list[int]:
    """A report that came late only adds: what was told stays told."""
    if not seen.is_over:
        return []
    same = CrewExcess.objects.filter(
        site=report.site_id, area=seen.face.area, counting=seen.counting
    )
    lasting = Q(ended_at=None) | Q(ended_at__gt=report.at)
    covering = same.filter(lasting, started_at__lte=report.at).first()
    if covering is not None:
        _raise(covering, seen, at=report.at)
        return []
    next_one = same.filter(started_at=following).first()
    if next_one is not None:  # it began earlier than was known
        next_one.started_at = report.at
        next_one.save(update_fields=["started_at"])
        _raise(next_one, seen, at=report.at)
        return []
    opened = _open(report, seen, now=now)
    _end(CrewExcess.objects.get(matter_id=opened), at=following, now=now)
    return [opened]


def _open(report: PositionReport, seen: Seen, *, now: datetime) -> int:
    cards = seen.cards or tuple(_cards_at(report.site_id, seen.face.area, report.at))
    site = report.site
    name = site.short_name or site.name
    limit = seen.limit.number or 0
    what = "单班总人数" if seen.counting == CrewExcess.Counting.TOTAL else "同时在面"
    told = {
        "site": site.pk,
        "title": f"{name}{seen.face.name}超员：{what}{seen.count}人，限员{limit}人",
        "face": seen.face.name,
        "area": seen.face.area,
        "count": seen.count,
        "limit": limit,
        "counting": what,
        "basis_text": seen.limit.source,
        "reading_at": report.at.astimezone(SHANGHAI).isoformat(),
        "arrived_at": report.arrived_at.astimezone(SHANGHAI).isoformat(),
        "situation": f"{report.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} {seen.face.name}"
        f"（{seen.face.kind_label}）{what}{seen.count}人，限员{limit}人。",
        "cards": "、".join(cards),
    }

    def prepare(case: Case) -> None:
        case.place_in(site.region_id)
        case.about(site.pk)
        if site.firm_id:
            case.hand_to(site.firm_id)
        for key, value in told.items():
            case.set(key, value)

    matter = open_prepared(
        catalog().loop(CREW_ALARM), by=CLOCK, now=now, recorded_at=now, at_stage="", prepare=prepare
    )
    CrewExcess.objects.create(
        site=site,
        area=seen.face.area,
        counting=seen.counting,
        limit=limit,
        started_at=report.at,
        peak=seen.count,
        peak_at=report.at,
        matter=matter,
    )
    return matter.pk


def _raise(excess: CrewExcess, seen: Seen, *, at: datetime) -> None:
    if seen.count > excess.peak:
        excess.peak, excess.peak_at = seen.count, at
        excess.save(update_fields=["peak", "peak_at"])


def _end(excess: CrewExcess, *, at: datetime, now: datetime) -> None:
    excess.ended_at = at
    excess.save(update_fields=["ended_at"])
    cards = (
        _cards_at(excess.site_id, excess.area, excess.peak_at)
        if excess.counting == CrewExcess.Counting.PEAK
        else []
    )
    answers = {
        "ended_at": at,
        "peak": excess.peak,
        "peak_at": excess.peak_at,
        "lasted": exact_length(at - excess.started_at),
    }
    if cards:
        answers["cards"] = "、".join(cards)
    take_step(excess.matter_id, "fall_back", by=CLOCK, now=now, answers=answers)


def _cards_at(site_id: int, area: str, at: datetime) -> list[str]:
    return cards_of(present_at(site_id, at).filter(area=area))
