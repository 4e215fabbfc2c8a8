"""How many requests an address may make in an hour, counted in memory and forgotten each day.

Nothing here names a person: an address is counted under an HMAC whose key is drawn anew each day
(UTC) and never leaves memory. Running out refuses nobody: the caller takes the tip-off as 待甄别.
"""

import hmac
import secrets
from datetime import UTC, date, datetime
from threading import Lock

from bihuan.accounts.networks import network_of


class Allowance:
    """Counters per address and hour; safe between threads, bounded in memory.

    Beyond `clients_max` addresses in an hour (about 150 bytes each) new ones have no allowance:
    dropping old counters instead would hand a flood its allowance back.
    """

    def __init__(
        self, *, per_hour: int, per_hour_with_work: int | None = None, clients_max: int = 20_000
    ) -> None:
        """Allow `per_hour` requests, more for those whose browser proved its work."""
        self._limits = {False: per_hour, True: max(per_hour, per_hour_with_work or 0)}
        self._clients_max = clients_max
        self._day: date | None = None
        self._hour = -1
        self._key = b""
        self._counts: dict[bytes, int] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        """How many addresses are counted in the current hour."""
        return len(self._counts)

    def take(self, client: str, *, now: datetime, has_worked: bool = False) -> bool:
        """Count one request of an address; False when its allowance is used up."""
        with self._lock:
            self._turn_over(now.astimezone(UTC))
            name = self._name(client)
            taken = self._counts.get(name, 0)
            is_crowded = name not in self._counts and len(self._counts) >= self._clients_max
            if is_crowded or taken >= self._limits[has_worked]:
                return False
            self._counts[name] = taken + 1
            return True

    def give_back(self, client: str, *, now: datetime) -> None:
        """Uncount one request of this hour; one of the hour before is forgotten anyway."""
        with self._lock:
            self._turn_over(now.astimezone(UTC))
            name = self._name(client)
            left = self._counts.get(name, 0) - 1
            if left > 0:
                self._counts[name] = left
            else:
                self._counts.pop(name, None)

    def _name(self, client: str) -> bytes:
        told = network_of(client).encode("utf-8", "replace")
        return hmac.digest(self._key, told, "sha256")[:16]

    def _turn_over(self, now: datetime) -> None:
        if self._day != now.date():
            self._day, self._hour = now.date(), -1
            self._key = secrets.token_bytes(32)
        if self._hour != now.hour:
            self._hour = now.hour
            self._counts = {}
