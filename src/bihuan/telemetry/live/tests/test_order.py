"""Order doesn't matter (T22): whatever way files come, what stands is what a replay says."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bihuan.telemetry.inbox import Found
from bihuan.telemetry.live.identity import HINTS_FROM, MERGED, STANDING, Changes
from bihuan.telemetry.live.judge import Judge
from bihuan.telemetry.live.tallies import FIELDS
from bihuan.telemetry.live.tests.store import BY, LIMITS, Ledger, commit_of, cut, files_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.store.commits import Commit
from bihuan.telemetry.tests.folders import draw
from bihuan.telemetry.tests.oracle.replaying import judge as oracle

pytestmark = pytest.mark.once
LIVE = ("upper_limit", "lower_limit", "disconnected", "frozen")
SEEDS = 14


def in_order(_rnd: random.Random, files: list[Found]) -> list[Found]:
    return files


def shuffled(rnd: random.Random, files: list[Found]) -> list[Found]:
    return rnd.sample(files, len(files))


def doubled(rnd: random.Random, files: list[Found]) -> list[Found]:
    return sorted(files + rnd.sample(files, len(files) // 2), key=lambda one: one.name.key)


def late(rnd: random.Random, files: list[Found]) -> list[Found]:
    held_back = {one.path for one in files if rnd.random() < 0.3}
    return sorted(files, key=lambda one: one.path in held_back)


WAYS = (in_order, shuffled, doubled, late)


class Life:
    """A judge that is stopped now and then, and goes on from an older snapshot."""

    def __init__(self, rnd: random.Random) -> None:
        self.rnd, self.ledger, self.judge = rnd, Ledger(), Judge(by=BY, limits=LIMITS)
        self.kept, self.since = self.judge.snapshot(), list[Commit]()

    def live(self, commit: Commit) -> None:
        """Judge a commit, perhaps after being killed."""
        if self.rnd.random() < 0.2:
            self.judge = Judge.restored(self.kept, by=BY, limits=LIMITS)
            frames = [one.rows for one in self.since]
            number = self.since[-1].number if self.since else self.judge.number
            assert self.judge.catch_up(frames, self.ledger, number=number) == []
        if self.rnd.random() < 0.3:
            self.kept, self.since = self.judge.snapshot(), []
        self.ledger.write(commit)
        known = set(self.ledger.held)
        changes = self.judge.take(commit, self.ledger)
        self.ledger.settle(commit, changes)
        self.since.append(commit)
        self.check(changes, known)

    def check(self, changes: Changes, known: set[int]) -> None:
        """Ids are new once, and what an episode became of, or became, is there."""
        ids = [one.id for one in changes.episodes]
        assert len(set(ids)) == len(ids)
        for own in (False, True):
            new = (one for one in set(ids) - known if own == (one > HINTS_FROM))
            held = (one for one in known if own == (one > HINTS_FROM))
            assert min(new, default=1 << 60) > max(held, default=0)
        for one in changes.episodes:
            assert one.state == STANDING or one.ended_at is not None
            assert (one.state == MERGED) == (one.merged_into is not None)
            assert {one.split_from, one.merged_into} - {None} <= set(self.ledger.held)
        assert {one.episode for one in changes.amendments} <= set(ids)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_stands_is_what_a_replay_says(
    seed: int, way: Callable[[random.Random, list[Found]], list[Found]], tmp_path: Path
) -> None:
    draw(tmp_path, seed)
    rnd = random.Random(seed)  # noqa: S311
    life = Life(rnd)
    pieces = cut(rnd, way(rnd, files_of(tmp_path)))
    for number, piece in enumerate(pieces, start=1):
        life.live(commit_of(tmp_path, piece, number))
    said = replay(tmp_path, only=LIVE, by=BY, limits=LIMITS)
    assert life.ledger.rows() == sorted(said.rows)
    tallies = [dict(zip(FIELDS, one, strict=True)) for one in life.ledger.tallies.values()]
    for one in tallies:
        parts = one["accepted"] + one["waiting"] + one["duplicate"] + one["rejected"]
        assert parts == one["received"] >= one["late"]
        assert min(one.values()) >= 0
    sums = {name: sum(one[name] for one in tallies) for name in FIELDS}
    counts = said.counts
    assert (sums["accepted"], sums["waiting"]) == (counts.readings, counts.waiting)
    if way is not doubled:
        assert sums["received"] == counts.records
        assert sums["duplicate"] == counts.duplicates
        assert sums["rejected"] == counts.rejected_records


@pytest.mark.parametrize("seed", [2, 9, 11])
def test_after_each_commit_too(seed: int, tmp_path: Path) -> None:
    """Not only in the end: what stands is what the oracle says of the files so far."""
    draw(tmp_path / "all", seed)
    rnd = random.Random(seed)  # noqa: S311
    life = Life(rnd)
    pieces = cut(rnd, shuffled(rnd, files_of(tmp_path / "all")))
    for number, piece in enumerate(pieces[:8], start=1):
        life.live(commit_of(tmp_path / "all", piece, number))
        for one in piece:
            target = tmp_path / "sofar" / one.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((tmp_path / "all" / one.path).read_bytes())
        said = replay(tmp_path / "sofar", only=LIVE, by=BY, limits=LIMITS)
        assert life.ledger.rows() == sorted(said.rows)
    said = replay(tmp_path / "sofar", only=LIVE)
    assert oracle(tmp_path / "sofar", only=LIVE).episodes == said.episodes_csv().decode()


def test_the_same_commits_give_the_same_ids(tmp_path: Path) -> None:
    draw(tmp_path, 4)
    held = []
    for _n in range(2):
        rnd = random.Random(4)  # noqa: S311
        ledger, judge = Ledger(), Judge(by=BY, limits=LIMITS)
        for number, piece in enumerate(cut(rnd, shuffled(rnd, files_of(tmp_path))), start=1):
            commit = commit_of(tmp_path, piece, number)
            ledger.write(commit)
            ledger.settle(commit, judge.take(commit, ledger))
            judge = Judge.restored(judge.snapshot(), by=BY, limits=LIMITS) if held else judge
        held.append((ledger.held, ledger.amendments, ledger.tallies))
    assert held[0][0]
    assert held[0] == held[1]
