"""What a step's fields may be answered with: only places, units and people of the matter's county.

Units and townships are few and stand in a list; sites and people may be many, so they are typed
by name with suggestions, and the name is turned into its id before the engine sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from bihuan.accounts.models import Grant
from bihuan.desk.asking import control
from bihuan.desk.choices import CHOICES_MAX, Choices, sites_within
from bihuan.language.field import Field, Kind
from bihuan.matters.identity import is_id
from bihuan.places.models import Person, Region, Site, Unit

SUGGESTIONS_MAX = 600
_TYPED = (Kind.SITE, Kind.PERSON)


@dataclass(frozen=True)
class Pickers:
    """Controls and look-ups for the fields of a form at one place, on one day."""

    region: Region
    on: date
    unit_id: int | None = None  # the unit in charge of the matter

    def control(
        self, asked: Field, *, typed: Mapping[str, Any], faults: Mapping[str, str]
    ) -> dict[str, Any]:
        """One control of the form, with what was typed and what was wrong with it."""
        choices = self._choices
        if asked.kind is Kind.UNIT:
            choices = replace(choices, units=self._units_for(asked))
        drawn = control(asked, choices=choices, on=self.on, typed=typed, faults=faults)
        if asked.kind in (Kind.UNIT, Kind.REGION):
            drawn["value"] = str(drawn["value"] or "")
        if asked.kind in _TYPED:
            drawn |= self._by_name(asked, drawn["value"])
        if asked.kind is Kind.MATTER:
            drawn["kind"] = "text"
        if asked.kind is Kind.MOMENT:
            drawn["value"] = str(drawn["value"] or "")[:16].replace(" ", "T")
        return drawn

    def resolved(self, answers: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
        """Answers with typed names turned into ids; an unknown name stays for the engine."""
        found = dict(answers)
        for asked in fields:
            name = str(found.get(asked.key) or "").strip()
            if asked.kind in _TYPED and name and "\0" not in name:  # PostgreSQL can't look it up
                known = self._id_of(asked, name)
                found[asked.key] = known if known is not None else name
        return found

    @cached_property
    def _found(self) -> dict[tuple[Kind, str], int | None]:
        return {}

    @cached_property
    def _choices(self) -> Choices:
        towns = Region.objects.filter(
            path__startswith=self._county.path, level=Region.Level.TOWNSHIP, valid_until=None
        )
        return Choices(
            paths=(self._county.path,),
            townships=dict(towns.order_by("code").values_list("id", "name")[:CHOICES_MAX]),
            units={},
        )

    @cached_property
    def _county(self) -> Region:
        """The county of the matter, or the region itself when it stands higher."""
        if self.region.level <= Region.Level.COUNTY:
            return self.region
        above = Region.objects.filter(
            pk__in=self.region.path_ids, level=Region.Level.COUNTY
        ).first()
        return above or self.region

    def _units_for(self, asked: Field) -> dict[int, str]:
        units = Unit.objects.filter(is_active=True, region__path__startswith=self._county.path)
        if asked.unit_kinds:
            units = units.filter(kind__in=asked.unit_kinds)
        else:
            units = units.exclude(kind=Unit.Kind.FIRM)
        if asked.to_another and self.unit_id:
            units = units.exclude(pk=self.unit_id)
        return dict(units.order_by("kind", "id").values_list("id", "name")[:CHOICES_MAX])

    def _sites(self) -> QuerySet[Site]:
        return sites_within((self._county.path,)).filter(closed_on=None)

    def _by_name(self, asked: Field, value: Any) -> dict[str, Any]:
        """A text control with suggestions; a kept id is shown by its name."""
        drawn: dict[str, Any] = {"kind": asked.kind.value, "maxlength": 80}
        if asked.kind is Kind.SITE:
            drawn["hint"] = asked.hint or "输入名称后从提示中选择，或填全名的拼音首字母"
            sites = self._sites().values_list("name", "region__name")
            rows = list(sites[:SUGGESTIONS_MAX])
        else:
            people = self._people().values_list("user__person__name", "unit__name")
            rows = list(people.distinct()[:SUGGESTIONS_MAX])
        drawn["suggestions"] = [{"value": name, "label": beside} for name, beside in rows]
        if is_id(str(value)):
            drawn["value"] = self._name_of(asked, int(value)) or value
        return drawn

    def _name_of(self, asked: Field, pk: int) -> str | None:
        """The name behind an id, within the county only: a typed id names nobody elsewhere."""
        if asked.kind is Kind.SITE:
            inside = Site.objects.filter(region__path__startswith=self._county.path)
            return inside.filter(pk=pk).values_list("name", flat=True).first()
        grants = Grant.objects.filter(region__path__startswith=self._county.path)
        served = Q(user__grants__in=grants) | Q(
            appointments__post__unit__region__path__startswith=self._county.path
        )
        return Person.objects.filter(served, pk=pk).values_list("name", flat=True).first()

    def _id_of(self, asked: Field, name: str) -> int | None:
        """The id behind a typed name, looked up once: in a table one mine stands in many rows."""
        key = (asked.kind, name)
        if key not in self._found:
            self._found[key] = self._look_up(asked, name)
        return self._found[key]

    def _look_up(self, asked: Field, name: str) -> int | None:
        if asked.kind is Kind.SITE:
            found = list(self._sites().filter(name=name).values_list("id", flat=True)[:2])
            found = found or self._sites_by_initials(name)
        else:
            people = self._people().filter(user__person__name=name)
            ids = people.values_list("user__person_id", flat=True).distinct()[:2]
            found = [pk for pk in ids if pk is not None]
        return found[0] if len(found) == 1 else None

    def _sites_by_initials(self, typed: str) -> list[int]:
        """Sites whose name has these initials, whole; two are as good as none."""
        wanted = typed.lower()
        known = self._sites().filter(initials__contains=wanted).values_list("id", "initials")
        return [pk for pk, initials in known if wanted in initials.split()][:2]

    def _people(self) -> QuerySet[Grant]:
        return Grant.objects.filter(
            region__path__startswith=self._county.path, user__is_active=True, until_on=None
        ).exclude(user__person=None)


def shown_value(asked: Field, value: Any) -> Any:
    """A kept fact as a form shows it."""
    if asked.kind is Kind.YES_NO:
        return "yes" if value else "no"
    return value
