"""The port: exactly the one asked for, or the next free one; never a silent other."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from bihuan.config.ports import TRIED, chosen_port, free_port
from bihuan.config.tests.processes import run, serving
from bihuan.config.wrong import WrongSetting

pytestmark = pytest.mark.once

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as somebody:
        somebody.bind((HERE, 0))
        somebody.listen()
        yield somebody.getsockname()[1]


def test_a_taken_port_is_refused_when_it_was_asked_for(tmp_path: Path, taken: int) -> None:
    done = run(tmp_path / "home", "serve", "--port", str(taken))
    assert done.returncode == 2
    assert f"端口 {taken} 已被" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_without_a_wish_the_next_free_one_serves(tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            somebody.bind((HERE, 8000))
            somebody.listen()
        except OSError:
            pass  # somebody else holds it: just as good
        with serving(tmp_path / "home") as served:
            assert served.port > 8000
            assert served.ask("/health/live")[2] == "ok"


def test_the_wish_is_taken_exactly(taken: int) -> None:
    assert chosen_port(HERE, 0) > 0
    assert free_port(HERE, taken) != taken
    with pytest.raises(WrongSetting, match="已被"):
        chosen_port(HERE, taken)


def test_a_row_of_taken_ports_is_given_up() -> None:
    first = 23_400  # below those that the system gives out by itself
    with ExitStack() as held:
        for port in range(first, first + TRIED):
            somebody = held.enter_context(socket.socket())
            with suppress(OSError):  # somebody else holds it: just as good
                somebody.bind((HERE, port))
                somebody.listen()
        with pytest.raises(WrongSetting, match=f"{first} 起的 {TRIED} 个端口都被占用"):
            free_port(HERE, first)
    with pytest.raises(WrongSetting, match="本机"):
        free_port("192.0.2.1", first)


@pytest.mark.parametrize(
    ("host", "port", "words"),
    [
        (HERE, 70000, "65535"),
        (HERE, -1, "65535"),
        ("192.0.2.1", 0, "本机"),
        ("no.invalid", 0, "本机"),
    ],
)
def test_what_cannot_be_listened_on_is_said(host: str, port: int, words: str) -> None:
    with pytest.raises(WrongSetting, match=words):
        chosen_port(host, port)
