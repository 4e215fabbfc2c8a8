"""What one address may send and ask in an hour, whether through the pages or through the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from bihuan.accounts.plain_http import ON_THIS_MACHINE
from bihuan.leads.allowance import Allowance
from bihuan.leads.receipt_book import UnknownReceiptError
from bihuan.matters.refusals import Refused

TIPS_PER_HOUR, TIPS_PER_HOUR_WITH_WORK = 5, 30
LOOK_UPS_PER_HOUR = 60
PROXY_HEADER = "X-Real-IP"  # the one header of the proxy that is believed
_tips = Allowance(per_hour=TIPS_PER_HOUR, per_hour_with_work=TIPS_PER_HOUR_WITH_WORK)
_look_ups = Allowance(per_hour=LOOK_UPS_PER_HOUR)


class TooManyWrongCodes(Refused):
    """So many codes were wrong that none is looked at for now, right or wrong."""

    status = 429

    def __init__(self) -> None:
        super().__init__("查询码输错太多次，请一小时后再试，或拨打举报电话。")


def count_tip(request: HttpRequest, *, now: datetime, has_worked: bool = False) -> bool:
    """Count a tip-off; False sends it to 待甄别, never away."""
    return _tips.take(_address(request), now=now, has_worked=has_worked)


@contextmanager
def counting_wrong_codes(request: HttpRequest, *, now: datetime) -> Iterator[None]:
    """A code is looked up in the block; only one that raises UnknownReceiptError is counted.

    Raises TooManyWrongCodes before the code was looked at. The code is counted first and given
    back when it was right: of many sent together none comes through beside the count.
    """
    address = _address(request)
    if not _look_ups.take(address, now=now):
        raise TooManyWrongCodes
    is_known = True
    try:
        yield
    except UnknownReceiptError:
        is_known = False
        raise
    finally:
        if is_known:
            _look_ups.give_back(address, now=now)


def _address(request: HttpRequest) -> str:
    """Who is counted: the peer, or whom the proxy on this machine names; kept nowhere else."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if settings.HTTPS.by != "proxy" or peer not in ON_THIS_MACHINE:
        return peer
    named = request.headers.get(PROXY_HEADER, "").strip()
    try:
        return str(ip_address(named))
    except ValueError:
        return peer
