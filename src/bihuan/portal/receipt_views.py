"""The receipt pages: look up by code, add words and files, claim a reward.

The code comes in a form and goes into a hidden field: never into an address, a cookie or a log.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.exchange.place import PortalPlace
from bihuan.exchange.public_face import add_prepared, addition_of, claim, look_up
from bihuan.leads import sent_forms
from bihuan.leads.evidence import IncomingFile, plain_fault, why_left
from bihuan.leads.messages import ANSWER_MAX, length_fault
from bihuan.leads.progress import Progress
from bihuan.leads.public_counters import TooManyWrongCodes, count_added_files, counting_wrong_codes
from bihuan.leads.receipt_book import UnknownReceiptError
from bihuan.leads.receipts import grouped, normalise
from bihuan.leads.tickets import TicketState
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused
from bihuan.portal import gate, lost, published
from bihuan.portal.pages import Page, afterwards, placed, show
from bihuan.portal.tip_form import FILES_HINT, NOT_SAVED
from bihuan.portal.uploading import (
    TOO_LARGE,
    files_of,
    keep_uploads_in_memory,
    uploads_are_too_large,
)
from bihuan.ui.faults import summary

TAB = "portal:receipt"
ADDED = "已收到补充内容，加密封存，工作人员会看到。"
ASKED = "有一个问题请您回答"
ALREADY = "刚才已经收到，不必再提交。"
NONE_TAKEN = "现在收不下文件，请一小时后再试，或先把情况写成文字提交"


class FilesLeft(Refused):
    """Nothing but files came, and none can be taken now."""

    status = 429


type View = Callable[[HttpRequest, PortalPlace], HttpResponse]


def _by_code(view: View) -> View:
    """The view of a form with a code: a wrong one is told alike everywhere, and counted."""

    @wraps(view)
    def counted(request: HttpRequest, place: PortalPlace) -> HttpResponse:
        if request.method != "POST":
            return view(request, place)
        keep_uploads_in_memory(request)
        try:
            with counting_wrong_codes(request, now=now()):
                return view(request, place)
        except (TooManyWrongCodes, UnknownReceiptError) as refusal:
            return _ask(request, place, refusal=refusal)

    return counted


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@placed
@_by_code
def receipt(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """Ask for the code, or show how far its matter is."""
    at = now()
    if request.method != "POST":
        return _ask(request, place)
    return _answered(request, place, at=at)


@csrf_exempt
@require_POST
@placed
@_by_code
def add(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """Take what the reporter adds; the same form sent twice adds once."""
    at = now()
    code, words = request.POST.get("code", ""), request.POST.get("answer", "")
    if uploads_are_too_large(request):
        return _answered(request, place, at=at, faults={"files": TOO_LARGE}, typed=words)
    files = files_of(request)
    if not words.strip() and not files:
        missing = {"answer": "请写下内容，或选择文件，再提交"}
        return _answered(request, place, at=at, faults=missing)
    ticket = request.POST.get("ticket", "")
    state = gate.judge_ticket(ticket, now=at)
    if state is not TicketState.VALID:
        told = (gate.REFUSALS[state], length_fault(words))
        told_of = {"answer": "；".join(filter(None, told)), "files": plain_fault(files)}
        faults = {key: sentence for key, sentence in told_of.items() if sentence}
        return _answered(request, place, at=at, faults=faults, typed=words)
    try:
        note = _taken(request, code, words, files=files, ticket=ticket, at=at)
    except sent_forms.AlreadySent:
        return _answered(request, place, at=at, note=ALREADY)
    except UnknownReceiptError:
        raise
    except Refused as refusal:
        faults = refusal.fields or {"answer": refusal.sentence}
        return _answered(request, place, at=at, faults=faults, typed=words, status=refusal.status)
    return _answered(request, place, at=at, note=note)


def _taken(
    request: HttpRequest,
    code: str,
    words: str,
    *,
    files: Sequence[IncomingFile],
    ticket: str,
    at: datetime,
) -> str:
    """Take an addition, without its files when they can't be had now; what to say of it."""
    if sent_forms.was_sent(ticket):
        raise sent_forms.AlreadySent
    left = why_left(files, is_within=not files or count_added_files(request, now=at))
    if left and not words.strip():
        raise FilesLeft(NONE_TAKEN, fields={"files": NONE_TAKEN})
    addition = addition_of(code, words, files=() if left else files)
    with sent_forms.taken_once(ticket, now=at):
        add_prepared(addition, now=at)
    return left or ADDED


@csrf_exempt
@require_POST
@placed
@_by_code
def claim_reward(request: HttpRequest, place: PortalPlace) -> HttpResponse:
    """Claim with code and password."""
    at = now()
    try:
        note = claim(request.POST.get("code", ""), request.POST.get("password", ""), now=at)
    except UnknownReceiptError:
        raise
    except Refused as refusal:
        faults = {"password": refusal.sentence}
        return _answered(request, place, at=at, faults=faults, status=refusal.status)
    return _answered(request, place, at=at, note=note)


def _ask(
    request: HttpRequest, place: PortalPlace, *, refusal: Refused | None = None
) -> HttpResponse:
    code = {
        "name": "code",
        "label": "查询码",
        "kind": "text",
        "required": True,
        "inputmode": "numeric",
        "maxlength": 40,
        "placeholder": "0000 0000 0000 0000",
        "hint": "四组数字，空格可有可无",
        "value": request.POST.get("code", "")[:40],
        "error": refusal.sentence if refusal else "",
    }
    page = {
        "title": "查询办理",
        "lead": "输入提交举报时给您的 16 位查询码，看办理进度和结果，补充情况，回答询问。",
        "code": code,
        "after": afterwards(place),
    }
    status = refusal.status if refusal else 200
    return show(request, place, "look_up", page, tab=TAB, leaves=True, status=status)


def _answered(
    request: HttpRequest,
    place: PortalPlace,
    *,
    at: datetime,
    note: str = "",
    faults: dict[str, str] | None = None,
    typed: str = "",
    status: int = 0,
) -> HttpResponse:
    code = request.POST.get("code", "")
    found = look_up(code, now=at)
    page = _progress_page(found, code=code, at=at, faults=faults or {}, typed=typed)
    page["note"] = note
    page["errors"] = lost.told_in(page["errors"], lost.lost_from(request, field="password"))
    status = status or (422 if faults else 200)
    return show(request, place, "progress", page, tab=TAB, leaves=True, status=status)


def _progress_page(
    found: Progress, *, code: str, at: datetime, faults: dict[str, str], typed: str
) -> Page:
    last = found.messages[-1] if found.messages else None
    waiting = bool(last and last.from_office and not last.is_destroyed)
    return {
        "title": ASKED if waiting else found.words,
        "waiting": last.text if last and waiting else "",
        "button": "提交回答" if waiting else "提交补充",
        "progress": found,
        "path": [
            {"label": step.on.isoformat(), "words": step.words, "reached": True}
            for step in found.steps
        ],
        "published": published.about(found.matter_id),
        "code": grouped(normalise(code) or ""),
        "ticket": gate.new_ticket(at),
        "errors": summary(
            faults,
            labels={"answer": "内容", "files": "文件", "password": "领奖口令"},
            typed={"answer": typed, "files": True, "password": True},
        ),
        "answer": {
            "name": "answer", "kind": "long_text", "most": ANSWER_MAX, "value": typed,
            "label": "回答询问" if waiting else "补充情况", "error": faults.get("answer", ""),
            "hint": "只有接件员和行动办能打开，不会出现在办理记录和公开内容里",
        },
        "files": {
            "name": "files", "kind": "files", "label": "照片、视频、录音", "optional": True,
            "accept": "image/*,video/*,audio/*", "error": faults.get("files", ""),
            "hint": FILES_HINT,
        },
        "password": {
            "name": "password", "kind": "password", "label": "领奖口令", "required": True,
            "autocomplete": NOT_SAVED,
            "hint": "提交举报时自己设的口令，只能使用一次", "error": faults.get("password", ""),
        },
    }  # fmt: skip
