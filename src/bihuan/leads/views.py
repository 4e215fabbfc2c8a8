"""Desk pages of the informant's protection: keys, the sealed original, identity, readings."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bihuan.accounts.requests import View, actor_from, signed_in
from bihuan.leads import custody, key_pages, messages, passing_on, passing_pages
from bihuan.leads.key_ring import make_key, make_recovery_key, purposes_of
from bihuan.leads.keys import KeyRefused, PrivateKey
from bihuan.leads.messages import QUESTION
from bihuan.leads.models import Envelope
from bihuan.leads.sealed_content import StoredFile
from bihuan.leads.sealing import Purpose
from bihuan.leads.unlocking import lock, session_key, set_key_cookie, unlock_for
from bihuan.matters.answers import CONFIRMED
from bihuan.matters.identity import from_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import now
from bihuan.matters.permission import visible
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused

LOCKED = "密钥还没有打开。请先在“我的密钥”输入密钥口令，再回到本页。"
SHOWN_INLINE = ("image/jpeg", "image/png")


class KeyLockedError(Refused):
    """The session holds no open key for this envelope."""

    status = 403

    def __init__(self) -> None:
        super().__init__(LOCKED)


def guarded[**P](view: View[P]) -> View[P]:
    """Answer a refusal with its page, and keep nothing of a sealed page in any cache."""

    @wraps(view)
    def served(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response: HttpResponseBase
        try:
            response = view(request, *args, **kwargs)
        except (Refused, KeyRefused) as refusal:
            response = _refused(request, refusal)
        response.headers["Cache-Control"] = "no-store"
        return response

    return signed_in(served)


@require_safe
@guarded
def keys(request: HttpRequest) -> HttpResponse:
    """The signed-in person's keys: make, open, lock; who else holds one."""
    return _keys(request)


@require_POST
@guarded
def key_make(request: HttpRequest) -> HttpResponse:
    """Make one's own key pair."""
    purpose = _purpose(request)
    try:
        make_key(
            purpose,
            by=actor_from(request),
            now=now(),
            passphrase=request.POST.get("passphrase", ""),
            again=request.POST.get("again", ""),
        )
    except (Refused, KeyRefused) as refusal:
        return _keys(request, fault=refusal.sentence, at=f"make-{purpose}")
    return redirect("leads:keys")


@require_POST
@guarded
def key_unlock(request: HttpRequest) -> HttpResponse:
    """Open one's key for this session."""
    purpose = _purpose(request)
    passphrase = request.POST.get("passphrase", "")
    try:
        opened = unlock_for(request, purpose, by=actor_from(request), passphrase=passphrase)
    except (Refused, KeyRefused) as refusal:
        return _keys(request, fault=refusal.sentence, at=f"unlock-{purpose}")
    target = key_pages.way_back(request.POST.get("back", ""), request.POST.get("to", ""))
    response = redirect(target)
    set_key_cookie(response, purpose, opened, secure=request.is_secure())
    return response


@require_POST
@guarded
def key_lock(request: HttpRequest) -> HttpResponse:
    """Lock every key of this session."""
    response = redirect("leads:keys")
    lock(request, response)
    return response


@require_POST
@guarded
def recovery(request: HttpRequest) -> HttpResponse:
    """Make a recovery key and show the page to print, this once."""
    text = make_recovery_key(by=actor_from(request), now=now())
    page = {"title": "恢复密钥", "groups": text.split(" "), "at": now()}
    return render(request, "leads/recovery.html", {"page": page})


@require_safe
@guarded
def original(request: HttpRequest, code: str) -> HttpResponse:
    """The sealed original of a lead on a page of its own."""
    matter = _matter(request, code)
    if not purposes_of(actor_from(request)):
        raise NotYours("举报原文只能由接件员、行动办调阅。")
    return _original(request, matter)


@require_safe
@guarded
def original_file(request: HttpRequest, code: str, envelope_id: int) -> HttpResponse:
    """One picture or released recording for the desk."""
    matter = _matter(request, code)
    file = custody.open_file(
        envelope_id,
        matter=matter,
        private=_key(request, Purpose.ACCOUNT),
        by=actor_from(request),
        now=now(),
    )
    return _sent(file)


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def pass_on(request: HttpRequest, code: str, envelope_id: int) -> HttpResponse:
    """One sealed picture, large, and the form that attaches a copy of it to the lead."""
    matter = _matter(request, code)
    by, at = actor_from(request), now()
    passing_on.require_reader(by)
    part = passing_on.picture_part(envelope_id, matter=matter)
    if request.method != "POST":
        return _passing(request, matter, part)
    sent = passing_on.Sent(
        name=request.POST.get(passing_on.NAME, ""), is_checked=passing_on.CHECKED in request.POST
    )
    private = _key(request, Purpose.ACCOUNT)
    try:
        passing_on.pass_on(part, sent, matter=matter, private=private, by=by, now=at)
    except Incomplete as refused:
        return _passing(request, matter, part, sent=sent, refused=refused)
    return redirect("leads:pass_on", code, envelope_id)


@require_POST
@guarded
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Put a question to the reporter; a refused one comes back as it was typed."""
    matter = _matter(request, code)
    by = actor_from(request)
    question, confirmed = request.POST.get(QUESTION, ""), request.POST.getlist(CONFIRMED)
    try:
        messages.ask(matter.pk, question, by=by, now=now(), confirmed=confirmed)
    except Incomplete as refused:
        return _original(request, matter, typed=question, refused=refused)
    return redirect("leads:original", code)


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def identity(request: HttpRequest, code: str) -> HttpResponse:
    """Reveal who the reporter is: on screen only, after a reason, logged."""
    matter = _matter(request, code)
    by = actor_from(request)
    if Purpose.IDENTITY not in purposes_of(by):
        raise NotYours("举报人身份只能由举报信息保管人调阅。")
    page: dict[str, Any] = {
        "title": "举报人身份",
        "crumbs": key_pages.crumbs_of(matter, "举报人身份"),
        "back": key_pages.url_of(matter),
        "number": matter.number or matter.acceptance_number,
        "code": code,
        "reason": request.POST.get("reason", ""),
        "error": "",
        "lines": None,
        "files": custody.withheld_files(matter, by=by),
        "is_open": session_key(request, Purpose.IDENTITY) is not None,
    }
    if request.method != "POST":
        return render(request, "leads/identity.html", {"page": page})
    try:
        private = _key(request, Purpose.IDENTITY)
        page["lines"] = custody.reveal_identity(
            matter, private=private, by=by, reason=page["reason"], now=now()
        )
    except (Refused, KeyRefused) as refusal:
        page["error"] = refusal.sentence
    return render(
        request, "leads/identity.html", {"page": page}, status=422 if page["error"] else 200
    )


@require_POST
@guarded
def identity_file(request: HttpRequest, code: str, envelope_id: int) -> HttpResponse:
    """An original file for the custodian, or its release to the desk."""
    matter = _matter(request, code)
    by, reason = actor_from(request), request.POST.get("reason", "")
    private = _key(request, Purpose.IDENTITY)
    if request.POST.get("act") == "release":
        custody.release_file(
            envelope_id, matter=matter, private=private, by=by, reason=reason, now=now()
        )
        return redirect("leads:identity", code)
    file = custody.open_file(
        envelope_id, matter=matter, private=private, by=by, reason=reason, now=now()
    )
    return _sent(file)


@require_safe
@guarded
def readings(request: HttpRequest) -> HttpResponse:
    """Who opened what and why, for the audit administrator and the custodian."""
    by = actor_from(request)
    if not by.roles & {"audit_admin", "custodian"}:
        raise NotYours("调阅记录由审计管理员、举报信息保管人查看。")
    page = key_pages.readings_page(by, after=request.GET.get("after", ""))
    return render(request, "leads/readings.html", {"page": page})


def _original(
    request: HttpRequest, matter: Matter, *, typed: str = "", refused: Incomplete | None = None
) -> HttpResponse:
    found = custody.original_for(request, matter)
    if found is None:
        raise refused or NotFound
    asking = {
        "typed": typed,
        "fault": refused.sentence if refused else "",
        "confirm": CONFIRMED if refused and refused.confirmable else "",
    }
    page = {"title": "举报原文", "crumbs": key_pages.crumbs_of(matter, "举报原文")}
    context = {
        "page": page | {"back": key_pages.url_of(matter)},
        "original": found,
        "asking": asking,
    }
    status = refused.status if refused else 200
    return render(request, "leads/original_page.html", context, status=status)


def _passing(
    request: HttpRequest,
    matter: Matter,
    part: Envelope,
    *,
    sent: passing_on.Sent | None = None,
    refused: Incomplete | None = None,
) -> HttpResponse:
    page = passing_pages.passing_page(matter, part)
    form = passing_pages.form_of(part, sent=sent, refused=refused)
    if not page["attached"]:
        by, at = actor_from(request), now()
        passing_on.require_may(matter, by=by, now=at)
        private = _key(request, Purpose.ACCOUNT)
        file = passing_on.open_picture(part, matter=matter, private=private, by=by, now=at)
        page["picture"] = passing_pages.in_page(file)
    status = refused.status if refused else 200
    return render(request, "leads/pass_on.html", {"page": page, "form": form}, status=status)


def _keys(request: HttpRequest, *, fault: str = "", at: str = "") -> HttpResponse:
    by = actor_from(request)
    mine = purposes_of(by)
    if not mine:
        raise NotYours("您的角色不保管密钥。接件员、行动办、举报信息保管人才有密钥。")
    back = request.POST.get("back", "") or request.GET.get("back", "")
    page = key_pages.keys_page(by, at=now()) | {
        "open": [p.value for p in mine if session_key(request, p) is not None],
        "fault": fault,
        "at": at,
        "back": back if from_code(back) else "",
        "to": request.POST.get("to", "") or request.GET.get("to", ""),
    }
    return render(request, "leads/keys.html", {"page": page}, status=422 if fault else 200)


def _purpose(request: HttpRequest) -> Purpose:
    try:
        return Purpose(request.POST.get("purpose", ""))
    except ValueError:
        raise NotFound from None


def _key(request: HttpRequest, purpose: Purpose) -> PrivateKey:
    private = session_key(request, purpose)
    if private is None:
        raise KeyLockedError
    return private


def _matter(request: HttpRequest, code: str) -> Matter:
    found = visible(actor_from(request)).filter(pk=from_code(code) or 0, kind="lead").first()
    if found is None:
        raise NotFound
    return found


def _sent(file: StoredFile) -> HttpResponse:
    """Pictures are shown; all else is saved under a name that says nothing."""
    response = HttpResponse(file.data, content_type=file.mime)
    inline = file.mime in SHOWN_INLINE
    response.headers["Content-Disposition"] = "inline" if inline else "attachment"
    return response


def _refused(request: HttpRequest, refusal: Refused | KeyRefused) -> HttpResponse:
    status = refusal.status if isinstance(refusal, Refused) else 403
    is_locked = isinstance(refusal, KeyLockedError)
    label, url = ("我的密钥", "leads:keys") if is_locked else ("回工作台", "desk:home")
    links = [{"label": label, "url": reverse(url), "tone": "primary"}]
    page = {"title": "没有打开", "sentence": refusal.sentence, "code": status, "links": links}
    return render(request, "ui/error.html", {"page": page}, status=status)
