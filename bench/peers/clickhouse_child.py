"""Run by a Python that has chdb: takes the readings in, judges them, is asked; prints JSON."""

import json
import resource
import sys
import time
from pathlib import Path
from statistics import median

from chdb import session

TABLE = """
CREATE TABLE reading (
    point LowCardinality(String) CODEC(ZSTD),
    time Int64 CODEC(DoubleDelta, ZSTD),
    value Nullable(Float64) CODEC(ZSTD),
    status Int16 CODEC(ZSTD)
) ENGINE = MergeTree ORDER BY (point, time)
"""
LIMITS = """
CREATE TABLE limits (point String, alarm_on Nullable(Float64), alarm_off Nullable(Float64),
    power_off_on Nullable(Float64), power_off_off Nullable(Float64))
ENGINE = MergeTree ORDER BY point
"""


def main() -> None:
    """Everything in one process; CPU is that of all its threads."""
    folder, told = Path(sys.argv[1]), json.load(sys.stdin)
    base = session.Session(str(folder / "store"))
    for statement in ("CREATE DATABASE IF NOT EXISTS d", "USE d", TABLE, LIMITS):
        base.query(statement)
    before = _cpu()
    for table in ("limits", "reading"):
        base.query(f"INSERT INTO {table} SELECT * FROM file('{folder}/{table}.parquet')")  # noqa: S608
    episodes = sum(int(_text(base, statement)) for statement in told["episodes"])
    spent = _cpu() - before
    base.query("OPTIMIZE TABLE reading FINAL")
    size = int(
        _text(
            base,
            "SELECT sum(bytes_on_disk) FROM system.parts"
            " WHERE database = 'd' AND table = 'reading' AND active",
        )
    )
    one = [
        f"SELECT time, value, status FROM reading WHERE point = '{point}' ORDER BY time"  # noqa: S608
        for point in told["points"]
    ]
    print(
        json.dumps(
            {
                "cpu_s": spent,
                "episodes": episodes,
                "bytes": size,
                "one_ms": _asked(base, one),
                "top_ms": _asked(base, [told["top"]] * 5),
            }
        )
    )


def _text(base: session.Session, statement: str) -> str:
    return str(base.query(statement, "CSV")).strip()


def _asked(base: session.Session, statements: list[str]) -> float:
    times = []
    for statement in statements:
        begin = time.perf_counter()
        base.query(statement, "Arrow")
        times.append(time.perf_counter() - begin)
    return 1_000 * median(times)


def _cpu() -> float:
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime


if __name__ == "__main__":
    main()
