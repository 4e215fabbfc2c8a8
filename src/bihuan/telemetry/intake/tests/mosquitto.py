"""A broker of its own for a test: on this machine alone, killed and started again at will."""

import getpass
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from bihuan.telemetry.intake.brokers import Broker
from bihuan.telemetry.intake.tests.papers import Papers

DEPLOY = Path(__file__).parents[5] / "docs" / "deploy.md"
GUARDED_MINE = "140000000001"
PATIENCE_S = 30.0
PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class Mosquitto:
    """Debian's mosquitto with a configuration as the documentation asks for it."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.kept = folder / "kept"
        self.kept.mkdir()
        self._told = folder / "mosquitto.conf"
        self._told.write_text(
            "\n".join(
                (
                    f"user {getpass.getuser()}",
                    "persistence true",
                    f"persistence_location {self.kept}/",
                    "max_queued_messages 0",
                    "max_inflight_messages 0",
                    f"listener {self.port} 127.0.0.1",
                    *(lines or ("allow_anonymous true",)),
                    "",
                )
            )
        )

    def broker(self, **more: object) -> Broker:
        """How to connect."""
        return Broker(**{"host": "127.0.0.1", "port": self.port, **more})  # type: ignore[arg-type]

    def start(self) -> None:
        """Return once it listens."""
        with (self.folder / "mosquitto.log").open("ab") as log:
            command = [PROGRAM, "-c", str(self._told)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - Debian's own
        eventually(self._listens)

    def save(self) -> None:
        """Let it write what it keeps, as it does every half hour by itself."""
        assert self._process is not None
        self._process.send_signal(signal.SIGUSR1)

    def saved(self) -> str:
        """What it wrote last."""
        file = self.kept / "mosquitto.db"
        return file.read_bytes().decode("latin-1") if file.exists() else ""

    def kill(self) -> None:
        """End it without a chance to write anything."""
        self._end("kill")

    def stop(self) -> None:
        """End it as a service is ended: it writes what it keeps."""
        self._end("terminate")

    def _end(self, how: str) -> None:
        if self._process is not None:
            getattr(self._process, how)()
            self._process.wait(PATIENCE_S)
            self._process = None

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "mosquitto.log").read_text()
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def guarded(folder: Path, papers: Papers) -> Iterator[Mosquitto]:
    """A broker with TLS, accounts of ours and of a mine, and rights as the documentation says."""
    passwords, rights = folder / "passwords", folder / "rights"
    passwords.touch(mode=0o600)
    for account in ("bihuan", GUARDED_MINE):
        command = ["mosquitto_passwd", "-b", str(passwords), account, "1"]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - Debian's own
    told = DEPLOY.read_text().partition("# /etc/mosquitto/rights")[2]
    rights.write_text(told.partition("\n")[2].partition("```")[0])
    broker = Mosquitto(
        folder,
        f"certfile {papers.certificate}",
        f"keyfile {papers.key}",
        "allow_anonymous false",
        f"password_file {passwords}",
        f"acl_file {rights}",
    )
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def publish(
    port: int,
    files: list[tuple[str, bytes]],
    *,
    qos: int = 1,
    retain: bool = False,
    ca: Path | None = None,
) -> None:
    """Send payloads to topics, with `ca` as a mine; return once the broker has answered each."""
    sender = Client(
        CallbackAPIVersion.VERSION2, client_id="mine", protocol=MQTTProtocolVersion.MQTTv311
    )
    sender.max_inflight_messages_set(200)
    if ca:
        sender.tls_set(str(ca))
        sender.username_pw_set(GUARDED_MINE, "1")
    sender.connect("127.0.0.1", port)
    sender.loop_start()
    try:
        sent = [sender.publish(topic, data, qos=qos, retain=retain) for topic, data in files]
        for one in sent:
            one.wait_for_publish(PATIENCE_S)
            assert one.is_published()
    finally:
        sender.disconnect()
        sender.loop_stop()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail when it never does."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, f"never: {holds!r}"
        time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port
