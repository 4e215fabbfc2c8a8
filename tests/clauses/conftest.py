"""The door of 青石县."""

import pytest

from tests.clauses.crews import Crews
from tests.doors import Door
from tests.people import County


@pytest.fixture
def door(county: County) -> Door:
    """Calls of the people of 青石县."""
    return Door(county)


@pytest.fixture
def crews(door: Door) -> Crews:
    """青石岭煤矿 and its crews."""
    return Crews(door)
