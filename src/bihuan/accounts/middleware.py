"""End sessions that are too old or were idle too long, before any view sees them."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bihuan.accounts import sittings
from bihuan.accounts.models import SignIn
from bihuan.accounts.requests import user_or_none
from bihuan.accounts.signing_in import note_end


class SessionLimits:
    """Stands after Django's authentication; strangers without a session cookie cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End or touch the session, then go on."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = timezone.now()
        if not sittings.is_over(request.session, now=now):
            sittings.touch(request.session, now=now)
            return
        user = user_or_none(request)
        if user is not None:
            note_end(user, SignIn.Outcome.EXPIRED, origin=sittings.origin_of(request), now=now)
        sittings.finish(request)
