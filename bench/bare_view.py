"""The one view of the bare page, and what it shows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.urls import path, set_urlconf

from bihuan.accounts.models import User
from bihuan.accounts.requests import actor_from
from bihuan.desk.lists import list_context, loop_or_404
from bihuan.desk.shell import shell

_shown: dict[str, Any] = {}


def show(request: HttpRequest) -> HttpResponse:
    """The list as it was remembered."""
    return render(request, "desk/list.html", _shown)


def remember(account: str) -> None:
    """Work a list out as this account sees it, by the project's own addresses."""
    request = RequestFactory().get("/desk/m/lead/")
    request.user = User.objects.get(username=account)
    set_urlconf("bihuan.config.urls")
    try:
        _shown.update(list_context(request, loop_or_404("lead", by=actor_from(request))))
        known = shell(request)
        _shown["desk"], _shown["nav"] = dict(known["desk"]), list(known["nav"])
    finally:
        set_urlconf(None)


urlpatterns = [path("", show)]
