"""Answers to a step's fields: cleaned, looked up, checked for personal data."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import Prepared, prepared
from bihuan.documents.personal_data import Kind as Personal
from bihuan.documents.personal_data import find_personal_data, summary_findings
from bihuan.language.field import BadValueError, Field, Kind
from bihuan.language.pack import Value
from bihuan.language.parameter import Option
from bihuan.matters.identity import from_code
from bihuan.matters.models import Attachment, Matter
from bihuan.matters.reach import visible
from bihuan.matters.refusals import Incomplete
from bihuan.places.models import Person, Region, Site, Unit
from bihuan.places.paths import regions_with, sites_with, units_with


@prepared
def _persons_with(person_id: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=person_id)


_FOUND_BY: dict[Kind, Prepared[[int], Any]] = {
    Kind.UNIT: units_with,
    Kind.REGION: regions_with,
    Kind.SITE: sites_with,
    Kind.PERSON: _persons_with,
}


class Asking(Protocol):
    """What answers are checked against: a matter's case, or a record that stands in its place."""

    @property
    def by(self) -> Actor:
        """Who answers."""

    @property
    def matter(self) -> Matter:
        """What it is about, or a stand-in that holds only kind and place."""

    def value(self, key: str) -> Value:
        """A pack parameter as in force here today."""

    def own_files(self) -> QuerySet[Attachment]:
        """Files that may be named."""


CONFIRMED = "confirmed"  # answers under this key: fields whose name marks a person looked at
UNCERTAIN = frozenset({Personal.NAME, Personal.ADDRESS_FORM, Personal.HOME})


def clean_answers(
    fields: tuple[Field, ...], raw: Mapping[str, Any], *, case: Asking
) -> dict[str, Any]:
    """Cleaned values by key; raises Incomplete with one sentence per field that is wrong.

    Texts free of personal data: phones, ids and the like are always refused; what only looks
    like a name is refused until the person names the field under `confirmed`.
    """
    cleaned: dict[str, Any] = {}
    faults: dict[str, str] = {}
    confirmed = confirmed_in(raw)
    confirmable: list[str] = []
    for field in fields:
        try:
            cleaned[field.key] = _cleaned(
                field, raw.get(field.key), case=case, is_confirmed=field.key in confirmed
            )
        except LooksPersonalError as personal:
            faults[field.key] = str(personal)
            confirmable.append(field.key)
        except BadValueError as bad:
            faults[field.key] = str(bad)
    unknown = sorted(set(raw) - {field.key for field in fields} - {CONFIRMED})
    if unknown:
        faults[unknown[0]] = f"这一步没有“{unknown[0][:30]}”这一项，请删去后再提交。"
    if faults:
        raise Incomplete("".join(faults.values()), fields=faults, confirmable=confirmable)
    return cleaned


def _cleaned(field: Field, given: Any, *, case: Asking, is_confirmed: bool) -> Any:
    value = field.clean(given, options=options_of(field, case=case))
    if value is None:
        return None
    if field.kind is Kind.MATTER and isinstance(value, str):
        return _matter_named(field, value, case=case)
    _look_up(field, value, case=case)
    if field.personal and isinstance(value, str):
        _refuse_personal(field, value, is_confirmed=is_confirmed)
    return value


class LooksPersonalError(BadValueError):
    """A text holds what looks like a name; the person may confirm that it isn't."""


def confirmed_in(raw: Mapping[str, Any]) -> frozenset[str]:
    """Fields that the person confirmed to hold no personal data."""
    given = raw.get(CONFIRMED) or ()
    return frozenset([given] if isinstance(given, str) else map(str, given))


def _refuse_personal(field: Field, value: str, *, is_confirmed: bool) -> None:
    marks = find_personal_data(value)
    certain = [mark for mark in marks if mark.kind not in UNCERTAIN]
    if certain:
        raise BadValueError(f"“{field.label}”里{summary_findings(certain)}")
    if marks and not is_confirmed:
        told = summary_findings(marks)
        raise LooksPersonalError(f"“{field.label}”里{told}不是个人信息的，请勾选确认后再提交。")


def options_of(field: Field, *, case: Asking) -> tuple[Option, ...]:
    """The choices of a field here and today; an open list comes from its pack parameter."""
    if not field.options_param:
        return field.options
    value = case.value(field.options_param)
    return value.options if value.is_set else field.options


def _matter_named(field: Field, name: str, *, case: Asking) -> int:
    found = visible(case.by).filter(kind=case.matter.kind)
    named = Q(number=name) | Q(acceptance_number=name) | Q(pk=from_code(name) or -1)
    other = found.filter(named).exclude(pk=case.matter.pk).values_list("pk", flat=True).first()
    if other is None:
        raise BadValueError(f"“{field.label}”没有找到编号为“{name[:30]}”的事项，请核对编号。")
    return int(other)


def _look_up(field: Field, value: Any, *, case: Asking) -> None:
    if field.kind in _FOUND_BY:
        found = _FOUND_BY[field.kind].first(value)
        if found is None:
            raise BadValueError(f"“{field.label}”没有选到，请从列表中选择。")
        if field.kind is Kind.UNIT:
            _check_unit(field, found, case=case)
        else:
            _check_place(field, found, case=case)
    if field.kind is Kind.FILES:
        mine = case.own_files().filter(pk__in=value).count()
        if mine != len(set(value)):
            raise BadValueError(f"“{field.label}”中有附件不属于本事项，请重新上传。")


def _check_place(field: Field, found: Any, *, case: Asking) -> None:
    """Regions, sites and people of elsewhere are answered as if they weren't there."""
    path = case.matter.path_ids[: Region.Level.COUNTY]
    if path and not _is_within(found, place=path[-1]):
        raise BadValueError(f"“{field.label}”没有选到，请从列表中选择。")


def _is_within(found: Any, *, place: int) -> bool:
    if isinstance(found, Person):
        held = Q(user__grants__region__path__contains=f"/{place}/")
        serves = Q(appointments__post__unit__region__path__contains=f"/{place}/")
        return Person.objects.filter(held | serves, pk=found.pk).exists()
    region = found.region if isinstance(found, Site) else found
    return place in region.path_ids


def _check_unit(field: Field, unit: Unit, *, case: Asking) -> None:
    if field.unit_kinds and unit.kind not in field.unit_kinds:
        kinds = "、".join(Unit.Kind(kind).label for kind in field.unit_kinds)
        raise BadValueError(f"“{field.label}”不能选{unit.get_kind_display()}，只能选{kinds}。")
    if not unit.is_active:
        raise BadValueError(f"{unit.name}已停用，请另选“{field.label}”。")
    county = case.matter.l3
    if county and county not in unit.region.path_ids and unit.region_id not in case.matter.path_ids:
        raise BadValueError(f"{unit.name}不在本地区，请另选“{field.label}”。")
