"""What one address may send and ask in an hour, whether through the pages or through the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.http import HttpRequest

from bihuan.accounts.knocking import address_of
from bihuan.leads.allowance import Allowance
from bihuan.leads.receipt_book import UnknownReceiptError
from bihuan.matters.refusals import Refused

TIPS_PER_HOUR, TIPS_PER_HOUR_WITH_WORK = 5, 30
LOOK_UPS_PER_HOUR = 60
ADDED_FILES_PER_HOUR = 20
_tips = Allowance(per_hour=TIPS_PER_HOUR, per_hour_with_work=TIPS_PER_HOUR_WITH_WORK)
_look_ups = Allowance(per_hour=LOOK_UPS_PER_HOUR)
_added_files = Allowance(per_hour=ADDED_FILES_PER_HOUR)


class TooManyWrongCodes(Refused):
    """So many codes were wrong that none is looked at for now, right or wrong."""

    status = 429

    def __init__(self) -> None:
        super().__init__("查询码输错太多次，请一小时后再试，或拨打举报电话。")


def count_tip(request: HttpRequest, *, now: datetime, has_worked: bool = False) -> bool:
    """Count a tip-off; False sends it to 待甄别, never away."""
    return _tips.take(address_of(request), now=now, has_worked=has_worked)


def count_added_files(request: HttpRequest, *, now: datetime) -> bool:
    """Count an addition that brings files; False leaves the files, never the words."""
    return _added_files.take(address_of(request), now=now)


@contextmanager
def counting_wrong_codes(request: HttpRequest, *, now: datetime) -> Iterator[None]:
    """A code is looked up in the block; only one that raises UnknownReceiptError is counted.

    Raises TooManyWrongCodes before the code was looked at. The code is counted first and given
    back when it was right: of many sent together none comes through beside the count.
    """
    address = address_of(request)
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
