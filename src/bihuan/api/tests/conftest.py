"""A county with a lead in each section, and callers with tokens."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.api import callers
from bihuan.api.rates import Rate
from bihuan.api.tokens import make_token
from bihuan.leads import public_counters
from bihuan.leads.allowance import Allowance
from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
MINE = "990121000001"  # 青石岭煤矿
FILE_NAME = f"{MINE}_CDSS_20260301080000.txt"
FILE = f"{MINE};青石岭煤矿;2026-03-01 08:00:00~||".encode()
PASSPHRASE = "南坡第三棵核桃树下"


class Caller(Client):
    """A program with the token of a user."""

    def __init__(self, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        super().__init__(headers=headers)

    def send(self, path: str, body: object, **headers: str) -> object:
        """POST JSON to a path of the API."""
        return self.post(
            f"/api/v1/{path}", data=body, content_type="application/json", headers=headers
        )

    def deliver(
        self, content: bytes, *, name: str, kind: str = "text/plain", **headers: str
    ) -> object:
        """POST a file of readings."""
        return self.post(
            "/api/v1/telemetry",
            data=content,
            content_type=kind,
            headers={"X-File-Name": name, **headers},
        )

    def read(self, path: str) -> object:
        """GET a path of the API."""
        return self.get(f"/api/v1/{path}")


type As = Callable[[str], Caller]


@pytest.fixture(autouse=True)
def at_that_moment(monkeypatch: pytest.MonkeyPatch) -> object:
    """Everything happens on one day, and no test eats another's allowance."""
    monkeypatch.setattr(callers, "_rate", Rate(per_minute=10_000, burst=10_000))
    monkeypatch.setattr(public_counters, "_tips", Allowance(per_hour=1000))
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=1000))
    with standing_at(AT):
        yield


@pytest.fixture
def ready_county(county: County) -> County:
    """青石县, ready to take tip-offs."""
    for account, purpose in (
        ("custodian", Purpose.IDENTITY),
        ("intake", Purpose.ACCOUNT),
        ("office", Purpose.ACCOUNT),
    ):
        words = f"{account} {PASSPHRASE}"
        by = county.actor(account)
        make_key(purpose, by=by, now=NOW, passphrase=words, again=words, cost=CHEAP)
    return county


def handed_over(county: County, unit: str, *, title: str = "反映兴旺煤矿超定员") -> Matter:
    """A lead that was handed to a unit."""
    lead = listed(county, unit, title=title)
    office = county.actor("office")
    return take_step(lead.pk, "hand_over", by=office, now=NOW, answers={"letter_source": "public"})


def listed(county: County, unit: str, *, title: str = "反映兴旺煤矿超定员") -> Matter:
    """A lead that is about to be handed to a unit."""
    intake, office = county.actor("intake"), county.actor("office")
    lead = open_matter(
        "lead", by=intake, now=NOW, answers={"source": "举报电话"}, region_id=county.region.pk
    )
    answers = {
        "title": title,
        "summary": "兴旺煤矿夜班302掘进工作面下井人数超过规定，带班领导没有下井。",
        "type": "重大事故隐患",
        "source": "举报电话",
        "site": county.sites["xingwang"].pk,
    }
    take_step(lead.pk, "register", by=intake, now=NOW, answers=answers)
    place = {"unit": county.units[unit].pk, "locality": county.regions["north"].pk}
    return take_step(lead.pk, "classify", by=office, now=NOW, answers=place)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed to the coal section."""
    return handed_over(county, "coal")


@pytest.fixture
def as_(county: County) -> As:
    """A caller with the token of an account of 青石县."""
    return lambda account: caller_of(county, account)


def caller_of(county: County, account: str) -> Caller:
    """A caller with a fresh token of an account."""
    _token, text = make_token(county.users[account], name="测试", days=30, now=NOW)
    return Caller(text)
