"""Which MQTT broker holds the files of the mines, and how we come before it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

TOPIC: Final = "bihuan"
CLIENT: Final = "bihuan"


@dataclass(frozen=True, kw_only=True, slots=True)
class Broker:
    """Where to connect. With `has_tls` its certificate is checked, against `ca` when given.

    `client` names the session that the broker keeps for us: one process at a time may use it.
    """

    host: str
    port: int
    topic: str = TOPIC
    client: str = CLIENT
    has_tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    user: str = ""
    password: str = ""
