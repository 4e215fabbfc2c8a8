"""The crews of 青石岭煤矿."""

import pytest

from tests.clauses.crews import Crews
from tests.doors import Door


@pytest.fixture
def crews(door: Door) -> Crews:
    """青石岭煤矿 and its crews."""
    return Crews(door)
