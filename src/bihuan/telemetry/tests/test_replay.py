"""The fast replay says what the slow oracle says, to the byte."""

from pathlib import Path

import pytest

from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.folders import draw
from bihuan.telemetry.tests.oracle.replaying import judge

pytestmark = pytest.mark.once
SEEDS = 12


@pytest.mark.parametrize("seed", range(SEEDS))
def test_fast_says_what_slow_says(seed: int, tmp_path: Path) -> None:
    draw(tmp_path, seed)
    slow, fast = judge(tmp_path), replay(tmp_path)
    assert fast.rejected_csv().decode() == slow.rejected
    assert fast.episodes_csv().decode() == slow.episodes
    assert str(fast.counts) == slow.summary
