"""Forms of records: a new one, a new version of one, and voiding; what was typed is kept."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from bihuan.accounts.actors import Actor
from bihuan.accounts.models import User
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.asking import answers_from, control
from bihuan.desk.choices import CHOICES_MAX, Choices, choices_of, sites_of
from bihuan.desk.forms import confirmations_of
from bihuan.desk.ledgers import crumbs, ledger_or_404, record_or_404
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.words import Ledger
from bihuan.matters.answers import CONFIRMED
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Record
from bihuan.matters.moment import now
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import fields_of, void_record, write_record
from bihuan.matters.refusals import Refused
from bihuan.places.models import Region
from bihuan.ui.faults import summary


@signed_in
def new_record(request: HttpRequest, key: str) -> HttpResponse:
    """Register a record."""
    ledger = ledger_or_404(key, by=actor_from(request))
    return _form_page(request, ledger, record=None)


@signed_in
def edit_record(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Write a new version of a record."""
    by = actor_from(request)
    ledger = ledger_or_404(key, by=by)
    return _form_page(request, ledger, record=record_or_404(key, code, by=by))


@signed_in
def void(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Void a record: a page that asks for the reason, and the voiding itself."""
    by = actor_from(request)
    ledger, record = ledger_or_404(key, by=by), record_or_404(key, code, by=by)
    refusal = None
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            void_record(key, by=by, now=now(), record_id=record.pk, reason=reason)
            return HttpResponseRedirect(_address(record), status=303)
        except Refused as refused:
            refusal = refused
    asked = {
        "name": "reason",
        "label": "作废理由",
        "kind": "long_text",
        "required": True,
        "value": reason,
        "maxlength": 400,
        "error": refusal.fields.get("reason", "") if refusal else "",
    }
    context = {
        "page": {"title": f"作废“{record.title}”", "crumbs": crumbs(ledger, "作废")},
        "fields": [asked],
        "sending": {
            "label": "作废",
            "words": "作废后仍留在台账里，但不再计入。",
            "back": _address(record),
        },
        "errors": _errors(refusal, ledger.fields, typed={"reason": reason.strip()}),
    }
    return render(
        request, "desk/record_form.html", context, status=refusal.status if refusal else 200
    )


def _form_page(request: HttpRequest, ledger: Ledger, *, record: Record | None) -> HttpResponse:
    by, at = actor_from(request), now()
    region = record.region if record else _own_region(by)
    asked = fields_of(ledger, region=region, on=at.astimezone(SHANGHAI).date())
    refusal = None
    reason = request.POST.get("reason", "").strip()[:400]
    typed: dict[str, Any] = _as_typed(record, asked) if record else _proposed(request, asked)
    if request.method == "POST":
        try:
            typed = answers_from(request.POST, asked)
            typed |= _files_from(request, asked, by=by)
            if CONFIRMED in request.POST:
                typed[CONFIRMED] = request.POST.getlist(CONFIRMED)
            kept = write_record(
                ledger.key,
                by=by,
                now=at,
                facts=typed,
                record_id=record.pk if record else None,
                reason=reason,
                seen_version=_number(request.POST.get("version")),
            )
            return HttpResponseRedirect(_address(kept), status=303)
        except Refused as refused:
            refusal = refused
    title = f"更正“{record.title}”" if record else f"登记{ledger.label}"
    context = {
        "page": {"title": title, "crumbs": crumbs(ledger, "更正" if record else "登记")},
        "fields": _controls(
            asked, typed=typed, by=by, refusal=refusal, record=record, reason=reason
        ),
        "sending": {
            "label": "保存",
            "words": "保存为新的一版，原版留在历史里。" if record else "",
            "back": _address(record) if record else reverse("desk:ledger", args=(ledger.key,)),
        },
        "errors": _errors(refusal, ledger.fields, typed=typed),
    }
    return render(
        request, "desk/record_form.html", context, status=refusal.status if refusal else 200
    )


def _controls(
    asked: tuple[Field, ...],
    *,
    typed: Mapping[str, Any],
    by: Actor,
    refusal: Refused | None,
    record: Record | None,
    reason: str,
) -> list[dict[str, Any]]:
    choices, on = choices_of(by), now().astimezone(SHANGHAI).date()
    faults = refusal.fields if refusal else {}
    drawn = []
    for one in asked:
        shown = control(one, choices=choices, on=on, typed=typed, faults=faults)
        options = _references(one, choices=choices, by=by)
        if options is not None:
            shown |= {"kind": "choice", "look": "select", "options": options}
            shown["value"] = str(shown["value"])
        if one.kind is Kind.FILES:
            shown["accept"] = "image/*,application/pdf"
            shown["kept"] = _kept(typed.get(one.key), by=by, record=record)
        drawn.append(shown)
    drawn += confirmations_of(refusal, fields=asked, typed=typed)
    if record is not None:
        drawn.append({"name": "version", "kind": "hidden", "value": str(record.version)})
        drawn.append(
            {
                "name": "reason",
                "label": "更正理由",
                "kind": "text",
                "maxlength": 200,
                "value": reason,
            }
        )
    return drawn


def _references(one: Field, *, choices: Choices, by: Actor) -> list[dict[str, str]] | None:
    if one.kind is Kind.SITE:
        found = list(sites_of(choices).values_list("pk", "name")[:CHOICES_MAX])
    elif one.kind is Kind.PERSON:
        users = User.objects.filter(is_active=True, person__isnull=False)
        users = users.filter(grants__region_id__in={held.region_id for held in by.held})
        rows = users.order_by("person__name").values_list("person_id", "person__name")
        found = list(dict(rows[:CHOICES_MAX]).items())
    else:
        return None
    return [{"value": str(key), "label": name} for key, name in found]


def _files_from(
    request: HttpRequest, asked: tuple[Field, ...], *, by: Actor
) -> dict[str, list[str]]:
    found = {}
    for one in asked:
        if one.kind is Kind.FILES:
            kept = request.POST.getlist(f"{one.key}_kept")
            fresh = [
                str(keep_file(sent.read(), name=sent.name or "", by=by, now=now()).pk)
                for sent in request.FILES.getlist(one.key)
            ]
            found[one.key] = [*kept, *fresh]
    return found


def _kept(ids: Any, *, by: Actor, record: Record | None) -> list[dict[str, Any]]:
    mine = Attachment.objects.filter(pk__in=ids or [], matter=None)
    rows = [row for row in mine if row.uploaded_by_id == by.user_id or row.record == record]
    return [{"name": row.name, "id": row.pk} for row in rows]


def _proposed(request: HttpRequest, asked: tuple[Field, ...]) -> dict[str, Any]:
    """What the address proposes for a new record: a board's row knows its site and its text."""
    keys = {one.key for one in asked if one.kind is not Kind.FILES}
    return {key: text for key, text in request.GET.items() if key in keys and "\0" not in text}


def _as_typed(record: Record, asked: tuple[Field, ...]) -> dict[str, Any]:
    typed = dict(record.facts)
    for one in asked:
        if one.kind is Kind.YES_NO and one.key in typed:
            typed[one.key] = "yes" if typed[one.key] else "no"
        elif one.kind is Kind.MOMENT and one.key in typed:
            typed[one.key] = str(typed[one.key])[:16]
    return typed


def _errors(
    refusal: Refused | None, asked: tuple[Field, ...], *, typed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if refusal is None:
        return []
    labels = {one.key: one.label for one in asked} | {"reason": "作废理由"}
    if not refusal.fields:
        return [{"id": "main", "label": "未能保存", "sentence": refusal.sentence}]
    return summary(refusal.fields, labels=labels, typed=typed)


def _own_region(by: Actor) -> Region:
    held = by.held[0] if by.held else None
    return Region.objects.get(pk=held.region_id) if held else Region()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else None


def _address(record: Record) -> str:
    return reverse("desk:record", args=(record.ledger, to_code(record.pk)))
