"""The registers of places: for each its form, its rows within reach, and how one is saved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from bihuan.accounts import registering, scope
from bihuan.accounts.actors import Actor
from bihuan.accounts.forms import day, narrow
from bihuan.accounts.models import User
from bihuan.accounts.queries import LONG, appointment_cells
from bihuan.accounts.screens import column
from bihuan.places.models import Appointment, Person, Post, Region, Site, Unit
from bihuan.ui.words import day as day_words

ROLE = "system_admin"
type Row = Model


@dataclass(frozen=True, kw_only=True)
class Register:
    """One kind of place or person: list, form, and the function that writes."""

    key: str
    label: str
    about: str
    form: type[forms.Form]
    columns: tuple[dict[str, Any], ...]
    rows: Callable[[Actor], QuerySet[Any]]
    cells: Callable[[Any], dict[str, Any]]
    save: Callable[..., Row]
    fixed: tuple[str, ...] = ()  # fields that can't change once written


class RegionForm(forms.Form):
    """A region below another."""

    parent = forms.ModelChoiceField(Region.objects.none(), label="上级")
    code = forms.CharField(label="区划代码", max_length=12, help_text="县级6位，乡镇9位")
    name = forms.CharField(label="名称", max_length=60)
    valid_until = day("撤销日期", required=False, hint="仍在用的不填")


class UnitForm(forms.Form):
    """A body that holds matters."""

    name = forms.CharField(label="名称", max_length=80)
    kind = forms.ChoiceField(label="类别", choices=Unit.Kind.choices)
    region = forms.ModelChoiceField(Region.objects.none(), label="行政区")
    parent = forms.ModelChoiceField(Unit.objects.none(), label="上级单位", required=False)
    sector = forms.CharField(label="文号行业字", max_length=4, required=False)
    organ = forms.CharField(label="发文机关代字", max_length=12, required=False)
    is_active = forms.BooleanField(label="在用", required=False, initial=True)


class SiteForm(forms.Form):
    """A mine, a pond, a firm, a body."""

    name = forms.CharField(label="名称", max_length=80)
    short_name = forms.CharField(label="简称", max_length=40, required=False)
    kind = forms.ChoiceField(label="类别", choices=Site.Kind.choices)
    region = forms.ModelChoiceField(Region.objects.none(), label="属地")
    firm = forms.ModelChoiceField(Unit.objects.none(), label="企业单位", required=False)
    address = forms.CharField(label="地址", max_length=120, required=False)
    code = forms.CharField(
        label="煤矿编码",
        max_length=12,
        required=False,
        help_text="12位数字，监测数据的文件名以它开头；不联网的不填",
    )
    opened_on = day("建档日期", required=False)
    closed_on = day("关闭日期", required=False)


class PostForm(forms.Form):
    """A post of a unit."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="单位")
    title = forms.CharField(label="职务", max_length=40)
    function = forms.ChoiceField(label="职能", choices=Post.Function.choices)


class PersonForm(forms.Form):
    """A person already known; a new one comes in with a post or an account."""

    name = forms.CharField(label="姓名", max_length=40)
    work_phone = forms.CharField(label="办公电话", max_length=30, required=False)


class AppointmentForm(forms.Form):
    """A person in a post, dated."""

    post = forms.ModelChoiceField(Post.objects.none(), label="岗位")
    person = forms.ModelChoiceField(
        Person.objects.none(), label="已登记的人员", required=False, help_text="新人不选"
    )
    name = forms.CharField(label="新人员姓名", max_length=40, required=False)
    from_on = day("自")
    until_on = day("至", required=False, hint="代理必填")
    is_acting = forms.BooleanField(label="代理", required=False)
    paper = forms.CharField(
        label="代理依据文件", max_length=120, required=False, help_text="文件名称和文号"
    )


def _regions(by: Actor) -> QuerySet[Region]:
    return scope.regions_of(by, role=ROLE).select_related("parent")


def _region_cells(row: Region) -> dict[str, Any]:
    state = day_words(row.valid_until) if row.valid_until else LONG
    level = row.get_level_display()
    return {"name": row.name, "code": row.code, "level": level, "until": state}


def _units(by: Actor) -> QuerySet[Unit]:
    return scope.units_of(by, role=ROLE)


def _unit_cells(row: Unit) -> dict[str, Any]:
    state = (
        {"label": "在用", "tone": "done"} if row.is_active else {"label": "停用", "tone": "paused"}
    )
    kind = row.get_kind_display()
    return {"name": row.name, "kind": kind, "region": row.region.name, "state": state}


def _sites(by: Actor) -> QuerySet[Site]:
    return scope.sites_of(by, role=ROLE)


def _site_cells(row: Site) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.get_kind_display(),
        "region": row.region.name,
        "closed": day_words(row.closed_on) if row.closed_on else None,
    }


def _posts(by: Actor) -> QuerySet[Post]:
    units = scope.units_of(by, role=ROLE).values("pk")
    return Post.objects.filter(unit__in=units).select_related("unit").order_by("unit", "id")


def _post_cells(row: Post) -> dict[str, Any]:
    return {"name": row.title, "unit": row.unit.name, "function": row.get_function_display()}


def _persons(by: Actor) -> QuerySet[Person]:
    return scope.persons_of(by, role=ROLE)


def _person_cells(row: Person) -> dict[str, Any]:
    return {"name": row.name, "phone": row.work_phone or None}


def _appointments(by: Actor) -> QuerySet[Appointment]:
    posts = _posts(by).order_by().values("pk")
    rows = Appointment.objects.filter(post__in=posts).select_related("post__unit", "person")
    return rows.order_by("-from_on", "-id")


def _appointment_cells(row: Appointment) -> dict[str, Any]:
    return {"name": row.person.name, **appointment_cells(row)}


def _save_appointment(
    row: Appointment | None, *, by: User, now: datetime, **typed: Any
) -> Appointment:
    if row is None:
        return registering.appoint_somebody(typed, by=by, now=now)
    return registering.end_appointment(row, until_on=typed["until_on"], by=by, now=now)


def _save_region(row: Region | None, *, by: User, now: datetime, **typed: Any) -> Region:
    typed.setdefault("parent", None)
    return registering.save_region(row, by=by, now=now, **typed)


_NAME = column("name", "名称", "title")
REGISTERS: dict[str, Register] = {
    one.key: one
    for one in (
        Register(
            key="regions",
            label="行政区",
            about="市、县、乡镇和代码；撤并写撤销日期，不删除",
            form=RegionForm,
            columns=(
                _NAME,
                column("code", "代码"),
                column("level", "层级"),
                column("until", "用到"),
            ),
            rows=_regions,
            cells=_region_cells,
            save=_save_region,
            fixed=("parent",),
        ),
        Register(
            key="units",
            label="单位",
            about="局、股室、部门、政府和企业",
            form=UnitForm,
            columns=(
                _NAME,
                column("kind", "类别"),
                column("region", "行政区"),
                column("state", "状态", "chip"),
            ),
            rows=_units,
            cells=_unit_cells,
            save=registering.save_unit,
        ),
        Register(
            key="sites",
            label="监管对象",
            about="煤矿、非煤矿山、尾矿库、企业",
            form=SiteForm,
            columns=(
                _NAME,
                column("kind", "类别"),
                column("region", "属地"),
                column("closed", "关闭"),
            ),
            rows=_sites,
            cells=_site_cells,
            save=registering.save_site,
        ),
        Register(
            key="posts",
            label="岗位",
            about="每个单位的岗位和职能",
            form=PostForm,
            columns=(_NAME, column("unit", "单位"), column("function", "职能")),
            rows=_posts,
            cells=_post_cells,
            save=registering.save_post,
        ),
        Register(
            key="persons",
            label="人员",
            about="姓名和办公电话；新人随任职或账号登记",
            form=PersonForm,
            columns=(column("name", "姓名", "title"), column("phone", "办公电话")),
            rows=_persons,
            cells=_person_cells,
            save=registering.save_person,
        ),
        Register(
            key="appointments",
            label="任职",
            about="谁在哪个岗位、自何日至何日；代理须有文件和止日",
            form=AppointmentForm,
            columns=(
                column("name", "姓名", "title"),
                column("post", "岗位"),
                column("from_on", "自"),
                column("until_on", "至"),
            ),
            rows=_appointments,
            cells=_appointment_cells,
            save=_save_appointment,
            fixed=("post", "person", "name", "from_on", "is_acting", "paper"),
        ),
    )
}


def form_of(register: Register, *, by: Actor, row: Row | None, data: Any = None) -> forms.Form:
    """The form of a register with choices within reach; fixed fields are left out of a change."""
    initial = {name: _initial(row, name) for name in register.form.base_fields} if row else None
    form = register.form(data, initial=initial)
    if row is not None:
        for name in register.fixed:
            del form.fields[name]
    choices: dict[str, Callable[[Actor], QuerySet[Any]]] = {
        "parent": _units if register.key == "units" else _regions,
        "region": _regions,
        "firm": _units,
        "unit": _units,
        "post": _posts,
        "person": _persons,
    }
    narrow(form, **{name: rows(by) for name, rows in choices.items() if name in form.fields})
    return form


def _initial(row: Row, name: str) -> object:
    return getattr(row, f"{name}_id", getattr(row, name, ""))
