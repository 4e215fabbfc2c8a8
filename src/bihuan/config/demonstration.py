"""The demonstration county: settled once into a data folder of its own."""

from datetime import datetime

from bihuan.places.models import Region

COUNTY_CODE = "990124"


def settle_demonstration(*, now: datetime) -> str:
    """Settle the demonstration county unless it stands; says in one sentence what was done."""
    if Region.objects.filter(code=COUNTY_CODE).exists():
        return "演示县已经装好，没有改动。"
    return f"演示县的资料还没有装入（{now:%Y-%m-%d}）。"


def sign_ins() -> str:
    """The accounts of the demonstration, one line per role."""
    return "演示账号还没有建立。"
