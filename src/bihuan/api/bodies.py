"""Bodies of calls: JSON of a known type, and nothing in it that can't be stored as text."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from bihuan.api.problems import Problem

JSON_TYPES = ("application/json",)


class JsonParser(Parser):
    """Reads JSON bodies of a known type and size, and nothing that can't be stored as text."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The decoded body; raises Problem for what isn't one."""
        if request.content_type not in JSON_TYPES:
            raise Problem(415, "请求正文请用 application/json 格式。")
        try:
            data: dict[str, Any] = json.loads(request.body, parse_constant=_no_constant)
            json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            sentence = "请求正文不是正确的 JSON，请检查引号、逗号和编码（UTF-8）。"
            raise Problem(400, sentence) from None
        return data


def _no_constant(name: str) -> None:
    raise ValueError(f"no number {name!r} in JSON")
