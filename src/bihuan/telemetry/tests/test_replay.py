"""The fast replay says what the slow oracle says, to the byte."""

from pathlib import Path

import pytest

from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.folders import draw, mutate
from bihuan.telemetry.tests.oracle.replaying import judge

pytestmark = pytest.mark.once
SEEDS = 12


@pytest.mark.parametrize("seed", range(SEEDS))
def test_fast_says_what_slow_says(seed: int, tmp_path: Path) -> None:
    draw(tmp_path, seed)
    if seed % 2:
        mutate(tmp_path, seed)
    slow, fast = judge(tmp_path), replay(tmp_path)
    assert fast.rejected_csv().decode() == slow.rejected
    assert fast.episodes_csv().decode() == slow.episodes
    assert str(fast.counts) == slow.summary


@pytest.mark.parametrize("seed", [3, 8])
def test_places_and_copies_change_nothing(seed: int, tmp_path: Path) -> None:
    """Every file once more elsewhere, and the folders in another order on the disk."""
    draw(tmp_path / "one", seed)
    files = [path for path in sorted((tmp_path / "one").rglob("*")) if path.is_file()]
    for number, path in enumerate(reversed(files)):
        inner = path.relative_to(tmp_path / "one")
        for within in (tmp_path / "two", tmp_path / "two" / f"{number % 3}" / "again"):
            (within / inner).parent.mkdir(parents=True, exist_ok=True)
            (within / inner).write_bytes(path.read_bytes())
    once, twice = replay(tmp_path / "one"), replay(tmp_path / "two")
    assert once.rows
    assert twice.episodes_csv() == once.episodes_csv()
    assert twice.counts.readings == once.counts.readings
    assert twice.counts.rejected_records == 2 * once.counts.rejected_records
