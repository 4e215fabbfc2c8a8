"""The detector of surplus as the benchmark tries it: on an open regime, without the future."""

from datetime import timedelta

import pytest
from bench.surplus import FAMILY, surplus

from bihuan.telemetry.simulation.county import County, county_of
from bihuan.telemetry.simulation.regimes import regimes
from bihuan.telemetry.simulation.trial import foreseen, tried

pytestmark = pytest.mark.once
PLAIN = regimes()["plain"]


@pytest.fixture(scope="module")
def made() -> County:
    """The open county."""
    return county_of(PLAIN)


def test_both_kinds_are_found_with_few_false_proposals() -> None:
    told = tried(surplus, PLAIN)
    assert set(FAMILY) <= set(told.kinds)
    for kind in FAMILY:
        assert told.kinds[kind].hits == told.kinds[kind].episodes > 0
    assert told.false_per_mine_month < 0.1


@pytest.mark.parametrize("days", [75, 112, 140, 168])
def test_nothing_is_said_of_what_could_not_be_known_yet(made: County, days: int) -> None:
    assert surplus(made)
    assert foreseen(surplus, made, PLAIN.starts_on + timedelta(days=days)) == set()
