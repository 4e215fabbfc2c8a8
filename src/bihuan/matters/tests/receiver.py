"""A group robot's other side on this machine: keeps what comes and answers as it is told to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

from bihuan.matters.robots import Robot

KEY = "key-that-nobody-may-see"


class Receiver(ThreadingHTTPServer):
    """Listens on a free port; `answers` are used up one by one, then all is well."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.bodies: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.moved_to = ""

    def robot(self, channel: str, *, secret: str = "") -> Robot:
        """The robot that speaks to this receiver."""
        url = f"http://127.0.0.1:{self.server_address[1]}/send?key={KEY}"
        return Robot(channel=channel, url=url, secret=secret)

    @property
    def texts(self) -> list[str]:
        """What the groups read, in order."""
        return [
            body.get("text", body.get("content", {}))["content" if "text" in body else "text"]
            for body in self.bodies
        ]


class Talk(BaseHTTPRequestHandler):
    """Answers a message."""

    server: Receiver

    def do_POST(self) -> None:
        """Keep it, then say what was prepared."""
        length = int(self.headers["Content-Length"])
        query = parse_qs(urlsplit(self.path).query)
        self.server.queries.append({name: values[0] for name, values in query.items()})
        self.server.bodies.append(json.loads(self.rfile.read(length)))
        prepared = self.server.answers.pop(0) if self.server.answers else None
        status, body = prepared or (200, b'{"errcode":0,"errmsg":"ok"}')
        self.send_response(status)
        if self.server.moved_to:
            self.send_header("Location", self.server.moved_to)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver while the block runs."""
    with Receiver() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
