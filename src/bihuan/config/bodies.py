"""Bodies of requests as they come in: against the clock, within what all may hold together.

What a stranger sends stays in memory, because a reporter's photo in clear on disk would outlive
the request; large uploads of the desk go to a file without a name.
"""

import asyncio
import time
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from granian._granian import RSGIHTTPProtocol
from granian.rsgi import Scope

from bihuan.database.outages import outage_in

GRACE_S: Final = 15.0  # before the first byte, and on top of what the pace grants
PACE: Final = 4096  # bytes a second; the slowest telephone line does better
LONGEST_S: Final = 1800.0
DESK_MAX: Final = 520 << 20  # the largest video and the form around it
DESK_IN_MEMORY: Final = 2 << 20
PUBLIC_KEPT: Final = 128 << 20  # beyond it read on and drop: the form then says it is too large
ALL_HELD_MAX: Final = 1 << 30

TOO_SLOW = "提交的内容没有传完，已停止等待，没有收下。请检查网络后再提交一次。"
CUT_OFF = "提交的内容中断了，没有收下。请检查网络后再提交一次。"
TOO_LONG = "提交的内容超过 520 MB，没有收下。请减少文件后再提交一次。"
NO_DISK = "服务器临时存放上传内容的磁盘满了，没有收下。请告诉系统管理员，腾出空间后再提交一次。"
NO_ROOM = "现在同时上传的内容太多，没有收下。请过几分钟再提交一次。"


class Refusal(Exception):  # noqa: N818 - an expected answer, not an error
    """A body that isn't taken in."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Room:
    """What all bodies hold together; only the event loop counts here."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0

    def take(self, size: int) -> None:
        """Count what is about to be kept."""
        if self.held + size > self.most:
            raise Refusal(503, NO_ROOM)
        self.held += size

    def give_back(self, size: int) -> None:
        """The body is gone."""
        self.held -= size


@dataclass(kw_only=True)
class Body:
    """A body that came whole: its bytes, how many came, how many are kept."""

    stream: IO[bytes]
    length: int = 0
    held: int = 0


room = Room(ALL_HELD_MAX)


async def take_in(scope: Scope, protocol: RSGIHTTPProtocol) -> Body:
    """Read a body to its end; raises Refusal, and then holds nothing."""
    stated = scope.headers.get("content-length")
    if stated is None and "transfer-encoding" not in scope.headers and not _may_send(scope):
        return Body(stream=BytesIO())
    is_desk = scope.path.startswith("/desk/")
    body = Body(stream=_nameless() if is_desk else BytesIO())
    try:
        _refuse_long(int(stated or 0), is_desk=is_desk)
        await _read(body, protocol, is_desk=is_desk)
        if body.length < int(stated or 0):
            raise Refusal(400, CUT_OFF)
    except BaseException:
        body.stream.close()
        room.give_back(body.held)
        raise
    body.stream.seek(0)
    return body


async def _read(body: Body, protocol: RSGIHTTPProtocol, *, is_desk: bool) -> None:
    began, pieces = time.monotonic(), aiter(protocol)
    while True:
        granted = min(GRACE_S + body.length / PACE, LONGEST_S)
        left = began + granted - time.monotonic()
        try:
            piece = await asyncio.wait_for(anext(pieces), left)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Refusal(408, TOO_SLOW) from None
        body.length += len(piece)
        _refuse_long(body.length, is_desk=is_desk)
        if is_desk or body.held < PUBLIC_KEPT:
            room.take(len(piece))
            body.held += len(piece)
            _put(piece, body)


def _put(piece: bytes, body: Body) -> None:
    """Keep a piece; large uploads of the desk lie in a file, whose disk may be full."""
    try:
        body.stream.write(piece)
    except OSError as error:
        if outage_in(error) is None:
            raise
        raise Refusal(507, NO_DISK) from error


def _nameless() -> IO[bytes]:
    return SpooledTemporaryFile(DESK_IN_MEMORY)


def _refuse_long(length: int, *, is_desk: bool) -> None:
    if is_desk and length > DESK_MAX:
        raise Refusal(413, TOO_LONG)


def _may_send(scope: Scope) -> bool:
    """HTTP/2 states no length where it doesn't know it."""
    return scope.http_version.startswith("2") and scope.method not in {"GET", "HEAD"}
