"""Who calls: a token, or the person signed in in this browser."""

import time

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from bihuan.accounts.models import User
from bihuan.accounts.requests import user_or_none
from bihuan.api.problems import Problem, no_caller, too_many
from bihuan.api.rates import Rate
from bihuan.api.tokens import token_of
from bihuan.matters.moment import now

PER_MINUTE, BURST = 240, 60
_rate = Rate(per_minute=PER_MINUTE, burst=BURST)


class BearerToken(HttpBearer):
    """A token in the Authorization header; one that is wrong never falls back to a session."""

    def __call__(self, request: HttpRequest) -> User | None:
        """The user behind the token; None when no token came."""
        stated = request.headers.get("Authorization", "")
        if not stated:
            return None
        scheme, _, text = stated.partition(" ")
        if scheme.lower() != "bearer":
            raise no_caller("Authorization 头请用 Bearer 加令牌。")
        return self.authenticate(request, text.strip())

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Act as the token's user from here on."""
        found = token_of(token, now=now())
        if found is None:
            raise no_caller("令牌无效、已过期或已停用，请在“接口令牌”页另建一个。")
        wait_s = _rate.take(found.pk, at_s=time.monotonic())
        if wait_s:
            raise too_many(wait_s)
        request.user = found.user
        return found.user


class SignedIn(APIKeyCookie):
    """The session of the browser; what writes needs the CSRF token as well."""

    param_name = "bihuan"

    def __call__(self, request: HttpRequest) -> User | None:
        """The signed-in user, None for a stranger."""
        user = user_or_none(request)
        if user is not None and check_csrf(request) is not None:
            raise Problem(403, "缺少防伪令牌：请从本站页面发出请求，或改用接口令牌。")
        return user

    def authenticate(self, request: HttpRequest, _key: str | None) -> User | None:
        """The session middleware has already read the cookie."""
        return user_or_none(request)


CALLERS = [BearerToken(), SignedIn()]
