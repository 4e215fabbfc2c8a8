"""The bell of early warning on every other page: how many alarms wait, and what came last."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from bihuan.accounts.requests import signed_in, unattended
from bihuan.matters.identity import from_code
from bihuan.matters.moment import now
from bihuan.monitoring.screens.burning import Line, lines, mark
from bihuan.monitoring.screens.watchers import watcher

POLL_S: Final = 10
NAMED: Final = 3  # a flood is counted, not read out


def tag_of(request: HttpRequest, *_args: Any) -> str:
    """The same until a reading came, a step was taken, or a minute is over."""
    return f'"{mark(watcher(request), now=now())}"'


@unattended
@require_safe
@signed_in
@cache_control(no_cache=True)
@etag(tag_of)
def show_bell(request: HttpRequest) -> HttpResponse:
    """What nobody has verified: its count, and the newest by name; 304 while nothing came."""
    found = lines(watcher(request), now=now())
    waiting = [line for line in found if not line.is_verified and line.shelved_until is None]
    context = {
        "waiting": waiting,
        "oldest": max((line.minutes for line in waiting), default=0),
        "newest": sorted(waiting, key=_number, reverse=True)[:NAMED],
        "watch_url": reverse("monitoring:watch"),
    }
    return render(request, "monitoring/bell.html", context)


def _number(line: Line) -> int:
    """Matters are numbered in the order in which they were opened."""
    return from_code(line.code) or 0
