"""Readings: files in, episodes out, in points per CPU-second, beside what else could do it.

Each figure is taken in a process of its own; CPU is that of all its threads. Ours and the bare
parse take turns, so that a loaded machine slows both.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.peers import PEERS, Ours, Size
from bench.peers.feeding import fed
from bihuan.telemetry.simulation.simulate import simulate

PROJECT = Path(__file__).parents[1]
SEED = 20261122
# mines, days; always 250 points every 30 seconds. The second is what bytes and queries are of.
FULL, FULL_DAY, FULL_SIZE = (10, 0.25), (2, 1.0), Size(series=10_000, steps=60)
QUICK, QUICK_DAY, QUICK_SIZE = (1, 0.05), (1, 0.02), Size(series=250, steps=4)
POINTS = 250
DURABLE, BYTES = "files to episodes, durable", "bytes per point, merged"
PAIRS, QUICK_PAIRS = 3, 1
PARTS = dict.fromkeys(("replay", "bare"), "bench.telemetry_child")
PARTS |= dict.fromkeys(("live", "day"), "bench.telemetry_live")
NATION = 4_000 * POINTS / 30  # points a second


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """The rows of the table; what isn't there to be measured says so and has no figure."""
    with TemporaryDirectory(prefix="bihuan-telemetry-") as made:
        folder = Path(made)
        for name, (mines, days) in zip(
            ("in", "day"), (QUICK, QUICK_DAY) if quick else (FULL, FULL_DAY), strict=True
        ):
            count = simulate(folder / name, mines=mines, points=POINTS, days=days, seed=SEED)
            say(f"{name}: {count:,} readings")
        rows = ours(folder, pairs=QUICK_PAIRS if quick else PAIRS, say=say)
        feed = fed(folder / "day", QUICK_SIZE if quick else FULL_SIZE)
        measured = {one["name"]: one["value"] for one in rows}
        held = Ours(rate=measured[DURABLE], bytes_each=measured[BYTES])
        for peer in PEERS:
            rows += peer(feed, folder=folder, ours=held, say=say)
    return rows


def ours(folder: Path, *, pairs: int, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Replay and the live path beside the bare parse of the same files."""
    taken: dict[str, list[dict[str, float]]] = {"replay": [], "bare": [], "live": []}
    for turn in range(pairs):
        for mode, held in taken.items():
            held.append(child(mode, folder / "in"))
            say(f"{mode} {turn + 1}: {held[-1]['rate']:.2f} M points per CPU-second")
    rate = {mode: median(one["rate"] for one in held) for mode, held in taken.items()}
    share = median(
        100 * one["rate"] / bare["rate"]
        for one, bare in zip(taken["replay"], taken["bare"], strict=True)
    )
    day = child("day", folder / "day")
    say(f"day: {day['left']:,.0f} rows stay in commits")
    load = 100 * NATION / (rate["live"] * 1e6)
    resident = max(one["resident_mb"] for one in taken["live"])
    return [
        row("files to episodes, replay", rate["replay"], "M points/CPU-s", 2.0, is_least=True),
        row(DURABLE, rate["live"], "M points/CPU-s", 2.0, is_least=True),
        row("bare parse", rate["bare"], "M points/CPU-s"),
        row("replay of the bare parse", share, "%", 40, is_least=True),
        row("nation's load, of one core", load, "%", 10),
        row("resident while taking in", resident, "MB", 1_000),
        row(BYTES, day["bytes"], "B"),
        row("24 h of one point", day["one_ms"], "ms", 15),
        row("top 20 by alarm time", day["top_ms"], "ms", 5),
    ]


def row(
    name: str, value: float, unit: str, target: float | None = None, *, is_least: bool = False
) -> dict[str, Any]:
    """A line of the table, with three digits that mean something."""
    met = None
    if target is not None:
        met = value >= target if is_least else value <= target
    shown = round(value, 3 if value < 10 else 1)
    return {"name": name, "value": shown, "unit": unit, "target": target, "met": met}


def child(mode: str, folder: Path, *, part: str = "") -> dict[str, float]:
    """The figures of one part, taken in a process that does nothing else."""
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", part or PARTS[mode], mode, str(folder)],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
