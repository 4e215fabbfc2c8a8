"""Shifts by the cards located against lamps, gates, video and lists, and whether they agree."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from bihuan.matters.models import Record
from bihuan.monitoring.crews import ledgers, limits
from bihuan.monitoring.crews.faces import Roster, label_of
from bihuan.monitoring.crews.reading import has_gap
from bihuan.monitoring.crews.tables import ShiftTotal
from bihuan.telemetry.crews.judging import Verdict, verdict_below, verdict_on
from bihuan.telemetry.crews.shifts import Span, spans_on


@dataclass(frozen=True, kw_only=True)
class ShiftDay:
    """A shift of a day: persons located, None while the system told nothing; other counts."""

    span: Span
    has_begun: bool
    total: ShiftTotal | None
    is_interrupted: bool
    others: tuple[tuple[str, int], ...]
    below: int | None
    by_mine: Verdict
    trial: limits.FaceLimit
    by_trial: Verdict

    @property
    def located(self) -> int | None:
        """Different persons by their cards."""
        return self.total.persons if self.total is not None else None

    @property
    def above(self) -> tuple[tuple[str, int], ...]:
        """Sources that have more persons than were located; none where the system was away."""
        if self.is_interrupted or self.located is None:
            return ()
        return tuple((source, persons) for source, persons in self.others if persons > self.located)


def shifts_of_day(roster: Roster, *, on: date, now: datetime) -> list[ShiftDay]:
    """The registered shifts that begin on a day, in order."""
    totals = {
        (one.begins_at, one.shift): one
        for one in ShiftTotal.objects.filter(site=roster.site, on=on)
    }
    others = _others(roster.site.pk, on)
    path = roster.region_path
    below = limits.number_of(limits.MINE_BELOW, region_path=path, on=on)
    trial = limits.of_key(limits.TRIAL_SHIFT, region_path=path, on=on)
    found = []
    for span in spans_on(roster.shifts(on), on):
        total = totals.get((span.begins_at, span.name))
        persons = total.persons if total is not None else None
        found.append(
            ShiftDay(
                span=span,
                has_begun=span.begins_at <= now,
                total=total,
                is_interrupted=span.begins_at <= now and has_gap(roster, span, now=now),
                others=tuple(others.get(span.name, ())),
                below=below,
                by_mine=Verdict.NOT_JUDGED if persons is None else verdict_below(persons, below),
                trial=trial,
                by_trial=(
                    Verdict.NOT_JUDGED if persons is None else verdict_on(persons, trial.number)
                ),
            )
        )
    return found


def _others(site_id: int, on: date) -> dict[str, list[tuple[str, int]]]:
    rows = Record.objects.filter(
        ledger=ledgers.SHIFT_COUNT, site_id=site_id, is_void=False, valid_from=on
    )
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for facts in rows.order_by("id").values_list("facts", flat=True):
        source = label_of(ledgers.SOURCES, str(facts["source"]))
        found[str(facts["shift"])].append((source, int(facts["persons"])))
    return found
