"""End sessions that are too old or were idle too long, before any view sees them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bihuan.accounts import sittings
from bihuan.accounts.models import SignIn
from bihuan.accounts.requests import is_unattended, user_or_none
from bihuan.accounts.signing_in import note_end


class SessionLimits:
    """Stands after Django's authentication; strangers without a session cookie cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End a session that is over, then go on."""
        if _has_session(request) and sittings.is_over(request.session, now=timezone.now()):
            self._end(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., object], *_asked: Any) -> None:
        """Note that somebody is at the desk, unless the page asks by itself."""
        if _has_session(request) and not is_unattended(view):
            sittings.touch(request.session, now=timezone.now())

    def _end(self, request: HttpRequest) -> None:
        user = user_or_none(request)
        if user is not None:
            origin, now = sittings.origin_of(request), timezone.now()
            note_end(user, SignIn.Outcome.EXPIRED, origin=origin, now=now)
        sittings.finish(request)


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session
