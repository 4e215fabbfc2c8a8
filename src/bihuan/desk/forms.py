"""Forms of steps and openings: controls of declared fields, what was sent, what was refused."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from bihuan.accounts.actors import Actor
from bihuan.desk.asking import answers_from
from bihuan.desk.pickers import Pickers, shown_value
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.matters.answers import CONFIRMED, confirmed_in
from bihuan.matters.attachments import attach
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import is_id
from bihuan.matters.moment import now
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.places.models import Region
from bihuan.ui.faults import summary

WHOLE_KINDS = (Kind.LONG_TEXT, Kind.CHOICES, Kind.FILES)


def pickers_of(case: Case) -> Pickers:
    """Controls and look-ups at the place of a matter, or of its actor while it has none."""
    path = case.matter.path_ids
    region = Region.objects.get(pk=path[-1]) if path else region_of(case.by)
    return Pickers(region, case.now.astimezone(SHANGHAI).date(), case.matter.unit_id)


def region_of(by: Actor, *, roles: tuple[str, ...] = ()) -> Region:
    """The region for which the actor holds one of these roles (any role, unless told)."""
    held = [one for one in by.held if not roles or one.role in roles] or list(by.held)
    return Region.objects.get(pk=held[0].region_id) if held else Region(level=1, path="/-/")


def kept_values(case: Case, fields: tuple[Field, ...]) -> dict[str, Any]:
    """What is known already, as the form shows it; the place of the matter stands for 属地.

    Before the first step only what was asked at opening is known; a title that the system put
    there meanwhile is not, nor what is asked each time. What a publication may say is proposed
    where nothing was written yet.
    """
    is_new = case.matter.stage == case.loop.first_stage.key
    given = {asked.key for asked in case.loop.opens_with}
    known = {
        asked.key: shown_value(asked, case.facts[asked.key])
        for asked in fields
        if asked.keeps
        and not asked.each_time
        and case.facts.get(asked.key) not in (None, "", [])
        and (asked.key in given or not is_new or not case.loop.title)
    }
    for asked in fields:
        if asked.kind is Kind.REGION and asked.key not in known and case.matter.l4:
            known[asked.key] = case.matter.l4
    return _proposed(case, fields) | known


def _proposed(case: Case, fields: tuple[Field, ...]) -> dict[str, Any]:
    """What the declaration of a publication proposes for these fields."""
    word = catalog().publication_of(case.loop.key)
    drafted = word.draft(case) if word and word.draft else {}
    return {asked.key: drafted[asked.key] for asked in fields if drafted.get(asked.key)}


def answers_of(request: HttpRequest, fields: tuple[Field, ...], *, at: Pickers) -> dict[str, Any]:
    """Answers as sent, names turned into ids, with the fields that the person confirmed."""
    answers = at.resolved(answers_from(request.POST, fields), fields)
    confirmed = request.POST.getlist(CONFIRMED)
    return {**answers, CONFIRMED: confirmed} if confirmed else answers


def with_uploads(
    request: HttpRequest, fields: tuple[Field, ...], answers: dict[str, Any], *, case: Case
) -> dict[str, Any]:
    """Answers whose files were attached to the matter first; a field at fault is named."""
    for asked in fields:
        if asked.kind is not Kind.FILES:
            continue
        ids = [one for one in request.POST.getlist(f"{asked.key}_kept") if is_id(one)]
        for sent in request.FILES.getlist(asked.key):
            try:
                kept = attach(case.matter.pk, sent.read(), sent.name or "", by=case.by, now=now())
            except Incomplete as refused:
                raise type(refused)(
                    refused.sentence, fields={asked.key: refused.sentence}
                ) from refused
            ids.append(str(kept.pk))
        answers[asked.key] = ids
    return answers


def controls_of(
    fields: tuple[Field, ...],
    *,
    at: Pickers,
    typed: Mapping[str, Any],
    refusal: Refused | None = None,
) -> list[dict[str, Any]]:
    """Controls in the order of the declaration; what may be confirmed gets a tick at the end."""
    faults = refusal.fields if refusal else {}
    drawn = [at.control(asked, typed=typed, faults=faults) for asked in fields]
    for asked, control in zip(fields, drawn, strict=True):
        control["whole"] = control.get("whole", False) or asked.kind in WHOLE_KINDS
    return drawn + confirmations_of(refusal, fields=fields, typed=typed)


def confirmations_of(
    refusal: Refused | None, *, fields: tuple[Field, ...], typed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The tick under a form whose texts only look like a name, none else.

    What was ticked before stays there, ticked: a form that comes back for another reason, or
    for another field, doesn't ask the same thing again.
    """
    confirmable = refusal.confirmable if isinstance(refusal, Incomplete) else ()
    ticked = confirmed_in(typed)
    offered = [asked for asked in fields if asked.key in confirmable or asked.key in ticked]
    return [_confirmation(offered, ticked=ticked)] if offered else []


def errors_of(
    refusal: Refused | None, fields: tuple[Field, ...], *, typed: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Entries of the error summary, one per field at fault."""
    labels = {asked.key: asked.label for asked in fields}
    return summary(refusal.fields if refusal else {}, labels=labels, typed=typed)


def notices_of(refusal: Refused | None) -> list[dict[str, str]]:
    """The refusal of the whole, said above the form."""
    if refusal is None or refusal.fields:
        return []
    return [{"tone": "bad", "words": refusal.sentence}]


def _confirmation(offered: Sequence[Field], *, ticked: Collection[str]) -> dict[str, Any]:
    return {
        "name": CONFIRMED,
        "label": "核对后确认",
        "kind": "choices",
        "look": "two",
        "whole": True,
        "hint": "提示的词确实不是姓名、住址的才勾选，勾选会记入办理经过",
        "options": [
            {"value": asked.key, "label": f"“{asked.label}”不含个人信息"} for asked in offered
        ],
        "value": [asked.key for asked in offered if asked.key in ticked],
    }
