"""A mail server in memory: takes every mail, counts (recipient, what it tells), digests by line."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread


class Mailbox(ThreadingTCPServer):
    """Listens on a free local port."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails: Counter[tuple[str, str]] = Counter()
        self.posts: list[list[tuple[str, str]]] = []  # what each mail told, in order
        self.unlisted = 0  # what long digests only count: 其余 N 条见工作台

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class Talk(StreamRequestHandler):
    """Just enough of SMTP."""

    server: Mailbox

    def handle(self) -> None:
        """Answer one client until it leaves."""
        self._say("220 ready")
        recipients: list[str] = []
        for raw in self.rfile:
            line = raw.decode("ascii", "replace").strip()
            verb = line[:4].upper()
            if verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                self._say("354 go on")
                self._take(recipients)
                recipients = []
            self._say("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def _take(self, recipients: list[str]) -> None:
        lines = []
        for line in self.rfile:
            if line in (b".\r\n", b".\n"):
                break
            lines.append(line)
        told, unlisted = _told(message_from_bytes(b"".join(lines)))
        self.server.unlisted += unlisted
        for recipient in recipients:
            post = [(recipient, words) for words in told]
            self.server.posts.append(post)
            self.server.mails.update(post)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def _told(mail: Message) -> tuple[list[str], int]:
    """The subject of a single mail, or the numbered lines of a digest and how many more it had."""
    subject = str(make_header(decode_header(mail["Subject"]))).replace("\n", "")
    if not re.fullmatch(r"矿安闭环：\d+ 条提醒", subject):
        return [subject], 0
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    text = body.decode()
    more = re.search(r"(?m)^其余 (\d+) 条", text)
    listed = [words[:80] for words in re.findall(r"(?m)^\d+\. ([^\r\n]*)", text)]
    return listed, int(more[1]) if more else 0


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server while the block runs."""
    with Mailbox() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
