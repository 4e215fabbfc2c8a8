"""The table of protections is in step with the code: texts, tests and counts."""

import ast
from collections import Counter

import pytest

from bihuan.config.soak_rounds import PROJECT
from bihuan.config.soak_suites import SUITES, VENDORS
from tests.soak.protections import PROTECTIONS, shuffled
from tests.soak.removing import Protection

SUITE = SUITES["protections"]
pytestmark = pytest.mark.once


def key_of(protection: Protection) -> str:
    return protection.key


def test_each_has_its_round() -> None:
    keys = Counter(protection.key for protection in PROTECTIONS)
    assert [key for key, count in keys.items() if count > 1] == []
    for vendor in VENDORS:
        assert len(shuffled(on=vendor, seed=1)) == SUITE.rounds_on(vendor), vendor


def test_the_seed_says_which_come_first() -> None:
    first = [shuffled(on="sqlite", seed=seed)[: SUITE.reduced] for seed in (1, 1, 2)]
    assert first[0] == first[1] != first[2]


@pytest.mark.parametrize("protection", PROTECTIONS, ids=key_of)
def test_its_text_stands_once_and_its_tests_exist(protection: Protection) -> None:
    text = (PROJECT / protection.file).read_text("utf-8")
    assert text.count(protection.old) == 1, "its entry in tests/soak/removals_*.py follows the code"
    ast.parse(text.replace(protection.old, protection.new))
    assert protection.tests
    for named in protection.named:
        path, _, test = named.partition("::")
        assert (PROJECT / path).exists(), path
        if test:
            assert f"def {test}(" in (PROJECT / path).read_text("utf-8"), named
