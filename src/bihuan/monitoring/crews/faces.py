"""What is registered at a mine for a moment: faces, shifts, kinds of shift, marks of cards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.language.clock import SHANGHAI
from bihuan.language.parameter import Option
from bihuan.matters.records import valid_on
from bihuan.monitoring.crews import ledgers, limits
from bihuan.monitoring.crews.limits import FaceLimit
from bihuan.places.models import Site
from bihuan.telemetry.crews.shifts import Shift, Span, minutes_of, span_at, span_of_stay


@dataclass(frozen=True, kw_only=True)
class Face:
    """A registered place of work and the area by which it is located."""

    area: str
    name: str
    kind: str

    @property
    def kind_label(self) -> str:
        """The kind as a user reads it."""
        return label_of(ledgers.FACE_KINDS, self.kind)


@dataclass(kw_only=True)
class Roster:
    """The registrations of one mine, read once a day; days are those of Shanghai."""

    site: Site
    _faces: dict[date, dict[str, Face]] = field(default_factory=dict)
    _types: dict[date, dict[tuple[str, str], str]] = field(default_factory=dict)
    _shifts: dict[date, list[Shift]] = field(default_factory=dict)
    _spans: dict[datetime, Span | None] = field(default_factory=dict)
    _limits: dict[tuple[str, str, str, date], FaceLimit] = field(default_factory=dict)

    @property
    def region_path(self) -> tuple[int, ...]:
        """Where the mine lies, from the province down."""
        return self.site.region.path_ids

    def faces(self, on: date) -> dict[str, Face]:
        """Faces in being on a day, by area; the latest registration of an area holds."""
        if on not in self._faces:
            self._faces[on] = {
                str(facts["area"]): Face(
                    area=str(facts["area"]), name=str(facts["name"]), kind=str(facts["kind"])
                )
                for facts in self._facts(ledgers.WORK_FACE, on)
            }
        return self._faces[on]

    def shifts(self, on: date) -> list[Shift]:
        """Shifts in force on a day."""
        if on not in self._shifts:
            self._shifts[on] = [
                Shift(
                    str(facts["shift"]),
                    minutes_of(str(facts["begins"])) or 0,
                    minutes_of(str(facts["ends"])) or 0,
                )
                for facts in self._facts(ledgers.SHIFT_TIME, on)
            ]
        return self._shifts[on]

    def span_at(self, moment: datetime) -> Span | None:
        """The shift in which a moment lies; None where none is registered for it."""
        return span_at(self.shifts(day_of(moment)), moment)

    def span_of_stay(self, entered_at: datetime) -> Span | None:
        """The shift for which somebody who went in at that moment came."""
        if entered_at not in self._spans:
            on = day_of(entered_at)
            self._spans[entered_at] = span_of_stay(self.shifts(on), entered_at, lead=self.lead(on))
        return self._spans[entered_at]

    def lead(self, on: date) -> timedelta:
        """How long before a shift begins people go down for it."""
        minutes = limits.number_of("crew.shift_lead_minutes", region_path=self.region_path, on=on)
        return timedelta(minutes=minutes or 0)

    def stale_after(self, on: date) -> timedelta | None:
        """After how long without a report the system counts as interrupted."""
        minutes = limits.number_of("crew.stale_minutes", region_path=self.region_path, on=on)
        return timedelta(minutes=minutes) if minutes else None

    def type_at(self, face: Face, moment: datetime) -> str:
        """The kind of the shift at a face at a moment; empty where none is registered."""
        span = self.span_at(moment)
        if span is None:
            return ""
        if span.on not in self._types:
            self._types[span.on] = {
                (str(facts["area"]), str(facts["shift"])): str(facts["type"])
                for facts in self._facts(ledgers.SHIFT_KIND, span.on)
            }
        return self._types[span.on].get((face.area, span.name), "")

    def limit_at(self, face: Face, moment: datetime) -> FaceLimit:
        """The plan's limit at a face at a moment."""
        return self._limit(limits.face_limit, face, moment)

    def trial_at(self, face: Face, moment: datetime) -> FaceLimit:
        """The limit of the rule for mines that aren't marked."""
        return self._limit(limits.trial_limit, face, moment)

    def alarm_limit_at(self, face: Face, moment: datetime) -> FaceLimit:
        """What an alarm is raised by: the plan's limit, or the rule's where there is no plan's."""
        found = self.limit_at(face, moment)
        return found if found.number is not None else self.trial_at(face, moment)

    def marks(self, on: date) -> dict[str, str]:
        """Marks of visitors and inspectors by card."""
        return {
            str(facts["card"]): label_of(ledgers.MARKS, str(facts["mark"]))
            for facts in self._facts(ledgers.VISITOR, on)
        }

    def _limit(self, rule: Callable[..., FaceLimit], face: Face, moment: datetime) -> FaceLimit:
        shift_type, on = self.type_at(face, moment), day_of(moment)
        key = (rule.__name__, face.kind, shift_type, on)
        if key not in self._limits:
            self._limits[key] = rule(
                face.kind, shift_type=shift_type, region_path=self.region_path, on=on
            )
        return self._limits[key]

    def _facts(self, ledger: str, on: date) -> list[dict[str, Any]]:
        rows = valid_on(on).filter(ledger=ledger, site_id=self.site.pk)
        return list(rows.order_by("valid_from", "id").values_list("facts", flat=True))


def day_of(moment: datetime) -> date:
    """The day of a moment in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def label_of(options: tuple[Option, ...], key: str) -> str:
    """The label of an option, or the key where there is none."""
    return next((one.label for one in options if one.key == key), key)


def type_label(shift_type: str) -> str:
    """The kind of a shift as a user reads it."""
    return label_of(ledgers.SHIFT_TYPES, shift_type) if shift_type else limits.SHIFT_UNKNOWN
