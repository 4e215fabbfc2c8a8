"""What a mine's crews look like on a day: faces against limits, shifts, who has no place."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from bihuan.language.clock import SHANGHAI
from bihuan.monitoring.crews.faces import Face, Roster, day_of, type_label
from bihuan.monitoring.crews.limits import FaceLimit, counting_of
from bihuan.monitoring.crews.presences import cards_of, present_at
from bihuan.monitoring.crews.tables import (
    CrewExcess,
    Headcount,
    PositionReport,
    Presence,
    ShiftTotal,
)
from bihuan.monitoring.crews.totals import cards_in
from bihuan.telemetry.crews.judging import (
    Excess,
    Reading,
    Verdict,
    excesses,
    is_at_hand_over,
    peak_of,
    verdict_on,
)
from bihuan.telemetry.crews.shifts import Span, spans_on

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Over:
    """A time over the limit at a face, with the cards that were there at its peak."""

    face: Face
    what: str
    excess: Excess
    is_hand_over: bool
    cards: tuple[str, ...]
    upto: datetime

    @property
    def lasts(self) -> timedelta:
        """How long it lasted, or lasts so far."""
        return self.excess.lasts(upto=self.upto)


@dataclass(frozen=True, kw_only=True)
class FaceDay:
    """One face: what holds now, how many are there, the most of the day, times over the limit.

    `present` is None while the system is interrupted. `by_rule` and `by_trial` are the verdicts
    on the day's most by either limit.
    """

    face: Face
    counting: str
    shift_type: str
    limit: FaceLimit
    trial: FaceLimit
    present: int | None
    marked: tuple[tuple[str, int], ...]
    most: Reading | None
    by_rule: Verdict
    by_trial: Verdict
    overs: tuple[Over, ...]
    trial_overs: tuple[Over, ...]
    is_over_now: bool


@dataclass(frozen=True, kw_only=True)
class MineDay:
    """A mine's crews on a day as its newest report up to `now` has them."""

    roster: Roster
    on: date
    report: PositionReport | None
    is_interrupted: bool
    faces: tuple[FaceDay, ...]
    unplaced: tuple[Presence, ...]

    @property
    def overs(self) -> list[Over]:
        """Every time over the plan's limit, in order."""
        found = [over for face in self.faces for over in face.overs]
        return sorted(found, key=attrgetter("excess.started_at", "face.area"))


def mine_day(roster: Roster, *, on: date, now: datetime) -> MineDay:
    """Read a mine's day; for a day gone by the state at its end."""
    begin = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
    until = min(begin + _DAY, now + timedelta(minutes=10))
    reports = PositionReport.objects.filter(site=roster.site, is_current=True, at__lt=until)
    newest = reports.order_by("-at").first()
    stale = roster.stale_after(on)
    upto = min(now, begin + _DAY)
    is_interrupted = newest is None or (stale is not None and upto - newest.at > stale)
    counts = _Counts(roster, since=begin - _DAY, until=until)
    found = tuple(
        _face_day(roster, face, counts, newest=None if is_interrupted else newest, on=on, upto=upto)
        for face in sorted(roster.faces(on).values(), key=attrgetter("name", "area"))
    )
    unplaced: tuple[Presence, ...] = ()
    if newest is not None and not is_interrupted:
        nowhere = present_at(roster.site.pk, newest.at).exclude(area__in=roster.faces(on))
        unplaced = tuple(nowhere.order_by("area", "card"))
    return MineDay(
        roster=roster,
        on=on,
        report=newest,
        is_interrupted=is_interrupted,
        faces=found,
        unplaced=unplaced,
    )


def has_gap(roster: Roster, span: Span, *, now: datetime) -> bool:
    """Whether the system was interrupted in a shift so far: too long without a report, or none."""
    stale = roster.stale_after(span.on)
    if stale is None:
        stale = span.ends_at - span.begins_at
    reports = PositionReport.objects.filter(
        site=roster.site, is_current=True, at__gte=span.begins_at - stale, at__lt=span.ends_at
    )
    at = list(reports.order_by("at").values_list("at", flat=True))
    if not at:
        return True
    return at[0] - span.begins_at > stale or any(
        later - earlier > stale for earlier, later in pairwise([*at, min(span.ends_at, now)])
    )


def highest_shift(site_id: int) -> ShiftTotal | None:
    """The shift with the most persons, the earliest of equal ones."""
    return ShiftTotal.objects.filter(site=site_id).order_by("-persons", "begins_at").first()


class _Counts:
    """Head-counts of a mine by area, one for every report: nobody is a count too."""

    def __init__(self, roster: Roster, *, since: datetime, until: datetime) -> None:
        reports = PositionReport.objects.filter(
            site=roster.site, is_current=True, at__gte=since, at__lt=until
        )
        self.reports = list(reports.order_by("at").values_list("pk", "at"))
        self._by_area: dict[str, dict[int, int]] = defaultdict(dict)
        rows = Headcount.objects.filter(
            site=roster.site, at__gte=since, at__lt=until, report__is_current=True
        ).exclude(area="")
        for report_id, area, count in rows.values_list("report_id", "area", "count"):
            self._by_area[area][report_id] = count

    def of(self, area: str) -> Iterator[tuple[datetime, int]]:
        """Moments with the count of an area, in order."""
        counts = self._by_area[area]
        for report_id, at in self.reports:
            yield at, counts.get(report_id, 0)


def _face_day(
    roster: Roster,
    face: Face,
    counts: _Counts,
    *,
    newest: PositionReport | None,
    on: date,
    upto: datetime,
) -> FaceDay:
    counting = counting_of(face.kind)
    moment = newest.at if newest is not None else upto - timedelta(seconds=1)
    is_total = counting == CrewExcess.Counting.TOTAL
    series = _totals(roster, face, counts, on=on) if is_total else list(counts.of(face.area))
    rule = [Reading(at, n, roster.limit_at(face, at).number) for at, n in series]
    trial = [Reading(at, n, roster.trial_at(face, at).number) for at, n in series]
    here = [one for one in rule if day_of(one.at) == on]
    overs = _overs(roster, face, rule, on=on, upto=upto, by_shift=is_total)
    if is_total:  # both crews at once are shown, whatever the total of either
        at_once = [
            Reading(at, n, roster.limit_at(face, at).number) for at, n in counts.of(face.area)
        ]
        overs += [
            over
            for over in _overs(roster, face, at_once, on=on, upto=upto, by_shift=False)
            if over.is_hand_over
        ]
    present = present_at(roster.site.pk, moment).filter(area=face.area) if newest else None
    cards = cards_of(present) if present is not None else []
    marks = roster.marks(on)
    of_marks = [marks[card] for card in cards if card in marks]
    trial_overs = _overs(roster, face, trial, on=on, upto=upto, by_shift=is_total)
    return FaceDay(
        face=face,
        counting=counting,
        shift_type=type_label(roster.type_at(face, moment)),
        limit=roster.limit_at(face, moment),
        trial=roster.trial_at(face, moment),
        present=len(cards) if newest is not None else None,
        marked=tuple((word, of_marks.count(word)) for word in sorted(set(of_marks))),
        most=peak_of(here),
        by_rule=_worst(here),
        by_trial=_worst([one for one in trial if day_of(one.at) == on]),
        overs=tuple(overs),
        trial_overs=tuple(trial_overs),
        is_over_now=newest is not None and any(over.excess.ended_at is None for over in overs),
    )


def _totals(roster: Roster, face: Face, counts: _Counts, *, on: date) -> list[tuple[datetime, int]]:
    """How many different persons of its shift had been at a face by each report."""
    found = []
    stays: dict[Span, list[tuple[datetime, str]]] = {}
    for at, _count in counts.of(face.area):
        span = roster.span_at(at)
        if span is None or on not in (day_of(span.begins_at), day_of(at)):
            continue
        if span not in stays:
            stays[span] = [
                (one.from_at, one.card) for one in cards_in(roster, span, area=face.area)
            ]
        found.append((at, len({card for from_at, card in stays[span] if from_at <= at})))
    return found


def _overs(
    roster: Roster,
    face: Face,
    readings: Sequence[Reading],
    *,
    on: date,
    upto: datetime,
    by_shift: bool,
) -> list[Over]:
    begins = [
        span.begins_at for day in (on, on + _DAY) for span in spans_on(roster.shifts(on), day)
    ]
    found = []
    for excess in excesses(readings):
        ended_at = excess.ended_at or upto
        if day_of(excess.started_at) > on or day_of(ended_at) < on:
            continue
        if by_shift:
            span = roster.span_at(excess.started_at)
            cards = [one.card for one in cards_in(roster, span, area=face.area)] if span else []
            crews = 1
        else:
            there = list(present_at(roster.site.pk, excess.peak_at).filter(area=face.area))
            cards = cards_of(there)
            crews = len({roster.span_of_stay(one.entered_at) for one in there})
        found.append(
            Over(
                face=face,
                what="单班总人数" if by_shift else "同时在面",
                excess=excess,
                is_hand_over=not by_shift
                and (crews > 1 or is_at_hand_over(excess, begins, upto=upto)),
                cards=tuple(sorted(set(cards))),
                upto=upto,
            )
        )
    return found


def _worst(readings: Sequence[Reading]) -> Verdict:
    order = (Verdict.OVER, Verdict.BOUNDARY, Verdict.WITHIN)
    verdicts = {verdict_on(one.persons, one.limit) for one in readings}
    return next((one for one in order if one in verdicts), Verdict.NOT_JUDGED)
