"""Fresh counters for each test of the accounts."""

import pytest

from bihuan.accounts.knocking import knocks


@pytest.fixture(autouse=True)
def fresh_knocks() -> None:
    """Forget who failed in the test before."""
    knocks.forget()
