"""What breaks or refuses while an operation of the API runs, told as a problem."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bihuan.accounts.requests import NotSignedIn
from bihuan.api.problems import NO_ROUTE, TOO_LARGE, Problem, no_caller, problem_response
from bihuan.database.outages import outage_in
from bihuan.matters.refusals import Incomplete, Refused

_log = logging.getLogger("bihuan.api")


def handle_problems(api: NinjaAPI) -> None:
    """Let every exception of an operation become a problem."""
    for kind, handler in (
        (Problem, _stated),
        (Refused, _refused),
        (NotSignedIn, _nobody),
        (AuthenticationError, _nobody),
        (ValidationError, _misshapen),
        (RequestDataTooBig, _too_large),
        (SuspiciousOperation, _broken_off),
        (MultiPartParserError, _broken_off),
        (UnreadablePostError, _broken_off),
        (HttpError, _http),
        (Http404, _missing),
        (Exception, _broken),
    ):
        api.add_exception_handler(kind, handler)  # type: ignore[arg-type]


def _stated(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_response(problem)


def _refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    confirmable = refusal.confirmable if isinstance(refusal, Incomplete) else ()
    stated = Problem(
        refusal.status, refusal.sentence, fields=refusal.fields, confirmable=confirmable
    )
    return problem_response(stated)


def _nobody(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem_response(no_caller())


def _misshapen(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = dict(_fault(fault) for fault in error.errors)
    return problem_response(Problem(422, "".join(fields.values()), fields=fields))


def _fault(fault: Mapping[str, Any]) -> tuple[str, str]:
    path = [str(part) for part in fault["loc"] if part not in ("body", "query", "path", "wanted")]
    name = ".".join(path)[:80]
    kind = str(fault["type"])
    if not name:
        return "body", "请求正文应是一个 JSON 对象。"
    if kind == "missing":
        return name, f"请填写“{name}”。"
    if kind == "extra_forbidden":
        return name, f"这里没有“{name}”这一项，请删去后再提交。"
    words = next((word for part, word in _WORDS.items() if part in kind), "的值不对")
    return name, f"“{name}”{words}，请对照 /api/v1/openapi.json 核对。"


_WORDS = {
    "too_long": "太长",
    "too_short": "太短",
    "string": "应是文字",
    "int": "应是整数",
    "bool": "应是 true 或 false",
    "dict": "应是一个对象",
    "list": "应是一个列表",
    "literal": "不在可选范围内",
}


def _too_large(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem_response(Problem(413, TOO_LARGE))


def _broken_off(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem_response(Problem(400, "请求没有传完或格式不对，请核对后重新发送。"))


def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Problem):  # the parser's own words, wrapped on the way here
        return problem_response(cause)
    sentence = "请求正文不是正确的 JSON，请检查引号、逗号和编码（UTF-8）。"
    return problem_response(Problem(error.status_code, sentence))


def _missing(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem_response(Problem(404, NO_ROUTE))


def _broken(_request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("api_failed", exc_info=error)
    outage = outage_in(error)
    if outage:
        return problem_response(Problem(outage.status, outage.sentence))
    return problem_response(Problem(500, "系统出错，已记录。请稍后再试，仍不行请联系系统管理员。"))
