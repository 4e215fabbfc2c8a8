"""Failed sign-ins of an address, counted in memory: a hash costs a third of a second each."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from bihuan.accounts.limits import LIMITS
from bihuan.accounts.networks import network_of
from bihuan.accounts.plain_http import ON_THIS_MACHINE

PROXY_HEADER = "X-Real-IP"  # the one header of the proxy that is believed


class Knocks:
    """So many within a span for each address; safe between threads, bounded in memory."""

    def __init__(self, *, most: int, span: timedelta, addresses_max: int) -> None:
        self._most, self._span, self._addresses_max = most, span, addresses_max
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many addresses are counted."""
        return len(self._taken)

    def take(self, address: str, *, now: datetime) -> bool:
        """Count an attempt; False when the address has used up its attempts; unnamed: never."""
        if not address:
            return True
        with self._lock:
            taken = self._taken.setdefault(network_of(address), deque())
            self._taken.move_to_end(network_of(address))
            while taken and taken[0] <= now - self._span:
                taken.popleft()
            if len(self._taken) > self._addresses_max:
                self._taken.popitem(last=False)
            if len(taken) >= self._most:
                return False
            taken.append(now)
            return True

    def give_back(self, address: str, *, now: datetime) -> None:
        """Uncount the attempt of that moment: it was right."""
        with self._lock:
            taken = self._taken.get(network_of(address))
            if taken and now in taken:
                taken.remove(now)

    def forget(self) -> None:
        """Count from nothing."""
        with self._lock:
            self._taken.clear()


def address_of(request: HttpRequest) -> str:
    """Who is counted: the peer, or whom the proxy on this machine names; kept nowhere else."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if settings.HTTPS.by != "proxy" or peer not in ON_THIS_MACHINE:
        return peer
    named = request.headers.get(PROXY_HEADER, "").strip()
    try:
        return str(ip_address(named))
    except ValueError:
        return peer


def who_knocks(request: HttpRequest) -> str:
    """As `address_of`, but empty when a proxy names nobody: else one could lock everybody out."""
    address = address_of(request)
    return "" if settings.HTTPS.by == "proxy" and address in ON_THIS_MACHINE else address


knocks = Knocks(
    most=LIMITS.address_failures, span=LIMITS.address_span, addresses_max=LIMITS.addresses
)
