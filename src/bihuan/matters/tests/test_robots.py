"""Speaking to a group robot: body and signature of each kind, and every way of not being heard."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from bihuan.config.tests.processes import own_certificate
from bihuan.matters import robots
from bihuan.matters.robots import LABELS, Robot, say
from bihuan.matters.tests.receiver import KEY, Receiver, receiver
from bihuan.matters.undelivered import NotTakenError, reason_of

pytestmark = pytest.mark.once
SECRET = "SEC-a-phrase"


@pytest.fixture
def other_side() -> Iterator[Receiver]:
    """A robot's other side."""
    with receiver() as server:
        yield server


def digest(key: str, told: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), told.encode(), hashlib.sha256).digest()).decode()


@pytest.mark.parametrize("channel", LABELS)
def test_without_a_secret_only_the_text_is_said(other_side: Receiver, channel: str) -> None:
    say(other_side.robot(channel), "一件“逾期”\n两件")
    assert other_side.texts == ["一件“逾期”\n两件"]
    assert other_side.queries == [{"key": KEY}]
    (body,) = other_side.bodies
    assert set(body) == ({"msg_type", "content"} if channel == "feishu" else {"msgtype", "text"})
    assert body.get("msgtype", body.get("msg_type")) == "text"


def test_dingtalk_is_signed_in_its_address(other_side: Receiver) -> None:
    say(other_side.robot("dingtalk", secret=SECRET), "一件")
    (query,) = other_side.queries
    assert abs(int(query["timestamp"]) / 1000 - time.time()) < 60
    assert query["sign"] == digest(SECRET, f"{query['timestamp']}\n{SECRET}")
    assert query["key"] == KEY


def test_feishu_is_signed_in_its_body(other_side: Receiver) -> None:
    other_side.answers = [(200, b'{"StatusCode":0,"StatusMessage":"success"}')]
    say(other_side.robot("feishu", secret=SECRET), "一件")
    (body,) = other_side.bodies
    assert abs(int(body["timestamp"]) - time.time()) < 60
    assert body["sign"] == digest(f"{body['timestamp']}\n{SECRET}", "")


@pytest.mark.parametrize(
    ("channel", "status", "answer", "reason"),
    [
        ("wecom", 200, {"errcode": 45009, "errmsg": "freq"}, "发得太快（错误码 45009）"),
        ("dingtalk", 200, {"errcode": 300001, "errmsg": KEY}, "地址里的令牌无效（错误码 300001）"),
        ("feishu", 200, {"code": 19024, "msg": "Key"}, "关键词没有通过（错误码 19024）"),
        ("wecom", 200, {"errcode": 77, "errmsg": KEY}, "错误码 77"),
        ("wecom", 200, {"errmsg": "ok"}, "回答里没有错误码，请核对地址"),
        ("wecom", 200, [0], "回答里没有错误码，请核对地址"),
        ("wecom", 200, "", "回答不是 JSON，请核对地址"),
        ("feishu", 429, {"code": 0}, "发得太快，答 HTTP 429"),
        ("dingtalk", 502, {"errcode": 0}, "答 HTTP 502"),
    ],
)
def test_what_isnt_taken_has_a_reason_without_secrets(
    other_side: Receiver, channel: str, status: int, answer: object, reason: str
) -> None:
    other_side.answers = [(status, json.dumps(answer).encode() if answer else b"<html>")]
    with pytest.raises(NotTakenError) as refused:
        say(other_side.robot(channel, secret=SECRET), "一件")
    assert reason_of(refused.value) == reason


def test_brackets_without_end_are_no_answer(other_side: Receiver) -> None:
    other_side.answers = [(200, b"[" * 60_000)]
    with pytest.raises(NotTakenError, match="回答不是 JSON"):
        say(other_side.robot("wecom"), "一件")


def test_nobody_is_followed_elsewhere(other_side: Receiver) -> None:
    with receiver() as elsewhere:
        other_side.answers = [(307, b""), (302, b"")]
        other_side.moved_to = elsewhere.robot("wecom").url
        for code in (307, 302):
            with pytest.raises(NotTakenError, match=f"答 HTTP {code}"):
                say(other_side.robot("wecom"), "一件")
        assert elsewhere.bodies == []


def test_a_silent_robot_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as door:
        robot = Robot(channel="wecom", url=f"http://127.0.0.1:{door.getsockname()[1]}/")
        with pytest.raises(OSError, match="timed out") as refused:
            say(robot, "一件")
    assert reason_of(refused.value) == "没有应答（TimeoutError）"


def test_a_closed_door_and_a_babbler_are_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        robot = Robot(channel="wecom", url=f"http://127.0.0.1:{door.getsockname()[1]}/")

        def babble() -> None:
            way, _ = door.accept()
            with way:
                way.recv(65_536)
                way.sendall(b"220 mail\r\n")

        served = Thread(target=babble)
        served.start()
        with pytest.raises(NotTakenError, match="回答不是 HTTP"):
            say(robot, "一件")
        served.join()
    with pytest.raises(OSError, match="refused") as refused:
        say(robot, "一件")
    assert reason_of(refused.value) == "连接被拒绝（ConnectionRefusedError）"


def test_the_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own_certificate(tmp_path))
    for name in ("https_proxy", "HTTPS_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    with Receiver() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = _say_nothing  # type: ignore[method-assign]
        Thread(target=server.serve_forever, daemon=True).start()
        url = server.robot("wecom").url.replace("http://", "https://")
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED") as refused:
            say(Robot(channel="wecom", url=url), "一件")
        assert reason_of(refused.value).startswith("对方的证书核对不上")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tls.pem"))
        say(Robot(channel="wecom", url=url), "一件")
        assert server.texts == ["一件"]
        server.shutdown()


def _say_nothing(*_given: object) -> None:
    """The handshake that the client breaks off is no news."""


def test_a_robot_shows_its_host_alone() -> None:
    robot = Robot(channel="wecom", url=f"https://robot.example.org/send?key={KEY}", secret=SECRET)
    assert robot.host == "robot.example.org"
    assert KEY not in repr(robot)
    assert SECRET not in repr(robot)


def test_reasons_hold_the_type_where_there_are_no_words() -> None:
    assert reason_of(ValueError("handler@example.org")) == "ValueError"
