"""The door of a real server: what isn't sent whole holds up nobody."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path

import pytest

from bihuan.config.bodies import Refusal, Room
from bihuan.config.tests.processes import Served, serving

pytestmark = pytest.mark.slow

STALLED = 40
IDLE = 1300
EMPTY = 503  # what the public pages of a deployment without a county answer
BEGUN = b"POST /receipt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nc"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("door") / "home", "--port", "0") as server:
        server.ask("/receipt", "POST", "code=1234")  # the first request loads what all need
        yield server


def begun(server: Served) -> socket.socket:
    way = connected(server)
    way.sendall(BEGUN)
    return way


def connected(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def test_unfinished_posts_hold_up_nobody_and_are_told_so(served: Served) -> None:
    with ExitStack() as ways:
        stalled = [ways.enter_context(begun(served)) for _ in range(STALLED)]
        time.sleep(0.5)
        before = time.monotonic()
        assert served.ask("/health/live")[0] == 200
        assert served.ask("/receipt", "POST", "code=1234")[0] == EMPTY
        assert time.monotonic() - before < 2
        for way in stalled:
            with way.makefile("rb") as answer:
                told = answer.read()  # to its end: the connection is closed
            assert told.startswith(b"HTTP/1.1 408 ")
            assert "没有传完".encode() in told
        assert time.monotonic() - before < 25


def test_idle_connections_hold_up_nobody_and_are_let_go(served: Served) -> None:
    """More than granian takes by itself, of both kinds: never used, and used once."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 4 * IDLE), before[1]))
    with ExitStack() as ways:
        ways.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        idle = [ways.enter_context(connected(served)) for _ in range(IDLE)]
        for way in idle[::2]:
            way.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        began = time.monotonic()
        assert served.ask("/health/live")[0] == 200
        assert time.monotonic() - began < 5
        for way in idle:
            way.settimeout(20)
            while way.recv(4096):
                pass  # to its end: the server has closed it
        assert time.monotonic() - began < 30


def test_slow_readers_hold_up_nobody(served: Served) -> None:
    asked = b"GET /static/ui/app.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with ExitStack() as ways:
        for _ in range(STALLED):
            ways.enter_context(connected(served)).sendall(asked * 100)
        before = time.monotonic()
        assert served.ask("/health/live")[0] == 200
        assert time.monotonic() - before < 10


def test_a_long_upload_to_the_desk_is_refused_by_its_length(served: Served) -> None:
    with closing(HTTPConnection("127.0.0.1", served.port, timeout=20)) as way:
        way.putrequest("POST", "/desk/sign-in")
        way.putheader("Content-Length", str(600 << 20))
        way.endheaders()
        answer = way.getresponse()
        assert answer.status == 413
        assert "520 MB" in answer.read().decode()


def test_a_body_without_a_stated_length_comes_in(served: Served) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Transfer-Encoding": "chunked"}
    with closing(HTTPConnection("127.0.0.1", served.port, timeout=20)) as way:
        way.request("POST", "/receipt", BytesIO(b"code=1234"), headers, encode_chunked=True)
        assert way.getresponse().status == EMPTY


def test_a_name_with_an_underscore_passes_for_no_other_header(tmp_path: Path) -> None:
    with serving(tmp_path / "home", "--port", "0", BIHUAN_HTTPS="proxy") as server:
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as way:
            way.request("GET", "/desk/sign-in", headers={"X_Forwarded_Proto": "https"})
            assert "Strict-Transport-Security" not in way.getresponse().headers
        told = server.ask("/desk/sign-in", **{"X-Forwarded-Proto": "https"})[1]
        assert "Strict-Transport-Security" in told


def told(server: Served, line: bytes, *headers: bytes) -> tuple[int, str]:
    """The status and the page that a request gets whose bytes no client library would send."""
    with connected(server) as way:
        fixed = (b"Host: 127.0.0.1", b"Connection: close")
        way.sendall(b"\r\n".join((line + b" HTTP/1.1", *fixed, *headers, b"", b"")))
        with way.makefile("rb") as answer:
            head, _, page = answer.read().partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), page.decode()


def test_letters_sent_bare_mean_what_they_say(served: Served) -> None:
    """Some browsers send an address as it was typed."""
    status, page = told(served, "GET /desk/sign-in?next=/desk/石门沟é".encode())
    assert status == 200
    assert "/desk/石门沟é" in page
    assert told(served, "GET /published?q=石门沟".encode())[0] == EMPTY
    assert told(served, "GET /石门沟".encode())[0] == 404
    assert told(served, "GET /published/石门沟".encode())[0] == 404


@pytest.mark.parametrize(
    "bad",
    [b"\xff\xfe", b"\xed\xa0\x80", b"\x00", b"%FF%FE", b"%ED%A0%80", b"%00", b"%", b"a" * 70_000],
)
def test_bytes_that_are_no_text_break_nothing(served: Served, bad: bytes) -> None:
    for place in (b"/", b"/desk/", b"/static/", b"/published/", b"/desk/sign-in?next=", b"/?q="):
        assert told(served, b"GET " + place + bad)[0] in {200, 302, 400, 404, 414, EMPTY}
    for name in (b"Cookie: bihuan=", b"User-Agent: ", b"Accept-Language: ", b"Range: ", b"X-A: "):
        assert told(served, b"GET /desk/sign-in", name + bad)[0] in {200, 302, 400, 431}


def test_bodies_together_have_an_end() -> None:
    room = Room(10)
    room.take(8)
    with pytest.raises(Refusal) as refused:
        room.take(3)
    assert refused.value.status == 503
    room.give_back(8)
    room.take(10)
