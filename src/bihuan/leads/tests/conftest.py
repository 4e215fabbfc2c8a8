"""A county whose custodian and desk hold keys; its passphrases are known to the tests."""

import pytest
from tests.people import NOW, County

from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
from bihuan.leads.stretching import Cost

PASSPHRASE = "南坡第三棵核桃树下"
PASSPHRASES = {account: f"{account} {PASSPHRASE}" for account in ("custodian", "intake", "office")}
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture
def sealing_county(county: County) -> County:
    """青石县, ready to take tip-offs."""
    for account, purpose in (
        ("custodian", Purpose.IDENTITY),
        ("intake", Purpose.ACCOUNT),
        ("office", Purpose.ACCOUNT),
    ):
        make_key(
            purpose,
            by=county.actor(account),
            now=NOW,
            passphrase=PASSPHRASES[account],
            again=PASSPHRASES[account],
            cost=CHEAP,
        )
    return county
