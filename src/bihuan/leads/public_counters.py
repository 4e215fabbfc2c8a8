"""What one address may send and ask in an hour, whether through the pages or through the API."""

from datetime import datetime

from bihuan.leads.allowance import Allowance

TIPS_PER_HOUR, TIPS_PER_HOUR_WITH_WORK = 5, 30
LOOK_UPS_PER_HOUR = 60
_tips = Allowance(per_hour=TIPS_PER_HOUR, per_hour_with_work=TIPS_PER_HOUR_WITH_WORK)
_look_ups = Allowance(per_hour=LOOK_UPS_PER_HOUR)


def count_tip(address: str, *, now: datetime, has_worked: bool = False) -> bool:
    """Count a tip-off; False sends it to 待甄别, never away."""
    return _tips.take(address, now=now, has_worked=has_worked)


def count_look_up(address: str, *, now: datetime) -> bool:
    """Count a look-up, so that nobody tries codes by the thousand; False once there were many."""
    return _look_ups.take(address, now=now)
