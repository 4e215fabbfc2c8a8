"""Sessions of people: begun at sign-in, bounded by age and idleness, listed and ended."""

from datetime import datetime

from django.contrib.auth import login, logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from bihuan.accounts import audit
from bihuan.accounts.knocking import who_knocks
from bihuan.accounts.limits import LIMITS
from bihuan.accounts.models import Sitting, User
from bihuan.accounts.passwords import end_every_session
from bihuan.accounts.session_store import row_key
from bihuan.accounts.signing_in import Origin

STARTED = "started_at"
SEEN = "seen_at"
TOUCH_S = 60  # writing the session at each request would cost more than it tells
_BACKEND = "bihuan.accounts.known_accounts.KnownAccounts"
_SYSTEMS = {
    "Android": "安卓",
    "iPhone": "苹果手机",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
_BROWSERS = {
    "MicroMessenger": "微信",
    "Edg/": "Edge",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}


def origin_of(request: HttpRequest) -> Origin:
    """Address and kind of browser of a request."""
    return Origin(
        address=request.META.get("REMOTE_ADDR") or None,
        device=device_words(request.headers.get("User-Agent", "")),
        knocks_as=who_knocks(request),
    )


def device_words(agent: str) -> str:
    """Browser and system in a few words; unknown ones are called so."""
    browser = next((word for mark, word in _BROWSERS.items() if mark in agent), "其他浏览器")
    system = next((word for mark, word in _SYSTEMS.items() if mark in agent), "其他系统")
    return f"{browser}，{system}"


def begin(request: HttpRequest, *, user: User, now: datetime) -> None:
    """Open a session under a fresh key, so that nobody can have planted the old one."""
    login(request, user, backend=_BACKEND)
    request.session[STARTED] = request.session[SEEN] = int(now.timestamp())
    request.session.save()
    origin = origin_of(request)
    Sitting.objects.update_or_create(
        session_key=row_key(request.session.session_key),
        defaults={
            "user": user,
            "started_at": now,
            "seen_at": now,
            "address": origin.address,
            "device": origin.device,
        },
    )


def finish(request: HttpRequest) -> None:
    """Close the session of a request."""
    Sitting.objects.filter(session_key=row_key(request.session.session_key)).delete()
    logout(request)


def is_over(session: SessionBase, *, now: datetime) -> bool:
    """Whether a session is too old or was idle too long; one without a start begins now."""
    moment = int(now.timestamp())
    started = session.setdefault(STARTED, moment)
    seen = session.setdefault(SEEN, moment)
    is_old: bool = moment - started >= LIMITS.session.total_seconds()
    is_idle: bool = moment - seen >= LIMITS.idle.total_seconds()
    return is_old or is_idle


def touch(session: SessionBase, *, now: datetime) -> None:
    """Note that the session is in use, at most once a minute."""
    moment = int(now.timestamp())
    if moment - session[SEEN] < TOUCH_S:
        return
    session[SEEN] = moment
    Sitting.objects.filter(session_key=row_key(session.session_key)).update(seen_at=now)


def forget_over(*, now: datetime) -> None:
    """Drop sessions that nobody can use any more, with address and device of their browsers."""
    Session.objects.filter(expire_date__lt=now).delete()
    Sitting.objects.filter(seen_at__lt=now - LIMITS.session).delete()


@transaction.atomic
def end_one(user: User, *, sitting_id: int, by: User, now: datetime) -> bool:
    """End one session of an account; False when it is not there (any more)."""
    sitting = Sitting.objects.filter(pk=sitting_id, user=user).first()
    if sitting is None:
        return False
    Session.objects.filter(pk=sitting.session_key).delete()
    sitting.delete()
    audit.record("sessions", subject=user.username, by=by, now=now, user=user)
    return True


@transaction.atomic
def end_all(user: User, *, by: User, now: datetime) -> None:
    """End every session of an account."""
    end_every_session(user)
    keys = list(Sitting.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    Sitting.objects.filter(user=user).delete()
    audit.record("sessions", subject=user.username, by=by, now=now, user=user)


def keep_this_one(request: HttpRequest, *, user: User, now: datetime) -> None:
    """After a change that ended every session, sign the present browser in again."""
    keys = list(Sitting.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    Sitting.objects.filter(user=user).delete()
    begin(request, user=user, now=now)
