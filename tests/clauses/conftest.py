"""The door of 青石县."""

import pytest

from tests.doors import Door
from tests.people import County


@pytest.fixture
def door(county: County) -> Door:
    """Calls of the people of 青石县."""
    return Door(county)
