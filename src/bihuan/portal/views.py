"""The public pages: start, tip-off form, statements."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.exchange.place import PortalPlace
from bihuan.exchange.public_face import file_ready, is_ready
from bihuan.language.clock import SHANGHAI
from bihuan.leads import sent_forms
from bihuan.leads.evidence import why_left
from bihuan.leads.receipts import normalise
from bihuan.leads.sent_forms import AlreadySent, KeptReceipt
from bihuan.leads.tickets import TicketState
from bihuan.leads.tips import TipOff, made_ready, plain_faults
from bihuan.matters.moment import now
from bihuan.matters.refusals import Incomplete
from bihuan.portal import gate, lost, published
from bihuan.portal.pages import afterwards, not_ready, placed, show, told_to_the_public
from bihuan.portal.receipt_picture import IMAGE_NAME, qr_drawing, receipt_image
from bihuan.portal.receipt_words import contact_words, good_for, reward_words
from bihuan.portal.tip_form import (
    ALIASES,
    Typed,
    errors_of,
    faults_of,
    questions,
    tip_of,
    ways_of,
)
from bihuan.portal.uploading import (
    TOO_LARGE,
    files_of,
    keep_uploads_in_memory,
    uploads_are_too_large,
)

LATEST = 3
AGAIN = "这张表刚才已经收到，没有重复登记。再次提交时改动的内容没有收下，请凭查询码补充。"


@require_safe
@placed
def home(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """The start: how to report, and what was published last."""
    page = {
        "title": "矿山安全，人人可以举报",
        "lead": "看到重大事故隐患、非法生产、瞒报事故，请告诉我们。可以匿名，全程可查。",
        "channels": place.channels(),
        "hotline": place.hotline,
        "after": afterwards(place),
        "latest": published.latest(LATEST, county_id=place.region.pk),
    }
    return show(request, place, "home", page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@placed
def tip_off(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """The form; a tip-off that is in order answers with its receipt."""
    at = now()
    if not is_ready(place.region, now=at):
        return not_ready(request, place)
    if request.method != "POST":
        return _form(request, place, Typed(values={}), faults={}, at=at)
    keep_uploads_in_memory(request)
    typed = Typed(values=request.POST.dict())
    tip = tip_of(typed, place=place, now=at, files=files_of(request))
    faults = plain_faults(tip) | faults_of(typed, today=at.astimezone(SHANGHAI).date())
    if uploads_are_too_large(request):
        faults["files"] = TOO_LARGE
    state = gate.judge_ticket(typed["ticket"], now=at)
    if state is not TicketState.VALID:
        faults["ticket"] = gate.REFUSALS[state]
    if faults:
        is_good = state in (TicketState.VALID, TicketState.TOO_EARLY)
        return _form(request, place, typed, faults=faults, at=at, keeps_ticket=is_good)
    return _file(request, place, typed, tip, at=at)


@csrf_exempt
@require_POST
@placed
def kept(request: HttpRequest, _place: PortalPlace) -> HttpResponse:
    """The code is noted down and shown no more: go where it is used, on a page without it."""
    sent_forms.stop_showing(request.POST.get("ticket", "")[: gate.TICKET_LENGTH_MAX])
    return redirect(reverse("portal:receipt"), permanent=False)


@require_safe
@placed
def privacy(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """What is kept of a reporter, and who may open it."""
    page = {"title": "隐私说明", "public": told_to_the_public(place)}
    return show(request, place, "privacy", page)


@require_safe
@placed
def accessibility(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """How these pages can be used, and where to turn when they can't."""
    page = {"title": "无障碍说明", "hotline": place.hotline}
    return show(request, place, "accessibility", page)


def _file(
    request: HttpRequest, place: PortalPlace, typed: Typed, tip: TipOff, *, at: datetime
) -> HttpResponse:
    ticket = typed["ticket"]
    if sent_forms.was_sent(ticket):
        return _again(request, place, ticket, at=at)
    screened = not gate.tip_is_within_allowance(request, now=at)
    left = why_left(tip.files, is_within=not screened)
    try:
        ready = made_ready(replace(tip, files=()) if left else tip)
        with sent_forms.taken_once(ticket, now=at) as form:
            filed = file_ready(ready, now=at, region_id=place.region.pk, screened=screened)
            given = KeptReceipt(
                number=filed.acceptance_number, code=filed.receipt, at=at, ways=ways_of(tip)
            )
            sent_forms.keep_receipt(form, given, ticket=ticket)
    except AlreadySent:
        return _again(request, place, ticket, at=at)
    except Incomplete as refusal:
        return _form(request, place, typed, faults=refusal.fields, at=at, keeps_ticket=True)
    return _receipt(request, place, given, ticket=ticket, left=left)


def _again(request: HttpRequest, place: PortalPlace, ticket: str, *, at: datetime) -> HttpResponse:
    """The answer to a form that was taken before, as it was given then."""
    given = sent_forms.receipt_again(ticket, now=at)
    if given is None:
        page = {"title": "这份举报已经收到"}
        return show(request, place, "shown", page, tab="portal:tip_off", leaves=True)
    return _receipt(request, place, given, ticket=ticket, is_again=True)


def _form(
    request: HttpRequest,
    place: PortalPlace,
    typed: Typed,
    *,
    faults: dict[str, str],
    at: datetime,
    keeps_ticket: bool = False,
) -> HttpResponse:
    named = {ALIASES.get(key, key): sentence for key, sentence in faults.items()}
    gone = lost.lost_from(request, field="phrase") if faults else ""
    page = {
        "title": "举报矿山安全问题",
        "fields": questions(typed, place=place, faults=named),
        "errors": lost.told_in(errors_of(named, typed=typed), gone),
        "after": afterwards(place),
        "public": told_to_the_public(place),
        "ticket": gate.same_ticket(typed["ticket"] if keeps_ticket else "", now=at),
        "lost": lost.asked_again(gone),
    }
    status = 422 if faults else 200
    return show(request, place, "tip_off", page, tab="portal:tip_off", leaves=True, status=status)


def _receipt(
    request: HttpRequest,
    place: PortalPlace,
    given: KeptReceipt,
    *,
    ticket: str,
    is_again: bool = False,
    left: str = "",
) -> HttpResponse:
    digits = normalise(given.code) or ""  # no address: a scanned one stays in a history
    page = {
        "title": "已收到您的举报",
        "again": AGAIN if is_again else left,
        "ticket": ticket,
        "code": given.code,
        "groups": given.code.split(" "),
        "number": given.number,
        "at": given.at,
        "contact": contact_words(given.ways),
        "reward": reward_words(given.ways),
        "good_for": good_for(given.ways),
        "qr": qr_drawing(digits),
        "image": receipt_image(digits, code=given.code),
        "image_name": IMAGE_NAME,
        "after": [
            {"label": f"{given.at.astimezone(SHANGHAI):%m-%d %H:%M}", "words": "已收到，等待登记",
             "reached": True},
            *afterwards(place),
        ],
    }  # fmt: skip
    return show(request, place, "receipt", page, tab="portal:receipt", leaves=True)
