"""A closed lead whose keeping is over, for the tests of retention and hold."""

from datetime import timedelta

from tests.people import NOW, County

from bihuan.leads.tests.test_tip_off import planted
from bihuan.leads.tips import Filed, file_tip
from bihuan.matters.disposing import find_due
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter
from bihuan.regulations.packs import set_value

DAYS = 30
LATER = NOW + timedelta(days=DAYS + 1)
KEYS = ("identity_days", "account_days", "file_days", "receipt_days")
WHY = {"disposal_reason": "保管期满，无复议和诉讼"}
HOLD = {"hold_reason": "行政复议，由县司法局提出", "hold_paper": "青政复〔2026〕3号"}
LIFT = {"lift_reason": "复议已经终止", "lift_paper": "青政复终〔2026〕1号"}


def set_period(county: County, *keys: str, days: int = DAYS) -> None:
    """The bureau sets how long these classes are kept."""
    for key in keys or KEYS:
        set_value(
            f"retention.{key}",
            region=county.region,
            value=days,
            reason="局务会决定",
            by=county.users["office_head"],
            now=NOW,
        )


def closed_tip(county: County) -> Filed:
    """The planted tip-off, not admitted and so closed at once."""
    filed = file_tip(planted(), now=NOW, region_id=county.region.pk)
    why = {"reason": "不属于受理范围"}
    take_step(filed.matter.pk, "dismiss", by=county.actor("intake"), now=NOW, answers=why)
    return filed


def proposed(retention: str = "lead_identity") -> Matter:
    """The disposal that the round opened for a class."""
    find_due(now=LATER)
    return Matter.objects.get(kind="disposal", facts_row__data__retention=retention)


def decide(county: County, disposal: Matter) -> None:
    """The custodian decides."""
    by = county.actor("custodian")
    take_step(disposal.pk, "decide", by=by, now=LATER, answers=WHY)


def destroy(county: County, retention: str = "lead_identity") -> Matter:
    """Found, decided by one, confirmed by another."""
    disposal = proposed(retention)
    decide(county, disposal)
    return take_step(disposal.pk, "confirm_destruction", by=county.actor("leader"), now=LATER)
