"""The route of readings: the body is a file as the standard writes it, the header its name."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router
from ninja.responses import Status

from bihuan.accounts.requests import actor_from
from bihuan.api.callers import BearerToken
from bihuan.api.problems import Problem
from bihuan.api.readings import HEADER, check_size, take_in
from bihuan.api.schemas import ReadingsOut

router = Router(tags=["监测数据"], auth=BearerToken())
FILE = {"schema": {"type": "string", "format": "binary"}}
BODY = {"required": True, "content": {"text/plain": FILE, "application/octet-stream": FILE}}


@router.post(
    "/telemetry",
    response={202: ReadingsOut},
    operation_id="send_readings",
    summary="上报监测数据文件",
    openapi_extra={"requestBody": BODY},
)
def send_readings(
    request: HttpRequest,
    name: Annotated[str, Header(alias=HEADER, description="文件名：煤矿编码_类型_时间.txt")],
) -> Status[dict[str, object]]:
    """正文就是文件内容，企业账号的令牌只能报本企业的矿。答 202 时文件已落盘，重发不会重复计算。"""
    kept = take_in(_content(request), name=name, by=actor_from(request))
    return Status(202, {"name": kept.name, "bytes": kept.size, "digest": kept.digest})


def _content(request: HttpRequest) -> bytes:
    """The body as it came, of any type but those that wrap a file in something else."""
    if request.content_type == "multipart/form-data":
        raise Problem(415, "正文应直接是文件内容，请不要用表单上传。")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "正文不要压缩，请直接发送文件内容。")
    check_size(_stated(request))
    content = request.read()
    check_size(len(content))
    return content


def _stated(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length[:12]) if length.isascii() and length.isdigit() else 0
