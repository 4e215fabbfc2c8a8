"""Values and packs of a deployment: what holds, where it comes from, and how it is changed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from bihuan.accounts import scope
from bihuan.accounts.form_fields import add_refusal
from bihuan.accounts.refusals import Refusal
from bihuan.accounts.requests import actor_from, user_from
from bihuan.accounts.screens import (
    Box,
    Facts,
    Page,
    Part,
    Table,
    bad,
    column,
    entries,
    for_roles,
    not_found,
    say,
    see_other,
    show,
)
from bihuan.language.pack import Origin
from bihuan.places.models import Region
from bihuan.regulations.models import Adoption
from bihuan.regulations.packs import PackRefused
from bihuan.regulations.settings_page import (
    STRUCTURED,
    AdoptForm,
    EndForm,
    ValueForm,
    adopt_pack,
    adopted_packs,
    change_value,
    end_pack,
    value_form,
)
from bihuan.regulations.values import TableRow, rulebook, values_table
from bihuan.ui.words import day

ROLE = "system_admin"
HOME = {"label": "系统管理", "url": "/desk/admin/"}
_TONES = {
    Origin.SOURCE: "done",
    Origin.DEFAULT: "plain",
    Origin.LOCAL: "doing",
    Origin.UNSET: "todo",
}


@for_roles(ROLE)
def values(request: HttpRequest) -> HttpResponse:
    """Every parameter with its value and origin, and the packs in force."""
    region = _region(request)
    if region is None:
        return not_found(request)
    on = timezone.localdate()
    tabs = [
        {"label": one.name, "url": f"?region={one.pk}", "current": one.pk == region.pk}
        for one in _regions(request)[:30]
    ]
    rows = [_row(row, region) for row in values_table(region, on=on)]
    lead = "办理期限等数字都从这里来。改动只影响以后起算的期限，已起算的不变。"
    parts: list[Part] = [
        Table(
            heading="参数",
            columns=(
                column("label", "参数", "title"),
                column("text", "现值"),
                column("origin", "来源", "chip"),
                column("pack", "依据包的值"),
                column("basis", "条款", "codes"),
                column("note", "说明"),
            ),
            rows=rows,
            empty_words="还没有载入依据包",
        ),
        _packs_table(region),
    ]
    adopt_url = f"{reverse('regulations:adopt')}?region={region.pk}"
    actions = [{"label": "采用依据包", "url": adopt_url, "icon": "book"}]
    crumbs = (HOME, {"label": "参数与依据包"})
    page = Page(
        title="参数与依据包", lead=lead, parts=parts, crumbs=crumbs, tabs=tabs, actions=actions
    )
    return show(request, page)


@for_roles(ROLE)
def value(request: HttpRequest, key: str) -> HttpResponse:
    """One parameter: where its value comes from, and a value of one's own."""
    region = _region(request)
    parameter = rulebook().parameters.get(key)
    if region is None or parameter is None:
        return not_found(request)
    today = timezone.localdate()
    form = value_form(parameter, data=request.POST or None, today=today)
    notices = []
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            change_value(
                key,
                region=region,
                value=form.plain(parameter.kind),
                reason=typed["reason"],
                valid_from=typed["valid_from"],
                by=user_from(request),
                now=timezone.now(),
            )
        except PackRefused as refused:
            add_refusal(form, Refusal(refused.sentence, fields={"value": refused.sentence}))
        else:
            say(request, f"{region.name}的“{parameter.label}”已保存。")
            return see_other(_back(region))
    if parameter.kind in STRUCTURED:
        notices = [{"words": "名单和催办阶梯随依据包文件修改，不在本页改。", "tone": "info"}]
    page = Page(
        title=parameter.label,
        parts=_value_parts(request, key, region, form),
        crumbs=(HOME, {"label": "参数与依据包", "url": _back(region)}, {"label": parameter.label}),
        notices=notices,
    )
    return show(request, page, status=422 if form.is_bound else 200)


@for_roles(ROLE)
def adopt(request: HttpRequest) -> HttpResponse:
    """Take a pack into force."""
    region = _region(request)
    if region is None:
        return not_found(request)
    form = AdoptForm(request.POST or None, initial={"from_on": timezone.localdate()})
    notices = []
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        key = typed.pop("pack")
        try:
            adopt_pack(key, region=region, by=user_from(request), now=timezone.now(), **typed)
        except PackRefused as refused:
            notices = [bad(refused.sentence)]
        else:
            say(request, f"{region.name}已采用依据包。")
            return see_other(_back(region))
    return _form_page(request, f"{region.name}采用依据包", form, region, notices)


@for_roles(ROLE)
def end(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Let an adoption run out."""
    regions = _regions(request).order_by().values("pk")
    rows = Adoption.objects.filter(pk=adoption_id, region__in=regions)
    adoption = rows.select_related("region").first()
    if adoption is None:
        return not_found(request)
    form = EndForm(request.POST or None, initial={"until_on": timezone.localdate()})
    notices = []
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            end_pack(adoption, by=user_from(request), now=timezone.now(), **typed)
        except PackRefused as refused:
            notices = [bad(refused.sentence)]
        else:
            say(request, "已登记终止日期。")
            return see_other(_back(adoption.region))
    return _form_page(request, "终止采用依据包", form, adoption.region, notices)


def _form_page(
    request: HttpRequest,
    title: str,
    form: AdoptForm | EndForm,
    region: Region,
    notices: list[dict[str, str]],
) -> HttpResponse:
    box = Box(heading="", form=form, action=request.get_full_path(), button="保存")
    crumbs = (HOME, {"label": "参数与依据包", "url": _back(region)}, {"label": title})
    page = Page(title=title, parts=[box], crumbs=crumbs, notices=notices)
    return show(request, page, status=422 if form.is_bound else 200)


def _value_parts(request: HttpRequest, key: str, region: Region, form: ValueForm) -> list[Part]:
    row = next(one for one in values_table(region, on=timezone.localdate()) if one.value.key == key)
    facts: list[tuple[str, object]] = [
        ("地区", region.name),
        ("现值", row.value.text),
        ("来源", row.value.origin.label),
        ("依据包的值", f"{row.from_pack.text}（{row.from_pack.origin.label}）"),
        ("条款", "、".join(row.value.basis)),
        ("说明", row.value.note),
    ]
    parts: list[Part] = [Facts(heading="现在", entries=entries(facts))]
    if rulebook().parameters[key].kind not in STRUCTURED:
        action = request.get_full_path()
        parts.append(Box(heading="本单位设定", form=form, action=action, button="保存"))
    return parts


def _row(row: TableRow, region: Region) -> dict[str, Any]:
    held = row.value
    url = f"{reverse('regulations:value', args=(held.key,))}?region={region.pk}"
    is_local = held.origin is Origin.LOCAL
    return {
        "id": held.key,
        "name": held.label or held.key,
        "cells": {
            "label": {"text": held.label or held.key, "url": url},
            "text": held.text,
            "origin": {"label": held.origin.label, "tone": _TONES[held.origin]},
            "pack": row.from_pack.text if is_local else None,
            "basis": list(held.basis) or None,
            "note": held.note or None,
        },
    }


def _packs_table(region: Region) -> Table:
    rows = []
    for one in adopted_packs(region, on=timezone.localdate()):
        row = one.adoption
        can_end = one.is_open and row.region_id == region.pk
        url = reverse("regulations:end", args=(row.pk,))
        cells = {
            "title": {"text": one.title},
            "region": row.region.name,
            "from_on": day(row.from_on),
            "until_on": day(row.until_on) if row.until_on else "长期",
            "by": row.decided_by,
        }
        actions = [{"label": "终止", "url": url}] if can_end else []
        rows.append({"id": row.pk, "name": one.title, "cells": cells, "actions": actions})
    columns = (
        column("title", "依据包", "title"),
        column("region", "采用地区"),
        column("from_on", "自"),
        column("until_on", "至"),
        column("by", "登记人"),
    )
    return Table(heading="采用的依据包", columns=columns, rows=rows, empty_words="还没有采用依据包")


def _regions(request: HttpRequest) -> Any:
    return scope.regions_of(actor_from(request), role=ROLE)


def _region(request: HttpRequest) -> Region | None:
    """The place asked for if within reach; without asking the topmost one in reach."""
    asked = request.GET.get("region", "")
    rows = _regions(request)
    found: Region | None = (
        rows.filter(pk=int(asked)).first()
        if asked.isdecimal() and len(asked) < 19
        else rows.first()
    )
    return found


def _back(region: Region) -> str:
    return f"{reverse('regulations:values')}?region={region.pk}"
