"""An address that doesn't know a method answers with a page, not with an empty body.

A public address that isn't there gets a page of the public; a disk that is full and a database
that is away are called so. The other pages that end a request are Django's own, worded in
ui/templates/4xx.html and 500.html.
"""

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import NoReverseMatch
from django.views.defaults import page_not_found, server_error

from bihuan.api.problems import Problem, problem_response
from bihuan.database.outages import outage_in
from bihuan.portal.pages import missing

SENTENCE = "这个地址不能这样打开，没有办理任何事。请从页面上的按钮或链接进入。"
_NOT_PUBLIC = ("/desk/", "/api/", "/static/")
_DESK = {"label": "回到工作台", "url": "/desk/", "tone": "primary"}
_HOME = {"label": "回到首页", "url": "/", "tone": "primary"}


class WordyRefusals:
    """Gives words to the empty 405 of Django's decorators; the API words its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep the status and the Allow header."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return _method_not_allowed(request, allowed=response.headers["Allow"])
        return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in the shell of the public, or of nobody where that isn't at hand."""
    told = None
    if not request.path.startswith(_NOT_PUBLIC):
        try:
            told = missing(request)
        except NoReverseMatch:  # a server of the desk alone
            told = None
    return told or page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or what is the matter with the storage; Django calls it while the error is in hand."""
    outage = outage_in(sys.exception())
    if outage is None:
        return server_error(request)
    if request.path.startswith("/api/"):
        answer = problem_response(Problem(outage.status, outage.sentence))
    else:
        is_public = not request.path.startswith(_NOT_PUBLIC)
        page = {
            "title": outage.title,
            "sentence": outage.public if is_public else outage.sentence,
            "code": outage.status,
        }
        answer = HttpResponse(get_template("outage.html").render({"page": page}))
        answer.status_code = outage.status
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _method_not_allowed(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """405: the address is known, but not this way of asking for it."""
    link = _DESK if request.path.startswith("/desk") else _HOME
    page = {"title": "不能这样打开", "sentence": SENTENCE, "code": "405", "links": [link]}
    response = render(request, "ui/error.html", {"page": page}, status=405)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Allow"] = allowed
    return response
