"""Who stands behind a web request: the actor, and the decorator that asks for one."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import urlencode

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import User

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

_HELD = "_bihuan_actor"


class NotSignedIn(Exception):  # noqa: N818  an expected answer, not an error
    """Nobody is signed in; a page sends them to the sign-in, an API answers 401."""

    sentence = "请先登录，再办理。"
    status = 401


def actor_from(request: HttpRequest) -> Actor:
    """The actor that is signed in, read once per request; NotSignedIn for a stranger."""
    actor = actor_or_none(request)
    if actor is None:
        raise NotSignedIn
    return actor


def actor_or_none(request: HttpRequest) -> Actor | None:
    """The actor that is signed in, or None for a stranger; for shells shown to both."""
    user = user_or_none(request)
    if user is None:
        return None
    held: Actor | None = getattr(request, _HELD, None)
    # Whoever signed in or out during this request is not who came with it.
    if held is None or held.user_id != user.pk:
        held = actor_of(user, on=timezone.localdate())
        setattr(request, _HELD, held)
    return held


def user_or_none(request: HttpRequest) -> User | None:
    """The account that is signed in, or None."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def user_from(request: HttpRequest) -> User:
    """The account that is signed in; NotSignedIn for a stranger."""
    user = user_or_none(request)
    if user is None:
        raise NotSignedIn
    return user


def signed_in[**P](view: View[P]) -> View[P]:
    """Let only signed-in people through; others go to the sign-in and come back by `next`."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if user_or_none(request) is None:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Send somebody to the sign-in; what was posted is lost, so `next` is the page before it."""
    back = (
        request.get_full_path()
        if request.method in ("GET", "HEAD")
        else settings.LOGIN_REDIRECT_URL
    )
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': back})}")


def unattended[**P](view: View[P]) -> View[P]:
    """Mark what a page asks for by itself: whoever left the desk is signed out all the same."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def is_unattended(view: Callable[..., object]) -> bool:
    """Whether a request for it says nothing of anybody at the desk."""
    return getattr(view, "is_unattended", False)
