"""The edge of the API: what Django would answer with a page becomes a problem here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from bihuan.api.problems import NO_ROUTE, TOO_LARGE, Problem, problem_response

BODY_MAX = 1024 * 1024
FILE_MAX = 101 * BODY_MAX
OWN_LIMIT = "/api/v1/telemetry"  # its route reads the body itself, up to a setting


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view of the API answer problems only, and nothing that a cache would keep."""

    @csrf_exempt
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _check_size(request)
            response = _shown(view, request, *args, **kwargs)
        except Problem as problem:
            response = problem_response(problem)
        except Http404:
            response = problem_response(Problem(404, NO_ROUTE))
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answering


def unknown_route(_request: HttpRequest, **_parts: str) -> HttpResponse:
    """Whatever has no route."""
    raise Problem(404, NO_ROUTE)


def _shown(
    view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    is_head = request.method == "HEAD"
    if is_head:  # the same answer as GET; the server leaves the body out
        request.method = "GET"
    response = view(request, *args, **kwargs)
    if is_head:
        request.method = "HEAD"
    if isinstance(response, HttpResponseNotAllowed):
        methods = ", ".join(sorted(response["Allow"].split(", ")))
        sentence = f"这个接口不支持 {request.method}，请改用 {methods}。"
        raise Problem(405, sentence, headers={"Allow": methods})
    return response


def _check_size(request: HttpRequest) -> None:
    if request.path == OWN_LIMIT:
        return
    length = request.headers.get("Content-Length", "")
    limit = FILE_MAX if request.content_type == "multipart/form-data" else BODY_MAX
    if length.isascii() and length.isdigit() and int(length[:12]) > limit:
        raise Problem(413, TOO_LARGE)
