"""Frozen regimes: what they make is what was written down before anybody tuned by it."""

import pytest

from bihuan.telemetry.simulation.freezing import frozen_sums, sheet
from bihuan.telemetry.simulation.regimes import FROZEN, TEST, regimes

pytestmark = pytest.mark.once


def test_the_smallest_makes_the_same_bytes() -> None:
    frozen = frozen_sums()
    made = [line.split("  ") for line in "".join(sheet([regimes(TEST)["few"]])).splitlines()]
    assert [name for _sum, name in made][:2] == [TEST.name, "few/mines.csv"]
    assert len(made) == 9
    assert {name: frozen[name] for _sum, name in made} == {name: one for one, name in made}


@pytest.mark.slow
def test_all_make_the_same_bytes() -> None:
    assert "".join(sheet(regimes(TEST).values())) == FROZEN.read_text("utf-8")


def test_test_regimes_are_others() -> None:
    """No seed, no day to begin and no name of the open ones."""
    tuned, kept = regimes().values(), regimes(TEST).values()
    for one in tuned:
        for other in kept:
            assert one.name != other.name
            assert one.seed != other.seed
            assert one.starts_on != other.starts_on
            assert one.kinds != other.kinds
