"""What was played again, asked of the store, is what a replay says (T16)."""

import random
from pathlib import Path

import pytest

from bihuan.telemetry.episodes import rows_of
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.replaying import replays
from bihuan.telemetry.live.tests.store import BY, Ledger, commit_of, cut, files_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.tests.folders import draw

pytestmark = pytest.mark.once


def filled(folder: Path) -> Ledger:
    ledger, judge = Ledger(), Judge(by=BY)
    rnd = random.Random(1)  # noqa: S311
    for number, piece in enumerate(cut(rnd, files_of(folder)), start=1):
        commit = commit_of(folder, piece, number)
        ledger.write(commit)
        ledger.settle(commit, judge.take(commit, ledger))
    return ledger


def test_every_union_is_found(tmp_path: Path) -> None:
    found = 0
    for seed in (3, 5, 8, 13):
        folder = tmp_path / str(seed)
        folder.mkdir()
        draw(folder, seed)
        ledger = filled(folder)
        said = replay(folder, only=("replayed",)).rows
        ours = replays(list(ledger.versions), ledger, by=BY)
        rows = [
            row
            for point, held in ours.items()
            for row in rows_of((one._replace(point=0) for one in held), points=[point])
        ]
        assert sorted(rows) == sorted(said)
        found += len(rows)
        ends = [one.ended_at or 0 for held in ours.values() for one in held]
        if ends:
            newest = max(ends)
            later = replays(list(ledger.versions), ledger, by=BY, since=newest)
            assert {one.ended_at for held in later.values() for one in held} == {newest}
    assert found
