"""Who may look at early warning: those who act in it."""

from typing import Final

from django.http import Http404, HttpRequest

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from

WATCHERS: Final = frozenset({"watch", "dispatcher", "office", "leader", "handler", "head"})
ANSWERING: Final = frozenset({"watch", "dispatcher"})  # whom an alarm reaches on every page


def watcher(request: HttpRequest) -> Actor:
    """The actor, who acts in early warning; for everybody else there is no such page."""
    by = actor_from(request)
    if not by.roles & WATCHERS:
        raise Http404
    return by
