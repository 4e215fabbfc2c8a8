"""Tallies: counts and choices that stand beside lists, kept for some seconds in this process.

Nobody decides by the number on a tab, yet to count ten thousand rows takes a hundred times as
long as to read the fifty that are shown. A person's own step drops what is kept for him, so he
sees his work at once; what others did shows when the seconds are over. Rows of matters are
never kept.
"""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from django.conf import settings

from bihuan.accounts.actors import Actor

PEOPLE_MAX = 500  # who is looked up beyond that lets the longest-standing one go
_kept: dict[int, dict[Hashable, tuple[float, Any]]] = {}
_lock = Lock()


def kept[T](by: Actor, what: Hashable, count: Callable[[], T], *, times: int = 1) -> T:
    """What was counted for this person and these grants lately, else `count()` now.

    It is kept for `settings.TALLIES_KEPT_S` seconds, `times` as long for what is dear.
    """
    key, moment = (by.held, what), time.monotonic()
    with _lock:
        found = _kept.get(by.user_id, {}).get(key)
    if found is not None and moment < found[0]:
        value: T = found[1]
        return value
    value = count()
    seconds = settings.TALLIES_KEPT_S * times
    if seconds:
        with _lock:
            own = _kept.pop(by.user_id, {})
            _kept[by.user_id] = {
                **{known: one for known, one in own.items() if one[0] > moment},
                key: (moment + seconds, value),
            }
            if len(_kept) > PEOPLE_MAX:
                del _kept[next(iter(_kept))]
    return value


def forget(by: Actor) -> None:
    """Count anew for this person: he changed something."""
    with _lock:
        _kept.pop(by.user_id, None)
