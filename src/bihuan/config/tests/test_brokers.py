"""The broker as the environment names it."""

from pathlib import Path

import pytest

from bihuan.config.brokers import broker_from
from bihuan.config.wrong import WrongSetting
from bihuan.telemetry.intake.brokers import Broker

pytestmark = pytest.mark.once


def test_without_a_broker_there_is_none() -> None:
    assert broker_from({}) is None
    assert broker_from({"BIHUAN_MQTT": "", "BIHUAN_MQTT_USER": "x"}) is None


def test_everything_said_is_taken(tmp_path: Path) -> None:
    for one in ("ca", "certificate", "key"):
        (tmp_path / one).write_text("PEM")
    (tmp_path / "password").write_text("山口令 1\n")
    told = {
        "BIHUAN_MQTT": "mqtts://broker.example",
        "BIHUAN_MQTT_CA": f"{tmp_path}/ca",
        "BIHUAN_MQTT_CERTIFICATE": f"{tmp_path}/certificate",
        "BIHUAN_MQTT_KEY": f"{tmp_path}/key",
        "BIHUAN_MQTT_USER": "bihuan",
        "BIHUAN_MQTT_PASSWORD_FILE": f"{tmp_path}/password",
        "BIHUAN_MQTT_TOPIC": "mines/readings",
        "BIHUAN_MQTT_CLIENT": "county-1",
    }
    assert broker_from(told) == Broker(
        host="broker.example",
        port=8883,
        topic="mines/readings",
        client="county-1",
        has_tls=True,
        ca=tmp_path / "ca",
        certificate=tmp_path / "certificate",
        key=tmp_path / "key",
        user="bihuan",
        password="山口令 1",
    )


def test_a_password_may_cross_this_machine_in_clear(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("1")
    found = broker_from(
        {
            "BIHUAN_MQTT": "mqtt://127.0.0.1:1999/",
            "BIHUAN_MQTT_USER": "bihuan",
            "BIHUAN_MQTT_PASSWORD_FILE": f"{tmp_path}/password",
        }
    )
    assert found == Broker(host="127.0.0.1", port=1999, user="bihuan", password="1")


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"": "broker.example"}, "mqtts://主机"),
        ({"": "mqtt://broker.example:70000"}, "mqtts://主机"),
        ({"": "mqtt://me:secret@broker.example"}, "mqtts://主机"),
        ({"": "mqtt://bro ker"}, "mqtts://主机"),
        ({"": "mqtt://a", "_CA": "{here}"}, "应写 mqtts"),
        ({"": "mqtts://a", "_CA": "/nowhere/ca.pem"}, "不存在"),
        ({"": "mqtts://a", "_CERTIFICATE": "{here}"}, "一起给"),
        ({"": "mqtts://a", "_USER": "bihuan"}, "一起给"),
        ({"": "mqtt://a", "_USER": "b", "_PASSWORD_FILE": "{here}"}, "明传"),
        ({"": "mqtts://a", "_USER": "b", "_PASSWORD_FILE": "{binary}"}, "读不出来"),
        ({"": "mqtts://a", "_TOPIC": "mines/#"}, "_TOPIC"),
        ({"": "mqtts://a", "_CLIENT": "a" * 24}, "_CLIENT"),
    ],
)
def test_what_contradicts_itself_is_told(told: dict[str, str], word: str, tmp_path: Path) -> None:
    (tmp_path / "here").write_text("1")
    (tmp_path / "binary").write_bytes(b"\xff")
    places = {"here": tmp_path / "here", "binary": tmp_path / "binary"}
    given = {f"BIHUAN_MQTT{key}": text.format(**places) for key, text in told.items()}
    with pytest.raises(WrongSetting, match=word):
        broker_from(given)
