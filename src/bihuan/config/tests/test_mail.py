"""Mail: what the environment asks for, and a mail that really leaves over TLS, signed in."""

import ssl
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from bihuan.config.mail import PORTS, mail_options
from bihuan.config.tests.processes import own_certificate, run
from bihuan.config.wrong import WrongSetting

SIGNED_IN = {"BIHUAN_MAIL_USER": "tixing", "BIHUAN_MAIL_PASSWORD": "a-phrase:1"}


class Server(ThreadingTCPServer):
    """A mail server on a free port; `context` when it speaks TLS."""

    allow_reuse_address = daemon_threads = True
    context: ssl.SSLContext
    is_wrapped = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.signed_in: list[str] = []
        self.mails: list[bytes] = []


class Talk(StreamRequestHandler):
    """Just enough of SMTP with STARTTLS and AUTH PLAIN."""

    server: Server

    def setup(self) -> None:
        """TLS from the first byte when the server is wrapped."""
        if self.server.is_wrapped:
            self._wrap()
        super().setup()

    def handle(self) -> None:
        """Answer until the client leaves."""
        self._say("220 ready")
        while line := self.rfile.readline().decode("ascii", "replace").strip():
            said, _, rest = line.partition(" ")
            verb = said.upper()
            if verb == "EHLO":
                self._say("250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN")
            elif verb == "STARTTLS":
                self._say("220 go on")
                self._wrap()
                super().setup()
            elif verb == "AUTH":
                told = b64decode(rest.partition(" ")[2]).decode()
                self.server.signed_in += [(isinstance(self.request, ssl.SSLSocket) and told) or ""]
                self._say("235 in")
            elif verb == "DATA":
                self._say("354 go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self._say("250 ok")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")

    def finish(self) -> None:
        """A socket that was wrapped is ours to close."""
        super().finish()
        self.request.close()

    def _wrap(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(folder: Path, *, is_wrapped: bool = False) -> Iterator[Server]:
    with Server() as server:
        server.is_wrapped = is_wrapped
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(*own_certificate(folder))
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_mail_leaves_over_tls_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    with mail_server(tmp_path, is_wrapped=tls == "tls") as server:
        where = {"BIHUAN_MAIL_HOST": "127.0.0.1", "BIHUAN_MAIL_TLS": tls}
        port = {"BIHUAN_MAIL_PORT": str(server.server_address[1])}
        options = mail_options({**where, **port, **SIGNED_IN})
        mail = EmailMessage("线索", "核查中", "bihuan@localhost", ["handler@example.org"])
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.pem"))
        mailer = backend(options)
        assert mailer.send_messages([mail]) == 1
        assert (mailer.ssl_context.check_hostname, mailer.ssl_context.verify_mode) == (
            True,
            ssl.CERT_REQUIRED,
        )
        assert server.signed_in == ["\0tixing\0a-phrase:1"]
        (sent,) = server.mails
        assert b"handler@example.org" in sent


def backend(options: dict[str, Any]) -> EmailBackend:
    return EmailBackend(alias="default", **options)


def test_unset_it_is_the_server_of_this_machine() -> None:
    options = mail_options({})
    assert (options["host"], options["port"], options["username"]) == ("localhost", 25, "")
    assert (options["use_tls"], options["use_ssl"]) == (False, False)


@pytest.mark.parametrize(("tls", "port"), list(PORTS.items()))
def test_each_protection_has_its_port(tls: str, port: int) -> None:
    assert mail_options({"BIHUAN_MAIL_TLS": tls})["port"] == port
    assert mail_options({"BIHUAN_MAIL_TLS": tls, "BIHUAN_MAIL_PORT": "2525"})["port"] == 2525


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"BIHUAN_MAIL_TLS": "yes"}, "只能是 starttls、tls 或不写，现在是“yes”"),
        ({"BIHUAN_MAIL_PORT": "0"}, "1 到 65535"),
        ({"BIHUAN_MAIL_PORT": "70000"}, "1 到 65535"),
        ({"BIHUAN_MAIL_PORT": "２５"}, "1 到 65535"),
        ({"BIHUAN_MAIL_USER": "tixing"}, "要一起给"),
        ({"BIHUAN_MAIL_PASSWORD": "x"}, "要一起给"),
        ({"BIHUAN_MAIL_USER": "tixing", "BIHUAN_MAIL_PASSWORD": "一句口令"}, "只能用英文字母"),
        ({"BIHUAN_MAIL_HOST": "mail.example.gov.cn", **SIGNED_IN}, "不在网络上明传"),
    ],
)
def test_what_contradicts_itself_is_told(given: dict[str, str], words: str) -> None:
    with pytest.raises(WrongSetting, match=words):
        mail_options(given)


def test_password_goes_in_clear_only_inside_this_machine() -> None:
    assert mail_options(SIGNED_IN)["username"] == "tixing"


def test_a_command_refuses_to_start_with_such_settings(tmp_path: Path) -> None:
    told = run(tmp_path / "home", "check", BIHUAN_MAIL_TLS="yes")
    assert told.returncode == 2
    assert "BIHUAN_MAIL_TLS" in told.stderr
    assert "Traceback" not in told.stderr
