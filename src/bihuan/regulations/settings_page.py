"""What a deployment set itself: rows of the values page, and changes written down."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.db import transaction

from bihuan.accounts import audit
from bihuan.accounts.forms import day, reason
from bihuan.accounts.models import User
from bihuan.language.pack import Parameter, Value
from bihuan.language.parameter import COUNTINGS, Kind, shown
from bihuan.places.models import Region
from bihuan.regulations.models import Adoption, LoadedPack, Setting
from bihuan.regulations.packs import adopt, end_adoption, set_value
from bihuan.regulations.values import rulebook

KEEP, RETURN = "set", "return"
STRUCTURED = frozenset({Kind.LIST, Kind.LADDER})  # many fields each: they come with a pack file
_WHOLE = frozenset({Kind.DAYS, Kind.HOURS, Kind.MINUTES})
_UNITS = {Kind.DAYS: "天", Kind.HOURS: "小时", Kind.MINUTES: "分钟", Kind.PERCENT: "%"}


@dataclass(frozen=True, kw_only=True)
class AdoptedPack:
    """One adoption as shown: its title, days and who decided."""

    adoption: Adoption
    title: str
    is_open: bool


class ValueForm(forms.Form):
    """A value of the place itself, or the return to the pack, with a reason."""

    act = forms.ChoiceField(
        label="办法", choices=((KEEP, "设为下面的值"), (RETURN, "恢复为依据包的值")), initial=KEEP
    )
    value = forms.CharField(label="值", max_length=200, required=False)
    valid_from = day("生效日")
    reason = reason("理由或依据文件")

    def plain(self, kind: Kind) -> object:
        """The value as a pack file would hold it; None to return to the pack."""
        typed = self.cleaned_data
        return None if typed["act"] == RETURN else plain_of(kind, typed["value"])


class AdoptForm(forms.Form):
    """A pack taken into force."""

    pack = forms.ChoiceField(label="依据包")
    from_on = day("自")
    until_on = day("至", required=False, hint="长期的不填")
    reason = reason("采用的决定或文件")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        titles = LoadedPack.objects.order_by("key", "version").values_list("key", "title")
        field = self.fields["pack"]
        if isinstance(field, forms.ChoiceField):
            field.choices = sorted(dict(titles).items())


class EndForm(forms.Form):
    """The last day of an adoption."""

    until_on = day("止日")
    reason = reason("终止的决定或文件")


def plain_of(kind: Kind, text: str) -> object:
    """What was typed, as plain data of that kind; a wrong shape is left for the check behind."""
    typed = text.strip()
    if kind in _WHOLE and typed.isdecimal():
        return int(typed)
    if kind in (Kind.NUMBER, Kind.PERCENT):
        return _number(typed)
    if kind is Kind.FLAG:
        return {"yes": True, "no": False}.get(typed, typed)
    return typed


def choices_of(parameter: Parameter) -> list[tuple[str, str]]:
    """Values to choose from, where the kind or the pack names them; else empty."""
    if parameter.choices:
        return [(str(one), shown(parameter.kind, one)) for one in parameter.choices]
    if parameter.kind is Kind.FLAG:
        return [("yes", "是"), ("no", "否")]
    if parameter.kind is Kind.COUNTING:
        return [(one, shown(Kind.COUNTING, one)) for one in COUNTINGS]
    return []


def value_form(parameter: Parameter, *, data: object = None, today: dt.date) -> ValueForm:
    """The form of one parameter: choices where there are any, else a text with its unit."""
    form = ValueForm(data, initial={"act": KEEP, "valid_from": today})  # type: ignore[arg-type]
    choices = choices_of(parameter)
    if choices:
        form.fields["value"] = forms.ChoiceField(label="值", choices=choices, required=False)
    elif parameter.kind in _UNITS:
        form.fields["value"].widget.attrs["unit"] = _UNITS[parameter.kind]
    return form


@transaction.atomic
def change_value(
    key: str,
    *,
    region: Region,
    value: object,
    reason: str,
    valid_from: dt.date,
    by: User,
    now: dt.datetime,
) -> Setting:
    """Set a value and write the change down; PackRefused says what is wrong."""
    before = _standing(key, region, valid_from)
    setting = set_value(
        key, region=region, value=value, reason=reason, by=by, now=now, valid_from=valid_from
    )
    after = _standing(key, region, valid_from)
    _record("value", after.label or key, region, by, now, reason, _words(before), _words(after))
    return setting


@transaction.atomic
def adopt_pack(
    key: str,
    *,
    region: Region,
    from_on: dt.date,
    until_on: dt.date | None,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Adoption:
    """Take a pack into force and write it down."""
    adoption = adopt(
        key, region=region, from_on=from_on, until_on=until_on, by=by, reason=reason, now=now
    )
    _record("pack", key, region, by, now, reason, {}, {"自": from_on, "至": until_on})
    return adoption


@transaction.atomic
def end_pack(
    adoption: Adoption, *, until_on: dt.date, reason: str, by: User, now: dt.datetime
) -> Adoption:
    """Name the last day of an adoption and write it down."""
    before = {"至": adoption.until_on}
    ended = end_adoption(adoption, until_on=until_on, by=by, reason=reason, now=now)
    after = {"至": until_on}
    _record("pack", adoption.pack_key, adoption.region, by, now, reason, before, after)
    return ended


def adopted_packs(region: Region, *, on: dt.date) -> list[AdoptedPack]:
    """Adoptions of the place and of the places above it, newest first."""
    titles = dict(LoadedPack.objects.order_by("version").values_list("key", "title"))
    rows = Adoption.objects.filter(region__in=region.path_ids).select_related("region")
    return [
        AdoptedPack(
            adoption=row,
            title=titles.get(row.pack_key, row.pack_key),
            is_open=row.until_on is None or row.until_on >= on,
        )
        for row in rows.order_by("-from_on", "-id")
    ]


def _standing(key: str, region: Region, on: dt.date) -> Value:
    return rulebook().value_of(key, region_path=region.path_ids, on=on)


def _words(value: Value) -> dict[str, object]:
    return {"值": value.text, "来源": value.origin.label}


def _record(
    action: str,
    subject: str,
    region: Region,
    by: User,
    now: dt.datetime,
    reason: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    audit.record(
        action,
        subject=subject,
        by=by,
        now=now,
        region=region,
        before=before,
        after=after,
        reason=reason,
    )


def _number(typed: str) -> object:
    try:
        number = float(typed)
    except ValueError:
        return typed
    return int(number) if number.is_integer() else number
