"""Ledger pages: the list, one record with its history, the export, and a record's files."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.choices import options_at
from bihuan.documents.workbooks import Column, Sheet, workbook_bytes
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.words import Ledger
from bihuan.leads.ledgers import CHANNEL, ROSTER
from bihuan.matters import files
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Record
from bihuan.matters.moment import now
from bihuan.matters.records import VOID, fields_of, history_of, may_write, records_seen
from bihuan.matters.search import normalise
from bihuan.places.models import Person, Region, Site, Unit
from bihuan.ui.words import file_size, moment

PAGE = 50
EXPORT_MAX = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFERENCES: dict[Kind, Any] = {
    Kind.SITE: Site,
    Kind.PERSON: Person,
    Kind.UNIT: Unit,
    Kind.REGION: Region,
}


@signed_in
def show_ledger(request: HttpRequest, key: str) -> HttpResponse:
    """One page of a ledger, newest first."""
    ledger, by = ledger_or_404(key, by=actor_from(request)), actor_from(request)
    found = _narrowed(request, records_seen(key, by=by))
    after = from_code(request.GET.get("after", ""))
    rows = list((found.filter(pk__lt=after) if after else found).order_by("-id")[: PAGE + 1])
    shown, more = rows[:PAGE], len(rows) > PAGE
    words = Words(ledger, shown, on=_today())
    term, state = request.GET.get("q", ""), request.GET.get("state", "")
    query = f"?q={term}&state={state}"
    context = {
        "page": {"title": ledger.label, "lead": f"本页 {len(shown)} 条"},
        "columns": _columns(ledger),
        "rows": [_row(ledger, record, words=words) for record in shown],
        "filters": _filters(term, state),
        "links": {
            "new": reverse("desk:record_new", args=(key,)) if may_write(key, by=by) else "",
            "export": reverse("desk:ledger_export", args=(key,)) + query,
            "next": f"{query}&after={to_code(shown[-1].pk)}" if more else "",
            "beside": _beside(key),
        },
    }
    return render(request, "desk/ledger.html", context)


@signed_in
def show_record(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """One record: what it says, its files, and every version of it."""
    by = actor_from(request)
    ledger, record = ledger_or_404(key, by=by), record_or_404(key, code, by=by)
    words = Words(ledger, [record], on=_today())
    context = {
        "page": {
            "title": record.title,
            "crumbs": crumbs(ledger, record.title),
            "state": {"label": "已作废", "tone": "plain"} if record.is_void else None,
            "notices": _remarks(ledger, record),
        },
        "facts": [
            {
                "label": asked.label,
                "value": words.of(asked, record) or "未填",
                "whole": _is_long(asked),
            }
            for asked in ledger.fields
            if asked.kind is not Kind.FILES
        ],
        "papers": [_file(key, code, kept) for kept in record.files.order_by("id")],
        "versions": _versions(ledger, record, words=words),
        "links": _record_links(key, code) if may_write(key, by=by) and not record.is_void else {},
    }
    return render(request, "desk/record.html", context)


def _remarks(ledger: Ledger, record: Record) -> list[dict[str, str]]:
    words = ledger.remark(record, now()) if ledger.remark and not record.is_void else ""
    return [{"tone": "warn", "icon": "warning", "words": words}] if words else []


@signed_in
def export_ledger(request: HttpRequest, key: str) -> HttpResponse:
    """The records as filtered, as a workbook."""
    by = actor_from(request)
    ledger = ledger_or_404(key, by=by)
    records = list(_narrowed(request, records_seen(key, by=by)).order_by("id")[:EXPORT_MAX])
    words = Words(ledger, records, on=_today())
    asked = [one for one in ledger.fields if one.kind is not Kind.FILES]
    sheet = Sheet(
        name=ledger.label,
        title=ledger.label,
        columns=(
            *(Column(label=one.label, width=_width(one)) for one in asked),
            Column(label="附件", width=8),
            Column(label="状态", width=10),
        ),
        rows=[
            [
                *(words.of(one, record) for one in asked),
                f"{len(_file_ids(ledger, record))} 件",
                "已作废" if record.is_void else f"第 {record.version} 版",
            ]
            for record in records
        ],
        made_at_text=f"制表于 {moment(now())}",
    )
    return _download(workbook_bytes([sheet]), name=f"{ledger.label}.xlsx", mime=XLSX)


@signed_in
def send_file(request: HttpRequest, key: str, code: str, number: int) -> HttpResponse:
    """One file of a record."""
    by = actor_from(request)
    ledger_or_404(key, by=by)
    kept = record_or_404(key, code, by=by).files.filter(pk=number).first()
    if kept is None:
        raise Http404(f"no file {number!r} of this record")
    return _download(files.read(kept.digest), name=kept.name, mime=kept.mime)


def ledger_or_404(key: str, *, by: Actor) -> Ledger:
    """The ledger of that key, if the actor may see any record of it."""
    ledger = next((ledger for ledger in catalog().ledgers if ledger.key == key), None)
    readers = by.regions_seen() or (ledger is not None and set(ledger.write_by) & by.roles)
    if ledger is None or not readers:
        raise Http404(f"no ledger {key!r}")
    return ledger


def record_or_404(key: str, code: str, *, by: Actor) -> Record:
    """The record behind a URL part, within the actor's reach."""
    record = records_seen(key, by=by).filter(pk=from_code(code) or 0).first()
    if record is None:
        raise Http404(f"no record {code!r}")
    return record


def crumbs(ledger: Ledger, last: str) -> list[dict[str, str]]:
    """Where a page of a ledger stands."""
    return [
        {"label": ledger.label, "url": reverse("desk:ledger", args=(ledger.key,))},
        {"label": last},
    ]


class Words:
    """Values of records in words: labels of options and names of what ids stand for."""

    def __init__(self, ledger: Ledger, records: Iterable[Record], *, on: date) -> None:
        records = list(records)
        self._options = {
            asked.key: {
                option.key: option.label
                for option in options_at(asked, region_path=tuple(region.path_ids), on=on)
            }
            for region in {record.region for record in records}
            for asked in fields_of(ledger, region=region, on=on)
            if asked.kind in (Kind.CHOICE, Kind.CHOICES)
        }
        self._title = ledger.title
        self._names: dict[Kind, dict[int, str]] = {}
        for kind, model in _REFERENCES.items():
            keys = [asked.key for asked in ledger.fields if asked.kind is kind]
            ids = {record.facts[key] for record in records for key in keys if key in record.facts}
            if ids:
                self._names[kind] = dict(model.objects.filter(pk__in=ids).values_list("pk", "name"))

    def of(self, asked: Field, record: Record) -> str:
        """The value of a field as it is read."""
        title = record.title if asked.key == self._title else ""
        return self.text(asked, record.facts.get(asked.key), title=title)

    def text(self, asked: Field, value: Any, *, title: str = "") -> str:
        """A value as it is read; `title` stands in for an option that is gone."""
        if value in (None, "", []):
            return ""
        if asked.kind is Kind.YES_NO:
            return "是" if value else "否"
        if asked.kind in self._names:
            return self._names[asked.kind].get(int(value), str(value))
        if asked.kind is Kind.CHOICE:
            return self._options.get(asked.key, {}).get(str(value), title or str(value))
        if asked.kind is Kind.MOMENT:
            return str(value)[:16].replace("T", " ")
        return f"{value}{asked.unit}"


def _beside(key: str) -> list[dict[str, str]]:
    duties = [duty for duty in catalog().duties if duty.proof_ledger == key]
    links = [
        {"label": "覆盖情况", "url": reverse("desk:duty", args=(duty.key,)), "icon": "target"}
        for duty in duties
    ]
    if key in (CHANNEL, ROSTER):
        links.append({"label": "当日接件", "url": reverse("desk:watch"), "icon": "people"})
    return links


def _narrowed(request: HttpRequest, found: QuerySet[Record]) -> QuerySet[Record]:
    term, state = normalise(request.GET.get("q", "")), request.GET.get("state", "")
    if term:
        found = found.filter(title__icontains=term)
    if state == "all":
        return found
    return found.filter(is_void=state == "void")


def _columns(ledger: Ledger) -> list[dict[str, str]]:
    heads = [{"key": "title", "label": _title_label(ledger), "kind": "title"}]
    heads += [
        {"key": asked.key, "label": asked.label}
        for asked in ledger.fields
        if asked.key != ledger.title and asked.kind is not Kind.FILES and not _is_long(asked)
    ]
    return [*heads, {"key": "papers", "label": "附件"}, {"key": "version", "label": "版本"}]


def _row(ledger: Ledger, record: Record, *, words: Words) -> dict[str, Any]:
    code = to_code(record.pk)
    count = len(_file_ids(ledger, record))
    cells: dict[str, Any] = {asked.key: words.of(asked, record) for asked in ledger.fields}
    cells["title"] = {
        "text": record.title,
        "url": reverse("desk:record", args=(ledger.key, code)),
        "sub": "已作废" if record.is_void else record.region.name,
    }
    cells |= {"papers": f"{count} 件" if count else "", "version": f"第 {record.version} 版"}
    return {"id": code, "cells": cells, "name": record.title}


def _filters(term: str, state: str) -> list[dict[str, Any]]:
    states = [{"value": "void", "label": "已作废"}, {"value": "all", "label": "全部"}]
    return [
        {
            "name": "q",
            "label": "名称",
            "kind": "search",
            "value": term,
            "placeholder": "按名称查找",
        },
        {
            "name": "state",
            "label": "状态",
            "kind": "choice",
            "value": state,
            "options": states,
            "blank": "有效",
        },
    ]


def _versions(ledger: Ledger, record: Record, *, words: Words) -> list[dict[str, Any]]:
    asked = {one.key: one for one in ledger.fields}
    entries = []
    for line in reversed(history_of(record)):
        verb = "作废" if line.step == VOID else "登记" if line.seq == 1 else "更正"
        changed = [
            f"{asked[key].label}：{_shown(words, asked[key], old)}→{_shown(words, asked[key], new)}"
            for key, (old, new) in line.changes.get("facts", {}).items()
            if key in asked and line.seq > 1
        ]
        reason = line.changes.get("reason", "")
        sub = "；".join([*changed, *([f"理由：{reason}"] if reason else [])])
        title = f"{verb}（{line.actor}，{moment(line.happened_at)}）"
        entries.append({"title": title, "sub": sub, "icon": "edit" if line.seq > 1 else "plus"})
    return entries


def _shown(words: Words, asked: Field, value: Any) -> str:
    if asked.kind is Kind.FILES:
        return f"{len(value or [])} 件"
    return words.text(asked, value) or "空"


def _file_ids(ledger: Ledger, record: Record) -> list[int]:
    keys = [asked.key for asked in ledger.fields if asked.kind is Kind.FILES]
    return [number for key in keys for number in record.facts.get(key) or []]


def _file(key: str, code: str, kept: Any) -> dict[str, str]:
    return {
        "name": kept.name,
        "size": file_size(kept.size),
        "url": reverse("desk:record_file", args=(key, code, kept.pk)),
        "kind": "image" if kept.mime.startswith("image/") else "paper",
        "sub": f"{moment(kept.uploaded_at)} 上传",
    }


def _record_links(key: str, code: str) -> dict[str, str]:
    return {
        "edit": reverse("desk:record_edit", args=(key, code)),
        "void": reverse("desk:record_void", args=(key, code)),
    }


def _download(data: bytes, *, name: str, mime: str) -> HttpResponse:
    response = HttpResponse(data, content_type=mime)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _title_label(ledger: Ledger) -> str:
    return next(one.label for one in ledger.fields if one.key == ledger.title)


def _is_long(asked: Field) -> bool:
    return asked.kind is Kind.LONG_TEXT


def _width(asked: Field) -> float:
    return 40 if _is_long(asked) else 24 if asked.kind in (Kind.TEXT, Kind.SITE) else 14


def _today() -> date:
    return now().astimezone(SHANGHAI).date()
