"""Files that mines publish to an MQTT broker, acknowledged only once they are durable.

The broker keeps our session while we are away and sends again what wasn't acknowledged. Numbers
of messages belong to one connection: after a reconnect the broker sends the message again, perhaps
under another number, so an acknowledgement of an older connection is never sent on a newer one.
"""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from bihuan.telemetry.envelopes import name_of
from bihuan.telemetry.intake.arriving import FILE_BYTES_MAX, Arrivals, Arrived, arrived_at
from bihuan.telemetry.intake.brokers import Broker

TOPIC_MINE: Final = "topic_mine"
SIZE: Final = "size"
AT_ONCE: Final = 1_000  # messages that the broker may send before the first is acknowledged
KEEP_ALIVE_S: Final = 60
RETRY_MAX_S: Final = 30
_FOR_EVER: Final = 0xFFFFFFFF
_LOOK_S: Final = 0.5
_log = logging.getLogger("bihuan.telemetry.mqtt")


class Subscription:
    """Our side of the broker: files go to `arrivals`, acknowledgements back when asked.

    The broker need not be there; it is sought until `stop`. Without room in `arrivals` nothing
    more is read, so the rest stays with the broker.
    """

    def __init__(
        self, broker: Broker, arrivals: Arrivals, *, file_bytes_max: int = FILE_BYTES_MAX
    ) -> None:
        self._broker = broker
        self._arrivals = arrivals
        self._file_bytes_max = file_bytes_max
        self._turn = Lock()  # an acknowledgement goes out on the connection it was checked against
        self._connection = 0
        self._is_open = False
        self._ending = Event()
        self.trouble = "还没有连上消息服务器。"
        self._client = self._made()

    def start(self) -> None:
        """Seek the broker from a thread of its own; returns at once."""
        connect = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        connect.SessionExpiryInterval = _FOR_EVER
        connect.ReceiveMaximum = AT_ONCE
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=KEEP_ALIVE_S,
            clean_start=False,
            properties=connect,
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Send what was acknowledged, leave, and end the thread; the broker keeps the session."""
        self._ending.set()
        self._client.disconnect()
        self._client.loop_stop()

    def forget(self) -> None:
        """Let the broker send again what wasn't acknowledged: nobody will acknowledge it now."""
        self.stop()
        self._ending.clear()
        self._client = self._made()
        self.start()

    def _made(self) -> Client:
        broker = self._broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.client,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        client.enable_logger(_log)
        client.suppress_exceptions = True  # it logs them; raised, they would end its thread
        client.reconnect_delay_set(1, RETRY_MAX_S)
        if broker.user:
            client.username_pw_set(broker.user, broker.password)
        if broker.has_tls:
            client.tls_set(
                ca_certs=_text(broker.ca),
                certfile=_text(broker.certificate),
                keyfile=_text(broker.key),
            )
        client.on_connect = self._connected
        client.on_connect_fail = self._not_there
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._left
        client.on_message = self._came
        return client

    def _connected(
        self, client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode, _more: Any
    ) -> None:
        if reason.is_failure:
            self.trouble = f"消息服务器不让连接：{reason}。请核对账号、口令和它的配置。"
            _log.error("mqtt_refused reason=%r", str(reason))
            return
        with self._turn:
            self._connection += 1
            self._is_open = True
        self.trouble = ""
        # A retained file comes with a new subscription; one that stands already had it.
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe(f"{self._broker.topic}/+/+", options=options)

    def _subscribed(
        self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _more: Any
    ) -> None:
        refused = [str(one) for one in reasons if one.is_failure]
        if refused:
            self.trouble = f"消息服务器不让订阅“{self._broker.topic}/+/+”：{refused[0]}。"
            _log.error("mqtt_subscription_refused reason=%r", refused[0])

    def _left(
        self, _client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _more: Any
    ) -> None:
        with self._turn:
            was_open, self._is_open = self._is_open, False
        if was_open:  # else it is known why it never opened
            self.trouble = f"和消息服务器的连接断了：{reason}。正在重新连接。"
            _log.warning("mqtt_disconnected reason=%r", str(reason))

    def _not_there(self, _client: Client, _data: Any) -> None:
        where = f"{self._broker.host}:{self._broker.port}"
        self.trouble = f"连不上消息服务器（{where}），每隔一会儿再试。请核对地址、端口、证书。"
        _log.warning("mqtt_unreachable where=%r", where)

    def _came(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        """Hand a message over; while there is no room nothing else is read."""
        name, fault = self._looked_at(message)
        arrived = Arrived(
            name=name,
            path="",
            content=bytes(message.payload),
            channel="mqtt",
            received_at=arrived_at(),
            acknowledge=self._acknowledgement(message),
            fault=fault,
        )
        while not (self._ending.is_set() or self._arrivals.is_closed):
            if self._arrivals.offer(arrived, wait_s=_LOOK_S):
                return

    def _looked_at(self, message: MQTTMessage) -> tuple[str, str]:
        """The name of a message's file, and why it is refused; wrong names are found later."""
        _topic, mine, name = message.topic.rsplit("/", 2)
        found = name_of(name)
        if found is not None and found.mine != mine:
            return name, TOPIC_MINE
        return name, SIZE if len(message.payload) > self._file_bytes_max else ""

    def _acknowledgement(self, message: MQTTMessage) -> Callable[[], None]:
        return partial(self._acknowledge, self._connection, message.mid, message.qos)

    def _acknowledge(self, connection: int, mid: int, qos: int) -> None:
        with self._turn:
            if self._is_open and connection == self._connection and qos:
                self._client.ack(mid, qos)


def _text(path: Path | None) -> str | None:
    return str(path) if path else None
