"""Bodies of calls: JSON of a known type, and nothing in it that can't be stored as text."""

import json
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from bihuan.api.problems import Problem

JSON_TYPES = ("application/json",)
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # not one of a backslash that is a text itself


class JsonParser(Parser):
    """Reads JSON bodies of a known type and size, and nothing that can't be stored as text."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The decoded body; raises Problem for what isn't one."""
        if request.content_type not in JSON_TYPES:
            raise Problem(415, "请求正文请用 application/json 格式。")
        try:
            data: dict[str, Any] = json.loads(request.body, parse_constant=_no_constant)
            text = json.dumps(data, ensure_ascii=False)
            text.encode()
        except (ValueError, RecursionError):
            sentence = "请求正文不是正确的 JSON，请检查引号、逗号和编码（UTF-8）。"
            raise Problem(400, sentence) from None
        if _NUL.search(text):
            raise Problem(400, "请求正文里有空字符（U+0000），存不成文字，请删去后再发。")
        return data


def _no_constant(name: str) -> None:
    raise ValueError(f"no number {name!r} in JSON")
