"""The form of one step: what it asks, what is known already, and refusals shown in place."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.accounts.roles import BY_KEY
from bihuan.desk.forms import (
    answers_of,
    controls_of,
    errors_of,
    kept_values,
    notices_of,
    pickers_of,
    with_uploads,
)
from bihuan.desk.matter_known import known_of
from bihuan.desk.matter_lists import lists_at_step
from bihuan.desk.matter_related import alike, same_site
from bihuan.desk.pickers import Pickers
from bihuan.desk.reading import case_or_404, name_of
from bihuan.desk.shell import address
from bihuan.disclosure.reading import caution, entry_of, preview
from bihuan.language.field import Kind
from bihuan.language.loop import Step
from bihuan.leads.custody import Original, original_for
from bihuan.matters.case import Case
from bihuan.matters.engine import take_step
from bihuan.matters.identity import is_id, to_code
from bihuan.matters.moment import now
from bihuan.matters.permission import allowed
from bihuan.matters.refusals import NotFound, Refused

LOOK = "look"  # the button that only looks: for earlier ones alike, or what will be public


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def step_form(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Show the form of a step, or take the step and go back to the matter."""
    by, at = actor_from(request), now()
    case = case_or_404(code, by=by, now=at)
    found = next((one for one in case.loop.steps if one.key == step), None)
    if found is None:
        raise Http404(f"no step {step!r}")
    if request.method == "POST":
        return _posted(request, case, found)
    refusal = allowed(case, found)
    return _page(request, case, found, typed=kept_values(case, found.asks), refusal=refusal)


def _posted(request: HttpRequest, case: Case, step: Step) -> HttpResponse:
    pickers = pickers_of(case)
    answers = answers_of(request, step.asks, at=pickers)
    if LOOK in request.POST:
        return _page(request, case, step, typed=answers, pickers=pickers)
    refusal = allowed(case, step)
    try:
        if refusal is not None:
            raise refusal
        take_step(
            case.matter.pk,
            step.key,
            by=case.by,
            now=now(),
            answers=with_uploads(request, step.asks, answers, case=case),
            seen_seq=_number(request.POST.get("seen_seq")),
        )
    except NotFound as gone:
        raise Http404(gone.sentence) from gone
    except Refused as refused:
        return _page(request, case, step, typed=answers, refusal=refused, pickers=pickers)
    return HttpResponseRedirect(_matter_url(case), status=303)


def _page(
    request: HttpRequest,
    case: Case,
    step: Step,
    *,
    typed: dict[str, Any],
    refusal: Refused | None = None,
    pickers: Pickers | None = None,
) -> HttpResponse:
    """The form; a step that isn't offered now is told with its reason instead."""
    is_offered = refusal is None or request.method == "POST"
    if is_offered and refusal is not None and not refusal.fields:
        is_offered = allowed(case, step) is None
    at = pickers or pickers_of(case)
    looks = _asks_summary(case, step)
    seen = _number(request.POST.get("seen_seq")) if request.method == "POST" else None
    context = {
        "page": _heading(case, step, refusal, cautions=is_offered),
        "is_offered": is_offered,
        "fields": controls_of(step.asks, at=at, typed=typed, refusal=refusal) if is_offered else [],
        "multipart": any(asked.kind is Kind.FILES for asked in step.asks),
        "errors": errors_of(refusal, step.asks, typed=typed),
        "seen_seq": case.matter.last_seq if seen is None else seen,
        "label": step.label,
        "after": _after_words(case, step),
        "back": _matter_url(case),
        "known": known_of(case) if is_offered and not looks else [],
        "lists": lists_at_step(case, step) if is_offered else [],
        "looks": looks,
        "alike": _alike(case, step, typed=typed) if is_offered else [],
        "public": _public(case, step, typed=typed) if is_offered else None,
        "original": _original(request, case, step) if is_offered else None,
        "returns_to": step.key,
    }
    return render(request, "desk/step.html", context, status=refusal.status if refusal else 200)


def _heading(case: Case, step: Step, refusal: Refused | None, *, cautions: bool) -> dict[str, Any]:
    matter = case.matter
    warned = _caution(case, step) if cautions else ""
    return {
        "title": step.label,
        "lead": " · ".join(dict.fromkeys((name_of(matter), matter.title))),
        "crumbs": [
            {"label": f"{case.loop.label}台账", "url": address("desk:list", case.loop.key)},
            {"label": name_of(matter), "url": _matter_url(case)},
            {"label": step.label},
        ],
        "notices": [
            *notices_of(refusal),
            *([{"tone": "warn", "icon": "warning", "words": warned}] if warned else []),
        ],
    }


def _caution(case: Case, step: Step) -> str:
    """What is to be thought of while the form is filled in: of the step, or of what it releases."""
    return caution(case, step) or (step.caution(case) if step.caution else "")


def _after_words(case: Case, step: Step) -> str:
    """What happens when the form is sent: where the matter goes and who acts next."""
    words = [step.hint] if step.hint else []
    if step.target and step.target != case.matter.stage:
        stage = case.loop.stage(step.target)
        role = BY_KEY.get(stage.holder)
        who = f"，由{role.label}接着办" if role and not stage.closed else ""
        words.append(f"提交后转到“{stage.label}”{who}")
    return "；".join(words) + "。" if words else "提交后记入办理经过。"


def _asks_summary(case: Case, step: Step) -> bool:
    return any(asked.key == case.loop.summary for asked in step.asks) and bool(case.loop.accepts)


def _alike(case: Case, step: Step, *, typed: dict[str, Any]) -> list[dict[str, Any]]:
    """Earlier ones alike and of the same site, while the summary is being written."""
    if not _asks_summary(case, step):
        return []
    site = str(typed.get("site") or "")
    site_id = int(site) if is_id(site) else None
    summary = str(typed.get(case.loop.summary) or "")
    title = str(typed.get(case.loop.title) or "")
    found = alike(case, summary=f"{title}。{summary}" if summary else "", site_id=site_id)
    entries = [one["entry"] for one in found]
    return [*entries, *same_site(case, site_id=site_id)]


def _public(case: Case, step: Step, *, typed: dict[str, Any]) -> dict[str, Any] | None:
    """What the public will read of the form as it stands."""
    item = preview(case, step, typed=typed)
    if item is None:
        return None
    types = case.value("lead.types")
    return {"item": item, "entry": entry_of(item, categories=types.options if types.is_set else ())}


def _original(request: HttpRequest, case: Case, step: Step) -> Original | None:
    """The sealed original beside the form in which the clerk writes the summary."""
    if not _asks_summary(case, step):
        return None
    return original_for(request, case.matter)


def _matter_url(case: Case) -> str:
    return reverse("desk:matter", args=(to_code(case.matter.pk),))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else None
