"""The ledger (台账) of one kind of matter: tabs, filters, columns, paging, ticks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk import columns, filtering
from bihuan.desk.choices import Choices, choices_of, options_at, sites_of
from bihuan.desk.filtering import Asked
from bihuan.desk.rows import Look, Row, is_late, look_at, name_of
from bihuan.desk.shell import address, count_words, working_kinds
from bihuan.desk.views_kept import menu_of, with_usual_columns
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.inbox import COUNT_CAP, PAGE, capped_count
from bihuan.matters.models import Facts
from bihuan.matters.moment import now
from bihuan.matters.tallies import kept

SUGGESTIONS_MAX = 300
LETTER_FORMS = {"pdf": "PDF", "docx": "Word"}
PAGES_BACK_MAX = 40  # keys of earlier pages that the address carries for 上一页
_BACK = "~"
_LABELS = {
    "mine": "待我办理",
    "open": "在办",
    "late": "已逾期",
    "today": "今日到期",
    "closed": "已办结",
    "all": "全部",
}


@signed_in
def show_list(request: HttpRequest, kind: str) -> HttpResponse:
    """One page of the ledger."""
    loop = loop_or_404(kind, by=actor_from(request))
    return render(request, "desk/list.html", list_context(request, loop))


def loop_or_404(kind: str, *, by: Actor) -> Loop:
    """The loop of that key, if the actor works in it or sees it; else not found."""
    loop = next((loop for loop in catalog().loops if loop.key == kind), None)
    if loop is None or loop not in working_kinds(by):
        raise Http404(f"no list of {kind!r}")
    return loop


def list_context(request: HttpRequest, loop: Loop) -> dict[str, Any]:
    """What the template of a ledger needs."""
    by, at = actor_from(request), now()
    today = at.astimezone(SHANGHAI).date()
    asked = filtering.asked_of(request.GET.dict(), loop=loop)
    choices = kept(by, "choices", partial(choices_of, by))
    categories = category_labels(loop, choices=choices, on=today)
    tabs = tabs_of(asked, by=by, loop=loop, at=at)
    trail = [key for key in asked.get("after").split(_BACK) if key]
    page = filtering.page_asked(asked, after=trail[-1] if trail else "", by=by, loop=loop, at=at)
    used = with_usual_columns(asked, by=by, loop=loop)
    shown = columns.chosen(used, loop=loop)
    look = look_at(page.rows, at=at, townships=choices.townships, categories=categories)
    facts = fact_cells(page.rows, look=look, shown=shown, loop=loop, choices=choices, on=today)
    rows = _ledger_rows(page.rows, shown=shown, look=look, facts=facts)
    return {
        "page": {
            "title": f"{loop.label}台账",
            "lead": _lead(tabs),
            "kicker": f"{_LABELS.get(asked.tab, '')}　{today}",
            "crumbs": [{"label": "闭环业务"}, {"label": f"{loop.label}台账"}],
        },
        "tabs": tabs,
        "filters": _filter_fields(asked, by=by, loop=loop, choices=choices, known=categories),
        "kept_params": [
            {"name": key, "value": asked.get(key)}
            for key in ("tab", "sort", "cols")
            if asked.get(key)
        ],
        "chips": filtering.chips_of(
            asked, loop=loop, choices=choices, categories=categories, on=today
        ),
        "clear_url": filtering.clear_url(asked),
        "columns": columns.heads(shown, asked),
        "views": menu_of(asked, by=by, loop=loop),
        "column_links": _column_links(asked, used, loop=loop),
        "rows": rows,
        "caption": f"{loop.label}台账，{_order_words(asked)}",
        "empty_words": _empty_words(asked),
        "bulk": _bulk_actions(loop, by=by),
        "bulk_url": address("desk:bulk", loop.key),
        "links": _links(loop, by=by),
        "exports": _exports(used, loop=loop) + _letter_links(used, loop=loop),
        "pager": _pager(asked, trail=trail, count=len(rows), next_after=page.next_after),
    }


def _column_links(asked: Asked, used: Asked, *, loop: Loop) -> list[dict[str, Any]]:
    """The page for columns and their order, a column in or out at once, and the way back."""
    there = address("desk:columns", loop.key) + asked.url()
    return [
        {"label": "选择列和先后", "icon": "edit", "url": there},
        *columns.choice_links(used, loop=loop),
        {"label": "恢复常用列", "url": asked.url(cols=""), "icon": "undo"},
    ]


def _sites_named(choices: Choices) -> list[str]:
    return list(sites_of(choices).values_list("name", flat=True)[:SUGGESTIONS_MAX])


def _sources_used(by: Actor, loop: Loop) -> list[str]:
    """Sources of the newest matters within reach, to be suggested."""
    found = filtering.filtered(Asked({}), by=by, loop=loop).order_by("-id").exclude(source="")
    return list(dict.fromkeys(found.values_list("source", flat=True)[:SUGGESTIONS_MAX]))


def tabs_of(asked: Asked, *, by: Actor, loop: Loop, at: datetime) -> list[dict[str, Any]]:
    """Tabs with capped counts in three queries: the open ones by stage, closed, mine."""
    stages = [stage for stage in loop.stages if not stage.closed and not stage.retired]

    def count() -> dict[str, int]:
        found = filtering.filtered(asked, by=by, loop=loop)
        opened = found.filter(is_open=True).order_by()[: COUNT_CAP + 1]
        mine = filtering.in_tab(found, "mine", by=by, loop=loop, at=at)
        asked_for = {"open": Count("id")}
        asked_for |= {
            tab: Count("id", filter=filtering.tab_condition(filtering.tab_at(tab, at=at)))
            for tab in ("late", "today")
        }
        asked_for |= {
            f"stage_{stage.key}": Count("id", filter=Q(stage=stage.key)) for stage in stages
        }
        counted = opened.aggregate(**asked_for)
        closed = capped_count(found.filter(is_open=False))[0]
        every = counted["open"] + closed
        return {**counted, "closed": closed, "mine": capped_count(mine)[0], "all": every}

    narrowing = asked.url(tab="", sort="", cols="")
    counts = kept(by, ("tabs", loop.key, narrowing), count)
    tabs = [
        _tab(_LABELS[key], key, counts[key], asked=asked, is_hot=key == "late")
        for key in ("mine", "open", "late", "today", "closed", "all")
    ]
    tabs += [
        _tab(stage.label, stage.key, counts[f"stage_{stage.key}"], asked=asked)
        for stage in stages
        if counts[f"stage_{stage.key}"] or asked.tab == stage.key
    ]
    closed = [s for s in loop.stages if s.closed and s.key == asked.tab]
    return tabs + [_tab(stage.label, stage.key, None, asked=asked) for stage in closed]


def category_labels(loop: Loop, *, choices: Choices, on: date) -> dict[str, str]:
    """Labels of the projected category by key, as in force within reach."""
    asked = catalog().categorised(loop)
    field = asked.fields.get(asked.category) if asked.category else None
    return labels_of(field, choices=choices, on=on) if field else {}


def labels_of(field: Field, *, choices: Choices, on: date) -> dict[str, str]:
    """Labels of a choice by key."""
    options = options_at(field, region_path=choices.region_path, on=on)
    return {option.key: option.label for option in options}


def fact_cells(
    rows: list[Row],
    *,
    look: Look,
    shown: Sequence[columns.Shown],
    loop: Loop,
    choices: Choices,
    on: date,
) -> dict[int, dict[str, str]]:
    """Words of the declared columns that are shown, by matter; one query, or none without them."""
    keys = {column.key for column in shown}
    fields = [field for field in columns.fact_columns(loop) if field.key in keys]
    if not fields:
        return {}
    labels = {field.key: labels_of(field, choices=choices, on=on) for field in fields}
    held = Facts.objects.filter(pk__in=[row["id"] for row in rows])
    facts = {pk: data | look.present.get(pk, {}) for pk, data in held.values_list("pk", "data")}
    return {
        pk: {
            field.key: columns.fact_words(field, data.get(field.key), labels=labels[field.key])
            for field in fields
        }
        for pk, data in facts.items()
    }


def _tab(
    label: str, key: str, count: int | None, *, asked: Asked, is_hot: bool = False
) -> dict[str, Any]:
    return {
        "label": label,
        "url": asked.url(tab="" if key == "open" else key, sort=""),
        "count": None if count is None else count_words(count),
        "hot": bool(is_hot and count),
        "current": asked.tab == key,
    }


def _lead(tabs: list[dict[str, Any]]) -> str:
    counts = {tab["label"]: tab["count"] for tab in tabs}
    return (
        f"在办 {counts['在办']} 件，已逾期 {counts['已逾期']} 件，今日到期 {counts['今日到期']} 件"
    )


def _ledger_rows(
    rows: list[Row],
    *,
    shown: Sequence[columns.Shown],
    look: Look,
    facts: Mapping[int, Mapping[str, str]],
) -> list[dict[str, Any]]:
    keys = [column.key for column in shown]
    return [
        {
            "id": to_code(row["id"]),
            "name": name_of(row),
            "late": is_late(row, at=look.at),
            "cells": columns.cells_of(row, shown=keys, look=look, facts=facts.get(row["id"], {})),
        }
        for row in rows
    ]


def _filter_fields(
    asked: Asked, *, by: Actor, loop: Loop, choices: Choices, known: Mapping[str, str]
) -> list[dict[str, Any]]:
    sites = kept(by, "sites", partial(_sites_named, choices))
    fields: list[dict[str, Any]] = [
        {"name": "q", "label": "关键词", "kind": "search", "placeholder": "标题、摘要、编号、企业"},
        {"name": "site", "label": "监管对象", "kind": "text", "suggestions": sites},
        _choice("unit", "承办单位", choices.units),
        _choice("township", "乡镇", choices.townships),
    ]
    if known:
        fields.append(_choice("category", "类别", known))
    if loop.source:
        used = kept(by, ("sources", loop.key), partial(_sources_used, by, loop), times=20)
        fields.append({"name": "source", "label": "来源", "kind": "text", "suggestions": used})
    for field in fields:
        field["value"] = asked.get(field["name"])
    days = [asked.get("due_from"), asked.get("due_to")]
    names_of_range = ["due_from", "due_to"]
    fields.append({"label": "期限", "kind": "range", "names": names_of_range, "values": days})
    hidden = [filtering.FACT + field.key for field in filtering.choice_fields(loop)]
    hidden += ["kept", "opened_from", "opened_to"]
    return fields + [
        {"name": key, "kind": "hidden", "value": asked.get(key)} for key in hidden if asked.get(key)
    ]


def _choice(name: str, label: str, known: Mapping[Any, str]) -> dict[str, Any]:
    options = [{"value": str(key), "label": words} for key, words in known.items()]
    return {"name": name, "label": label, "kind": "choice", "options": options}


def _bulk_actions(loop: Loop, *, by: Actor) -> list[dict[str, str]]:
    packed = any(step.paper for step in loop.steps)
    packs = [
        {"label": f"打包文书（{label}）", "name": "letters", "value": form}
        for form, label in LETTER_FORMS.items()
    ]
    return (packs if packed else []) + [
        {"label": f"批量{step.label}", "name": "step", "value": step.key}
        for step in loop.steps
        if step.bulk and set(step.by) & by.roles
    ]


def _links(loop: Loop, *, by: Actor) -> dict[str, str]:
    may_open = bool(set(loop.open_by) & by.roles)
    return {
        "open": address("desk:open", loop.key) if may_open else "",
        "import": address("desk:import", loop.key) if may_open else "",
        "statistics": address("desk:statistics", loop.key),
    }


def _letter_links(used: Asked, *, loop: Loop) -> list[dict[str, str]]:
    if not any(step.paper for step in loop.steps):
        return []
    return [
        {
            "label": f"打包文书（{label}）",
            "url": address("desk:ask_letters", loop.key, form) + used.url(),
            "icon": "paper",
        }
        for form, label in LETTER_FORMS.items()
    ]


def _exports(used: Asked, *, loop: Loop) -> list[dict[str, str]]:
    """Files of what is filtered: with every column, and with the chosen ones in their order."""
    forms = (("xlsx", "Excel 工作簿", "table"), ("csv", "CSV 文本", "ledger"))
    sets = [("", used.url(cols=""))]
    if used.get("cols"):
        sets = [("，所选的列", used.url()), ("，全部列", used.url(cols=""))]
    return [
        {
            "label": label + which,
            "url": address("desk:export", loop.key, form) + at,
            "icon": icon,
        }
        for which, at in sets
        for form, label, icon in forms
    ]


def _order_words(asked: Asked) -> str:
    return "最近登记在前" if asked.is_newest_first else "按期限先后排列"


def _empty_words(asked: Asked) -> str:
    if filtering.clear_url(asked) != asked.url():
        return "没有符合条件的事项，可以移除上面的条件再看"
    return {"late": "没有逾期的事项", "today": "今天没有到期的事项"}.get(
        asked.tab, "这里还没有事项"
    )


def _pager(asked: Asked, *, trail: list[str], count: int, next_after: str) -> dict[str, str]:
    first = len(trail) * PAGE + 1
    following = _BACK.join([*trail, next_after][-PAGES_BACK_MAX:])
    return {
        "words": f"第 {first}–{first + count - 1} 件" if count else "",
        "previous_url": asked.url(after=_BACK.join(trail[:-1])) if trail else "",
        "next_url": asked.url(after=following) if next_after else "",
    }
