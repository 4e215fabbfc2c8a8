"""chDB, from an environment of its own: it is no dependency of the project."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.peers.feeding import UPPER, Feed, Ours
from bench.peers.postgres import EPISODES, TOP, rows_of
from bench.peers.processes import absent

# A virtual environment with chdb in it: uv venv X && uv pip install --python X/bin/python chdb
PLACE = os.environ.get("BENCH_CHDB", "/tmp/bihuan-chdb")  # noqa: S108 - only looked at
BYTES_TARGET = 1.2
CHILD = Path(__file__).with_name("clickhouse_child.py")


def measure(
    feed: Feed, *, folder: Path, ours: Ours, say: Callable[[str], object]
) -> list[dict[str, Any]]:
    """Rows of chDB: MergeTree, times as DoubleDelta and everything in ZSTD."""
    python = Path(PLACE) / "bin" / "python"
    if not python.exists():
        return absent("chDB", f"BENCH_CHDB={PLACE}")
    made = folder / "chdb"
    made.mkdir()
    feed.rows.fill_nan(None).write_parquet(made / "reading.parquet", compression="uncompressed")
    feed.limits.write_parquet(made / "limits.parquet", compression="uncompressed")
    told = {
        "episodes": [_dialect(EPISODES.format(level=level)) for level in UPPER],
        "top": _dialect(TOP),
        "points": feed.limits["point"].to_list()[:30],
    }
    done = subprocess.run(  # noqa: S603 - a Python that the bench was told of
        [python, CHILD, made],
        check=False,
        input=json.dumps(told),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        say(done.stderr[-2_000:])
        return absent("chDB", "没有跑成")
    found = json.loads(done.stdout)
    say(f"chDB: {found['episodes']} upper episodes")
    asked = (found["one_ms"], found["top_ms"])
    size, spent = found["bytes"], found["cpu_s"]
    times = ours.bytes_each / (size / len(feed.rows))
    ratio = {
        "name": "our bytes per point to chDB's",
        "value": round(times, 2),
        "unit": "times",
        "target": BYTES_TARGET,
        "met": times <= BYTES_TARGET,
    }
    return [*rows_of("chDB", len(feed.rows), spent, size, found["episodes"], asked), ratio]


def _dialect(statement: str) -> str:
    """The same statement as ClickHouse writes it."""
    return statement.replace("(r.status & 240)", "bitAnd(r.status, 240)").replace(
        "lag(code, 1, -1) OVER (PARTITION BY point ORDER BY time)",
        "lagInFrame(code, 1, -1) OVER (PARTITION BY point ORDER BY time"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
    )
