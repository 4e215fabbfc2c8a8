"""登记: open a matter of a loop that people open, then go on to its first step."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.desk.forms import answers_of, controls_of, errors_of, notices_of, region_of
from bihuan.desk.matter_lists import lists_at_opening
from bihuan.desk.pickers import Pickers
from bihuan.desk.reading import case_or_404
from bihuan.desk.shell import address
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_matter
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import now
from bihuan.matters.permission import offers, why_not
from bihuan.matters.refusals import NotYours, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def open_form(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the form, or open the matter and go on to its first step."""
    by = actor_from(request)
    loop = openable_or_404(kind)
    if not set(loop.open_by) & by.roles:
        refusal = NotYours(f"登记{loop.label}须由{why_not(loop.open_by)}办理。")
        return _page(request, loop, by=by, pickers=None, typed={}, refusal=refusal)
    region = region_of(by, roles=loop.open_by)
    pickers = Pickers(region, now().astimezone(SHANGHAI).date())
    if request.method != "POST":
        return _page(request, loop, by=by, pickers=pickers, typed={})
    answers = answers_of(request, loop.opens_with, at=pickers)
    try:
        matter = open_matter(kind, by=by, now=now(), answers=answers, region_id=region.pk)
    except Refused as refused:
        return _page(request, loop, by=by, pickers=pickers, typed=answers, refusal=refused)
    return HttpResponseRedirect(_next_address(matter, by=by), status=303)


def openable_or_404(kind: str) -> Loop:
    """The loop of that key, when people open matters of it."""
    loop = next((one for one in catalog().loops if one.key == kind), None)
    if loop is None or loop.parent or not loop.open_by:
        raise Http404(f"nobody opens {kind!r}")
    return loop


def _next_address(matter: Matter, *, by: Actor) -> str:
    """The first step that carries the new matter on, when its opener may take it."""
    code = to_code(matter.pk)
    case = case_or_404(code, by=by, now=now())
    for offer in offers(case):
        if offer.is_allowed and offer.step.target and offer.step.asks:
            return reverse("desk:step", args=(code, offer.step.key))
    return reverse("desk:matter", args=(code,))


def _page(
    request: HttpRequest,
    loop: Loop,
    *,
    by: Actor,
    pickers: Pickers | None,
    typed: dict[str, Any],
    refusal: Refused | None = None,
) -> HttpResponse:
    fields = (
        controls_of(loop.opens_with, at=pickers, typed=typed, refusal=refusal) if pickers else []
    )
    context = {
        "page": {
            "title": f"登记{loop.label}",
            "lead": "登记后立即给出受理号，接着填写编号立账。" if loop.accepts else "",
            "crumbs": [
                {"label": f"{loop.label}台账", "url": address("desk:list", loop.key)},
                {"label": "登记"},
            ],
            "notices": notices_of(refusal),
        },
        "fields": fields,
        "lists": lists_at_opening(loop, by=by, now=now()) if pickers else [],
        "errors": errors_of(refusal, loop.opens_with, typed=typed),
        "back": address("desk:list", loop.key) or address("desk:home"),
        "import_url": address("desk:import", loop.key) if pickers else "",
    }
    return render(request, "desk/open.html", context, status=refusal.status if refusal else 200)
