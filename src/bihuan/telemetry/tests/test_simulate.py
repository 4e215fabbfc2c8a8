"""Simulated mines: right files, the same for the same seed, and episodes where the truth says."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bihuan.telemetry.checking import check
from bihuan.telemetry.comparing import Comparing
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.replay import LIMIT_KINDS, replay
from bihuan.telemetry.simulation.physics import values_of
from bihuan.telemetry.simulation.register import SENSORS, mine_of
from bihuan.telemetry.simulation.simulate import START, simulate, truth_beside
from bihuan.telemetry.simulation.troubles import FREE_ROWS, troubled

pytestmark = pytest.mark.once
DAYS = 1_600 / 2_880
# Seeds whose mine meets these troubles in that time.
SEEDS = [
    pytest.param((56, {"over_limit", "calibration", "frozen", "replayed"}), id="56"),
    pytest.param(
        (137, {"over_limit", "mine_silent", "point_silent", "sensor_fault"}),
        id="137",
        marks=pytest.mark.slow,
    ),
]


@pytest.fixture(scope="module", params=SEEDS)
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, set[str]]:
    """A mine for half a day, and what was put into it."""
    seed, causes = request.param
    out = tmp_path_factory.mktemp("simulated") / "inbox"
    simulate(out, mines=1, points=17, days=DAYS, seed=seed)
    return out, causes


def truth(out: Path) -> list[dict[str, str]]:
    page = (truth_beside(out) / "troubles.csv").read_text("utf-8")
    return list(csv.DictReader(page.splitlines()))


def test_every_file_is_right(made: tuple[Path, set[str]]) -> None:
    kinds: Counter[str] = Counter()
    for path in sorted(made[0].rglob("*.txt")):
        kind = path.name.split("_")[1]
        kinds[kind] += 1
        if kinds[kind] <= 12:
            assert [str(one) for one in check(path.read_bytes(), name=path.name)] == [], path
    assert {"CDDY", "CDSS", "TJSJ", "YCBJ", "FZDY", "FZSS", "RYQY", "RYJZ", "JZSS"} <= set(kinds)
    assert {"RYXX", "RYSS", "TFJC", "TFSS"} <= set(kinds)


def test_what_the_mine_says_of_itself_is_seen(made: tuple[Path, set[str]]) -> None:
    """Its alarms and statistics agree with its readings."""
    watcher = Comparing(dialect())
    replay(made[0], only=LIMIT_KINDS, watchers=[watcher])
    assert watcher.found == []
    assert min(watcher.compared["TJSJ"], watcher.compared["YCBJ"]) > 0


def test_the_truth_is_found_and_nothing_else(made: tuple[Path, set[str]]) -> None:
    found = replay(made[0])
    assert (found.counts.rejected_files, found.counts.waiting, found.counts.duplicates) == (0, 0, 0)
    told = truth(made[0])
    assert {one["cause"] for one in told} == made[1]
    for one in told:
        overlapping = [row for row in found.rows if _belongs(row, one)]
        assert overlapping or not one["kind"], one
    for row in found.rows:
        assert any(_belongs(row, one) for one in told), row


def _belongs(row: tuple[str, ...], one: dict[str, str]) -> bool:
    mine, point, kind, _level, started_at, ended_at, *_rest = row
    is_there = mine == one["mine"] and one["point"] in ("", point) and kind == one["kind"]
    return is_there and started_at <= one["ended_at"] and (ended_at or "9") >= one["started_at"]


def test_the_same_seed_writes_the_same(tmp_path: Path) -> None:
    for name, mines, seed in (("a", 1, 1), ("b", 2, 1), ("c", 1, 2)):
        simulate(tmp_path / name, mines=mines, points=3, days=0.02, seed=seed)
    one, more, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "999999000001").iterdir()}
        for name in "abc"
    )
    assert one == more
    assert one != other
    assert one.keys() == other.keys()


def test_troubles_of_a_point_do_not_touch() -> None:
    mine = mine_of(0, points=6)
    value = np.zeros((400, 6)) + np.arange(400)[:, None]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        assert troubled(mine, value[:60], step_s=600, rng=rng)[1] == [], "too short for any"
        _readings, troubles = troubled(mine, value, step_s=600, rng=rng)
        for n, one in enumerate(troubles):
            assert one.end <= len(value) - FREE_ROWS
            for other in troubles[n + 1 :]:
                is_same = -1 in (one.point, other.point) or one.point == other.point
                assert not is_same or other.begin >= one.end + FREE_ROWS


def test_gas_follows_shearing_and_repair_shifts_rest() -> None:
    mine = mine_of(0, points=len(SENSORS))
    seconds = START + 30 * np.arange(2_880)
    names = [point.sensor.series for point in mine.points]
    values = dict(zip(names, values_of(mine, seconds, np.random.default_rng(1)).T, strict=True))
    cutting = values["shearing"] > 0
    later = np.roll(cutting, 8)
    assert values["face_methane"][later].mean() > values["face_methane"][~later].mean() + 0.05
    assert values["current"][cutting].mean() > 100
    assert values["current"][~cutting].max() == 0
    assert (np.diff(values["output"]) >= 0).all()
    repair = (seconds % 86_400 >= 8 * 3_600) & (seconds % 86_400 < 16 * 3_600)
    assert not cutting[repair].any()
    assert values["face_methane"].max() < 1
