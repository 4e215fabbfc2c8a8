"""The suites of `soak` at reduced counts, on the database that the tests run on."""

import os
import sys
import zlib

import pytest

from bihuan.config.soak import commit_of
from bihuan.config.soak_rounds import PROJECT, play
from bihuan.config.soak_suites import SUITES


@pytest.mark.slow
@pytest.mark.parametrize("key", SUITES)
def test_suite_holds(key: str) -> None:
    server = os.environ.get("BIHUAN_DATABASE", "")
    seed = int(os.environ.get("SOAK_SEED") or _seed_of(key, on=server and "PostgreSQL"))
    where = f"{key} on {'PostgreSQL' if server else 'SQLite'}, seed {seed}"
    sys.stderr.write(f"[soak] {where}\n")
    suite = SUITES[key]
    reduced = min(suite.reduced, suite.rounds_on("postgresql" if server else "sqlite"))
    numbers = range(1, reduced + 1)
    played = list(play(key, numbers, seed=seed, server=server)) if reduced else []
    faults = [f"round {one.number}: {fault}" for one in played for fault in one.faults]
    sys.stderr.write(f"[soak] {where}: {[one.figures for one in played]}\n")
    assert faults == [], f"{where}: {faults[:10]}"
    assert len(played) == reduced, where


def _seed_of(key: str, *, on: str) -> int:
    """Each commit asks other questions; asked again, a commit is asked the same."""
    return zlib.crc32(f"{commit_of(PROJECT)} {key} {on}".encode()) >> 1
