"""Problems by RFC 9457: one shape for every refusal, with the sentence that the screens show."""

import json
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

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


def _slug(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")
