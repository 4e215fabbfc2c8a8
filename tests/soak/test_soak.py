"""The suites of `soak` at reduced counts, on the database that the tests run on."""

import os
import secrets
import sys

import pytest

from bihuan.config.soak_rounds import play
from bihuan.config.soak_suites import SUITES


@pytest.mark.slow
@pytest.mark.parametrize("key", SUITES)
def test_suite_holds(key: str) -> None:
    seed = int(os.environ.get("SOAK_SEED") or secrets.randbelow(2**31))
    server = os.environ.get("BIHUAN_DATABASE", "")
    where = f"{key} on {'PostgreSQL' if server else 'SQLite'}, seed {seed}"
    sys.stderr.write(f"[soak] {where}\n")
    suite = SUITES[key]
    numbers = range(1, suite.reduced + 1)
    played = list(play(key, numbers, seed=seed, server=server))
    faults = [f"round {one.number}: {fault}" for one in played for fault in one.faults]
    sys.stderr.write(f"[soak] {where}: {[one.figures for one in played]}\n")
    assert faults == [], f"{where}: {faults[:10]}"
    assert len(played) == suite.reduced, where
