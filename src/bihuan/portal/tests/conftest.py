"""The portal of a county that can take tip-offs, with fresh counters for each test."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.leads import public_counters
from bihuan.leads.allowance import Allowance
from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost
from bihuan.matters.moment import standing_at
from bihuan.portal import gate

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
WORDS = "只有我自己记得的一句口令"
LATER = NOW + timedelta(seconds=30)
TODAY = date(2026, 3, 1)


@pytest.fixture
def portal(county: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[County]:
    """青石县 with keys; every request stands at 09:00:30."""
    for account, purpose in (("custodian", Purpose.IDENTITY), ("intake", Purpose.ACCOUNT)):
        by = county.actor(account)
        make_key(purpose, by=by, now=NOW, passphrase=WORDS, again=WORDS, cost=CHEAP)
    monkeypatch.setattr(public_counters, "_tips", Allowance(per_hour=5, per_hour_with_work=30))
    monkeypatch.setattr(public_counters, "_look_ups", Allowance(per_hour=60))
    monkeypatch.setattr(public_counters, "_added_files", Allowance(per_hour=20))
    with standing_at(LATER):
        yield county


@pytest.fixture
def visitor() -> Client:
    """Somebody without an account; forged forms would be noticed."""
    return Client(enforce_csrf_checks=True)


def ticket() -> str:
    """A form ticket that was given out half a minute ago."""
    return gate.new_ticket(NOW).ticket


def typed(**changed: object) -> dict[str, object]:
    """A form filled in as little as it may be."""
    return {
        "what": "夜班下井人数超过规定",
        "mine": "兴旺煤矿",
        "who": "anonymous",
        "ticket": ticket(),
        **changed,
    }
