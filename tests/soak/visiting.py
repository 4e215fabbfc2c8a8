"""Those who come with a browser while the disk is full: a visitor, and an uploader at the desk."""

import hashlib
import http.client
import json
import random
import secrets
from threading import Event, Thread
from typing import Any

from tests.soak import ground
from tests.soak.asking import TIMEOUT_S, Caller, Journal
from tests.soak.clients import OUTAGES, Client

PAGES = ("/", "/tip-off", "/published", "/desk/sign-in", "/health/ready")
PAUSE_S = 0.05
TOKEN = "a" * 32  # of a form: the cookie and the field must agree, nothing else
OK, SEEN, BROKEN = 200, 303, 500


class Visitor(Thread):
    """Opens pages in turn, and reads what health says."""

    def __init__(self, name: str, port: int, journal: Journal) -> None:
        super().__init__(name=name, daemon=True)
        self.port, self.journal, self.stopping = port, journal, Event()
        self.broken: list[tuple[str, object]] = []
        self.alarms: set[str] = set()

    def run(self) -> None:
        """One page after the other."""
        turn = 0
        while not self.stopping.wait(PAUSE_S):
            path = PAGES[turn % len(PAGES)]
            turn += 1
            try:
                status, text = asked(self.port, "GET", path)
            except OSError as lost:
                self.broken.append((path, repr(lost)))
                continue
            if path == PAGES[-1]:
                self._read(status, text)
            elif status >= BROKEN and not (status in OUTAGES and "。" in text):
                self.broken.append((path, status))

    def _read(self, status: int, text: str) -> None:
        try:
            self.alarms |= set(json.loads(text)["alarms"])
        except (ValueError, KeyError):
            self.broken.append(("/health/ready", f"{status} {text[:80]}"))


class DeskSender(Client):
    """Adds files to leads through the desk's form, with a session of its own."""

    def __init__(
        self, name: str, caller: Caller, journal: Journal, county: Any, *, cookie: str
    ) -> None:
        super().__init__(name, caller, journal, county)
        self.cookie = cookie

    def act(self, key: str) -> None:
        """One lead, three files."""
        answers = ground.opening(self.county)
        lead = self.surely("matters", {"kind": "lead", "answers": answers}, key=f"{key}-open")
        for number in range(3):
            data = f"工作端材料 {key} 之{number} {random.random()}\n".encode() * 400  # noqa: S311
            digest = hashlib.sha256(data).hexdigest()
            self.journal.note("sent file", digest=digest)
            self._send(f"/desk/matters/{lead['id']}/files", data, digest=digest, lead=lead["id"])

    def _send(self, path: str, data: bytes, *, digest: str, lead: str) -> None:
        body, kind = form(data)
        cookies = f"bihuan={self.cookie}; csrftoken={TOKEN}"
        try:
            status, text = asked(
                self.caller.port, "POST", path, body, **{"Content-Type": kind, "Cookie": cookies}
            )
        except OSError as lost:
            self.journal.note("error", path=path, status=0, answer=repr(lost))
            return
        if status == SEEN:
            self.journal.note("desk file", digest=digest, lead=lead)
        elif status in OUTAGES or "空间不足" in text:
            self.journal.note("outage", path=path, status=status, answer=text[:200])
        else:
            self.journal.note("error", path=path, status=status, answer=text[:300])


def form(data: bytes) -> tuple[bytes, str]:
    """The desk's form with one file, and its content type."""
    mark = secrets.token_hex(12)
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="材料.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    return head.encode() + data + f"\r\n--{mark}--\r\n".encode(), (
        f"multipart/form-data; boundary={mark}"
    )


def asked(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, str]:
    """One request without a kept connection: status and text; OSError when no answer came."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        link.request(method, path, body=body, headers=headers)
        answer = link.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except http.client.HTTPException as lost:
        raise OSError("no whole answer") from lost
    finally:
        link.close()
