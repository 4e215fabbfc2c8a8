"""One step for many ticked matters: the same answers, each its own step with its own yes or no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.asking import answers_from, control
from bihuan.desk.choices import choices_of
from bihuan.desk.forms import confirmations_of, errors_of
from bihuan.desk.lists import loop_or_404
from bihuan.desk.long_letters import pack_ticked
from bihuan.desk.rows import name_of
from bihuan.desk.shell import address
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop, Step
from bihuan.matters.answers import CONFIRMED
from bihuan.matters.engine import take_step
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.moment import now
from bihuan.matters.present import present_facts, title_of
from bihuan.matters.reach import visible
from bihuan.matters.refusals import Incomplete, Refused

FILLED = "filled"  # sent by the form itself: the answers were asked for
SELECTED_MAX = 200  # a page of ticks, four times over; more is work for an import


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one matter: taken, or refused with the sentence."""

    name: str
    title: str
    url: str
    refusal: str = ""


@require_POST
@signed_in
def take_for_many(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask once what the step asks, then take it on each matter and tell how each went."""
    by = actor_from(request)
    loop = loop_or_404(kind, by=by)
    ticked = request.POST.getlist("selected")[:SELECTED_MAX]
    if "letters" in request.POST and ticked:
        return pack_ticked(request, loop, request.POST["letters"], ticked, by=by)
    step = next((s for s in loop.steps if s.bulk and s.key == request.POST.get("step")), None)
    if step is None:
        raise Http404("no such bulk step")
    rows = _ticked(ticked, by=by, loop=loop)
    if not rows:
        return redirect(address("desk:list", loop.key))
    answers = answers_from(request.POST, step.asks)
    if step.asks and FILLED not in request.POST:
        return _form(request, loop, step, rows=rows, typed={})
    confirmed = request.POST.getlist(CONFIRMED)
    answers |= {CONFIRMED: confirmed} if confirmed else {}
    outcomes: list[Outcome] = []
    for row in rows:
        outcome, lacking = _take(row, step, by=by, answers=answers)
        if lacking and all(one.refusal for one in outcomes):
            # What the answers lack they lack for all; nothing has been taken yet, so ask again.
            return _form(request, loop, step, rows=rows, typed=answers, lacking=lacking)
        outcomes.append(outcome)
    return _result(request, loop, step, outcomes)


def _ticked(codes: Sequence[str], *, by: Actor, loop: Loop) -> list[Mapping[str, Any]]:
    ids = [number for code in codes if (number := from_code(code)) is not None]
    found = visible(by).filter(kind=loop.key, pk__in=ids).order_by("due_at", "id")
    rows = found.values("id", "kind", "number", "acceptance_number", "title", "is_open")
    present = present_facts(rows)
    return [{**row, "title": title_of(row, present)} for row in rows]


def _take(
    row: Mapping[str, Any], step: Step, *, by: Actor, answers: Mapping[str, Any]
) -> tuple[Outcome, Incomplete | None]:
    """What became of one matter, and what its answers lack, if they lack something."""
    known = {
        "name": name_of(row),
        "title": row["title"],
        "url": address("desk:matter", to_code(row["id"])),
    }
    try:
        take_step(row["id"], step.key, by=by, now=now(), answers=answers)
    except Incomplete as lacking:
        return Outcome(**known, refusal=lacking.sentence), lacking
    except Refused as refused:
        return Outcome(**known, refusal=refused.sentence), None
    return Outcome(**known), None


def _form(
    request: HttpRequest,
    loop: Loop,
    step: Step,
    *,
    rows: Sequence[Mapping[str, Any]],
    typed: Mapping[str, Any],
    lacking: Incomplete | None = None,
) -> HttpResponse:
    faults = lacking.fields if lacking else {}
    choices = choices_of(actor_from(request))
    today = now().astimezone(SHANGHAI).date()
    context = {
        "page": {
            "title": f"批量{step.label}",
            "lead": f"对所选 {len(rows)} 件事项填写同样的内容，逐件办理、逐件留痕。",
            "crumbs": [
                {"label": f"{loop.label}台账", "url": address("desk:list", loop.key)},
                {"label": f"批量{step.label}"},
            ],
        },
        "action": address("desk:bulk", loop.key),
        "step": step,
        "back_url": address("desk:list", loop.key),
        "selected": [to_code(row["id"]) for row in rows],
        "entries": [{"title": name_of(row), "sub": row["title"]} for row in rows],
        "fields": [
            control(field, choices=choices, on=today, typed=typed, faults=faults)
            for field in step.asks
        ]
        + confirmations_of(lacking, fields=step.asks, typed=typed),
        "errors": errors_of(lacking, step.asks, typed=typed),
    }
    return render(request, "desk/bulk.html", context, status=422 if faults else 200)


def _result(
    request: HttpRequest, loop: Loop, step: Step, outcomes: Sequence[Outcome]
) -> HttpResponse:
    taken = [one for one in outcomes if not one.refusal]
    refused = [one for one in outcomes if one.refusal]
    notices = []
    if taken:
        words = f"{len(taken)} 件已办“{step.label}”，逐件记入办理留痕。"
        notices.append({"tone": "good", "words": words})
    if refused:
        words = f"{len(refused)} 件没有办，原因写在每件下面。"
        notices.append({"tone": "warn", "words": words})
    context = {
        "page": {
            "title": f"批量{step.label}的结果",
            "crumbs": [
                {"label": f"{loop.label}台账", "url": address("desk:list", loop.key)},
                {"label": f"批量{step.label}的结果"},
            ],
            "notices": notices,
        },
        "back_url": address("desk:list", loop.key),
        "taken": [{"title": one.title, "url": one.url, "sub": one.name} for one in taken],
        "refused": [
            {"title": one.title, "url": one.url, "sub": f"{one.name}：{one.refusal}"}
            for one in refused
        ],
    }
    return render(request, "desk/bulk_result.html", context, status=409 if not taken else 200)
