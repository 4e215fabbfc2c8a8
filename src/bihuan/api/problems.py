"""Problems by RFC 9457: one shape for every refusal, with the sentence that the screens show."""

import json
import logging
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bihuan.accounts.requests import NotSignedIn
from bihuan.database.outages import outage_in
from bihuan.matters.refusals import Incomplete, Refused

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "请求格式不对",
    401: "需要登录或令牌",
    403: "不能办理",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "现在不能办理",
    413: "请求太大",
    415: "不支持这种格式",
    422: "填写不完整",
    429: "请求太频繁",
    500: "系统出错",
    503: "暂时不能受理",
    507: "磁盘满了",
}
NO_ROUTE = "没有这个接口，请对照 /api/v1/openapi.json 核对地址。"
TOO_LARGE = "请求正文过大：JSON 最大 1 MB，附件最大 100 MB。请减少内容后再发。"
NO_CALLER = "请先登录，或在 Authorization 头中带上有效的令牌（Bearer）。"
_log = logging.getLogger("bihuan.api")


class Problem(Exception):  # noqa: N818 - an expected answer, not an error
    """A request that can't be answered, with a Chinese sentence and a status."""

    def __init__(
        self,
        status: int,
        sentence: str,
        *,
        fields: Mapping[str, str] | None = None,
        confirmable: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.fields = dict(fields or {})
        self.confirmable = list(confirmable)
        self.headers = dict(headers or {})


def problem_response(problem: Problem) -> HttpResponse:
    """The answer that tells of a problem."""
    body: dict[str, Any] = {
        "type": f"urn:bihuan:problem:{_slug(problem.status)}",
        "title": TITLES.get(problem.status, HTTPStatus(problem.status).phrase),
        "status": problem.status,
        "detail": problem.sentence,
    }
    if problem.fields:
        body["fields"] = problem.fields
    if problem.confirmable:
        body["confirmable"] = problem.confirmable
    return HttpResponse(
        json.dumps(body),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=problem.headers,
    )


def too_many(wait_s: float) -> Problem:
    """Too many requests: when to come back."""
    seconds = max(1, math.ceil(wait_s))
    sentence = f"请求太频繁，请 {seconds} 秒后再试。"
    return Problem(429, sentence, headers={"Retry-After": str(seconds)})


def no_caller(sentence: str = NO_CALLER) -> Problem:
    """Nobody known stands behind the request."""
    return Problem(401, sentence, headers={"WWW-Authenticate": 'Bearer realm="bihuan"'})


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


def _slug(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")
