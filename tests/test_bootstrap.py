"""What the one door prepares: an extra comes with its first use and stays."""

import bootstrap
import pytest

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("arguments", "extras"),
    [
        (["telemetry", "spark", "--once"], ["spark"]),
        (["test", "--all", "--no-skips"], ["spark"]),
        (["telemetry", "ingest"], []),
        (["test"], []),
        ([], []),
    ],
)
def test_spark_comes_with_its_first_use(arguments: list[str], extras: list[str]) -> None:
    assert bootstrap.extras_for(arguments) == extras


def test_a_stamp_says_which_extras_are_there() -> None:
    assert bootstrap.stamp_of(b"lock", []) == b"lock"
    stamp = bootstrap.stamp_of(b"version = 1\n# not one\n", ["spark"])
    assert bootstrap.extras_in(stamp) == ["spark"]
    assert bootstrap.extras_in(b"version = 1\n") == []
    assert stamp != bootstrap.stamp_of(b"version = 2\n", ["spark"])
