"""Built into every matter: 更正 of what is known, and 撤回 of the step one has just taken."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.forms import (
    answers_of,
    controls_of,
    errors_of,
    notices_of,
    pickers_of,
)
from bihuan.desk.pickers import shown_value
from bihuan.desk.reading import case_or_404, name_of
from bihuan.desk.shell import address
from bihuan.language.field import Field, Kind
from bihuan.matters.answers import clean_answers, confirmed_in
from bihuan.matters.case import Case
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import now
from bihuan.matters.reach import sees_the_region
from bihuan.matters.refusals import NotFound, NotYours, Refused
from bihuan.matters.revisions import (
    NOT_HANDLED,
    REASON,
    actors_of,
    ask_correction,
    may_correct,
    withdraw_step,
)

_KEPT_OUT = (Kind.FILES, Kind.MATTER)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def correct_form(request: HttpRequest, code: str) -> HttpResponse:
    """Correct facts: at once while only this person acted, else through a second person."""
    case = case_or_404(code, by=actor_from(request), now=now())
    known = correctable(case)
    fields = (*known, REASON)
    page = {
        "title": "更正内容",
        "lead": "只改需要改的几项，其余不动，必填项留空的不改。"
        "已有他人办理的，由另一人复核同意后生效。",
        "send": "提交更正",
    }
    if not may_correct(case, actors_of(case)):
        return _page(request, case, page=page, fields=(), typed={}, refusal=NotYours(NOT_HANDLED))
    if not known:
        none = Refused("没有可以更正的内容：由系统按数据写入的，请报送单位更正数据。")
        return _page(request, case, page=page, fields=(), typed={}, refusal=none)
    return _form(request, case, page=page, fields=fields, act=_correct)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def withdraw_form(request: HttpRequest, code: str) -> HttpResponse:
    """Take back one's own last step while nobody has acted on it."""
    case = case_or_404(code, by=actor_from(request), now=now())
    page = {
        "title": "撤回刚办的一步",
        "lead": "只能撤回您本人刚办的一步，且其后没有人办理。撤回也记入办理经过。",
        "send": "撤回",
    }
    return _form(request, case, page=page, fields=(REASON,), act=_withdraw)


def correctable(case: Case) -> tuple[Field, ...]:
    """Fields whose value is known and a person's word, in the order of the declaration."""
    known = [
        asked
        for key, asked in case.loop.fields.items()
        if case.facts.get(key) not in (None, "", [])
        and asked.kind not in _KEPT_OUT
        and not (asked.derived or asked.final)
    ]
    if not sees_the_region(case.by):
        intake = {asked.key for asked in case.loop.opens_with}
        intake |= {one.key for one in known if one.kind in (Kind.PERSON, Kind.UNIT)}
        known = [asked for asked in known if asked.key not in intake]
    return tuple(known)


def _form(
    request: HttpRequest,
    case: Case,
    *,
    page: dict[str, str],
    fields: tuple[Field, ...],
    act: Callable[[Case, dict[str, Any]], Matter],
) -> HttpResponse:
    if request.method != "POST":
        typed = _known_values(case, fields)
        return _page(request, case, page=page, fields=fields, typed=typed)
    answers = answers_of(request, fields, at=pickers_of(case))
    try:
        changed = act(case, answers)
    except NotFound as gone:
        raise Http404(gone.sentence) from gone
    except Refused as refused:
        return _page(request, case, page=page, fields=fields, typed=answers, refusal=refused)
    return HttpResponseRedirect(_matter_url(changed), status=303)


def _correct(case: Case, answers: dict[str, Any]) -> Matter:
    fields = correctable(case)
    kept = _known_values(case, fields)
    changes = {
        asked.key: answers[asked.key]
        for asked in fields
        if _is_given(asked, answers.get(asked.key))
        and not _is_same(asked, answers[asked.key], kept.get(asked.key))
    }
    if not changes:
        raise Refused("没有改动任何一项，请改后再提交。")
    return ask_correction(
        case.matter.pk,
        changes=changes,
        reason=answers.get(REASON.key, ""),
        by=case.by,
        now=now(),
        confirmed=confirmed_in(answers),
    )


def _known_values(case: Case, fields: tuple[Field, ...]) -> dict[str, Any]:
    """What is known at any stage, as the form shows it."""
    return {
        asked.key: shown_value(asked, case.facts[asked.key])
        for asked in fields
        if asked.key in case.facts
    }


def _is_given(asked: Field, sent: Any) -> bool:
    """Whether anything came back; what must stand isn't corrected to nothing."""
    return sent is not None and not (asked.required and sent in ("", []))


def _is_same(asked: Field, sent: Any, kept: Any) -> bool:
    """Whether a control came back as it was shown; only what was touched is checked anew."""
    if asked.kind is Kind.CHOICES:
        return set(sent) == set(kept or ())
    text, shown = str(sent).replace("\r\n", "\n").strip(), str(kept)
    if asked.kind is Kind.MOMENT:
        return text[:16] == shown[:16]
    return text == shown


def _withdraw(case: Case, answers: dict[str, Any]) -> Matter:
    reason = clean_answers((REASON,), answers, case=case)[REASON.key]
    return withdraw_step(case.matter.pk, reason=reason, by=case.by, now=now())


def _page(
    request: HttpRequest,
    case: Case,
    *,
    page: dict[str, str],
    fields: tuple[Field, ...],
    typed: dict[str, Any],
    refusal: Refused | None = None,
) -> HttpResponse:
    controls = controls_of(fields, at=pickers_of(case), typed=typed, refusal=refusal)
    for control in controls:
        if control["name"] != REASON.key:  # a correction demands nothing but its reason
            control |= {"required": False, "optional": False}
    context = {
        "page": {
            "title": page["title"],
            "lead": page["lead"],
            "crumbs": [
                {"label": f"{case.loop.label}台账", "url": address("desk:list", case.loop.key)},
                {"label": name_of(case.matter), "url": _matter_url(case.matter)},
                {"label": page["title"]},
            ],
            "notices": notices_of(refusal),
        },
        "fields": controls,
        "errors": errors_of(refusal, fields, typed=typed),
        "label": page["send"],
        "back": _matter_url(case.matter),
    }
    return render(request, "desk/revise.html", context, status=refusal.status if refusal else 200)


def _matter_url(matter: Matter) -> str:
    return reverse("desk:matter", args=(to_code(matter.pk),))
