"""Asking a deployment over HTTP, and the fsynced log of what it acknowledged."""

import http.client
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

TIMEOUT_S = 30


class LostError(Exception):
    """No answer came: the request may have been done or not."""


class Journal:
    """What the clients know, on disk before they go on: one JSON line each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._lock = Lock()

    def note(self, what: str, **told: Any) -> None:
        """Write a line and wait for the disk."""
        with self._lock:
            self._file.write(json.dumps({"what": what, **told}, ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def read(self, what: str) -> list[dict[str, Any]]:
        """All lines of one kind, from the disk."""
        lines = self.path.read_text("utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["what"] == what]


class Caller:
    """Asks with one of several tokens in turn: the rate per token isn't what is tested here."""

    def __init__(self, port: int, tokens: list[str]) -> None:
        self.port, self.tokens, self.turn = port, tokens, 0

    def ask(
        self, path: str, body: bytes, *, kind: str = "application/json", key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """POST; (status, answer), or LostError when no whole answer came."""
        headers = {"Content-Type": kind}
        if self.tokens:
            self.turn += 1
            headers["Authorization"] = f"Bearer {self.tokens[self.turn % len(self.tokens)]}"
        if key:
            headers["Idempotency-Key"] = key
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        try:
            link.request("POST", f"/api/v1/{path}", body=body, headers=headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as lost:
            raise LostError from lost
        finally:
            link.close()

    def send(self, path: str, body: Mapping[str, Any], *, key: str = "") -> tuple[int, Any]:
        """POST a JSON body."""
        return self.ask(path, json.dumps(body, ensure_ascii=False).encode(), key=key)

    def upload(self, path: str, *, name: str, data: bytes) -> tuple[int, Any]:
        """POST one file as a form does."""
        mark = secrets.token_hex(12)
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/plain\r\n\r\n"
        )
        body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        return self.ask(path, body, kind=f"multipart/form-data; boundary={mark}")
