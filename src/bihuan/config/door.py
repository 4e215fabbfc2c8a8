"""What stands between granian and Django: a request is let in when it has come whole.

A body is taken in here, on the event loop, where waiting costs a few kilobytes and no thread;
whoever sends nothing, or next to nothing, is told so and let go. Django runs in threads of its
own, one on SQLite, and never waits for a network: neither for a body nor for a slow reader.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from granian._granian import RSGIHTTPProtocol
from granian.rsgi import Scope

from bihuan.config.bodies import Body, Refusal, room, take_in

PIECES: Final = 200  # of a streamed answer at a time: lines of a table, or 4 KB of a file each
_BARE: Final = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


@dataclass(kw_only=True)
class Answer:
    """What Django answers; of a streamed one the pieces are fetched as they are sent."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    pieces: Iterator[bytes] | None = None
    response: Any = None

    def start(
        self, status: str, headers: list[tuple[str, str]], _fault: object = None, /
    ) -> Callable[[bytes], object]:
        """WSGI's start_response; its old way of writing isn't used by Django."""
        self.status, self.headers = int(status.split(" ", 1)[0]), headers
        return BytesIO().write

    def more(self) -> bytes:
        """The next pieces, in the thread that began the answer; empty at the end."""
        return b"".join(islice(self.pieces or (), PIECES))


class Thread:
    """A thread that runs Django, and how many requests are given to it."""

    def __init__(self) -> None:
        self.requests = 0
        self.runner = ThreadPoolExecutor(1, thread_name_prefix="django")


def thread_count() -> int:
    """How many threads run Django; measured: more only cost CPU."""
    return 1 if "sqlite" in str(settings.DATABASES["default"]["ENGINE"]) else 2


class Door:
    """The application that granian calls."""

    def __init__(self, application: WSGIHandler) -> None:
        self._application = application
        self._threads = tuple(Thread() for _ in range(thread_count()))

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """One request: take its body in, run Django, send the answer at the reader's pace."""
        try:
            body = await take_in(scope, protocol)
        except Refusal as refusal:
            protocol.response_bytes(refusal.status, _told(scope), refusal.sentence.encode())
            return
        thread = min(self._threads, key=_load)
        thread.requests += 1
        try:
            await self._serve(environ_of(scope, body), protocol, thread)
        finally:
            thread.requests -= 1
            body.stream.close()
            room.give_back(body.held)

    async def _serve(
        self, environ: dict[str, Any], protocol: RSGIHTTPProtocol, thread: Thread
    ) -> None:
        run = partial(asyncio.get_running_loop().run_in_executor, thread.runner)
        answer = await run(_begun, self._application, environ)
        if answer.pieces is None:
            protocol.response_bytes(answer.status, answer.headers, answer.body)
            return
        try:
            transport = protocol.response_stream(answer.status, answer.headers)
            while some := await run(answer.more):
                await transport.send_bytes(some)
        finally:
            await run(answer.response.close)


def _told(scope: Scope) -> list[tuple[str, str]]:
    told = [("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store")]
    return told if scope.http_version.startswith("2") else [*told, ("connection", "close")]


def environ_of(scope: Scope, body: Body) -> dict[str, Any]:
    """The request as WSGI says it; a name with an underscore can't pass for another header."""
    name, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        **_BARE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _as_bytes_told(scope.path),
        "QUERY_STRING": _as_bytes_told(scope.query_string),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body.stream,
    }
    for header, value in scope.headers.items():
        if "_" in header:
            continue
        key = f"HTTP_{header.upper().replace('-', '_')}"
        glue = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{glue}{value}" if key in environ else value
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(body.length) if body.length else ""
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


def _as_bytes_told(text: str) -> str:
    """Text as WSGI wants it: a character for each byte that was sent, letters of China too."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _begun(application: WSGIHandler, environ: dict[str, Any]) -> Answer:
    """Run Django in this thread, to the end of its answer unless that is streamed."""
    answer = Answer()
    response: Any = application(environ, answer.start)
    if getattr(response, "streaming", False):
        answer.pieces, answer.response = iter(response), response
        return answer
    try:
        answer.body = b"".join(response)
    finally:
        response.close()
    return answer


def _load(thread: Thread) -> int:
    return thread.requests
