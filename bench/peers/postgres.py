"""PostgreSQL: copied in, judged by one statement, asked for a day of a point."""

import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import mkdtemp
from typing import Any

import polars as pl
import psycopg

from bench.peers.feeding import UPPER, Feed, Ours
from bench.peers.processes import absent, cpu_of
from bihuan.config.throwaway import INSTALLED, Cluster, NoPostgresError

ASKED = 30
_TABLE = """
CREATE TABLE reading (
    point integer, time bigint, value double precision, status smallint,
    PRIMARY KEY (point, time))
"""
_LIMITS = """
CREATE TABLE limits (point integer PRIMARY KEY, code text, alarm_on float8, alarm_off float8,
    power_off_on float8, power_off_off float8)
"""
# Episodes of one machine: a run of readings between one that begins and one that ends it (T11).
EPISODES = """
WITH coded AS (
    SELECT r.point AS point, r.time AS time,
           CASE WHEN r.value >= l.{level}_on THEN 1 WHEN r.value < l.{level}_off THEN -1
                ELSE 0 END AS code
    FROM reading r JOIN limits l ON l.point = r.point
    WHERE l.{level}_on IS NOT NULL AND (r.status & 240) = 0),
changed AS (SELECT point, time, code FROM coded WHERE code <> 0),
edged AS (
    SELECT point, code, lag(code, 1, -1) OVER (PARTITION BY point ORDER BY time) AS before
    FROM changed)
SELECT count(*) FROM edged WHERE code = 1 AND before = -1
"""
TOP = """
SELECT r.point, count(*) * 30 AS seconds FROM reading r JOIN limits l ON l.point = r.point
WHERE r.value >= l.alarm_on GROUP BY r.point ORDER BY 2 DESC LIMIT 20
"""


def measure(
    feed: Feed, *, folder: Path, ours: Ours, say: Callable[[str], object]
) -> list[dict[str, Any]]:
    """Rows of PostgreSQL; `ours` isn't set beside it, as there is no target."""
    del folder, ours
    home = Path(mkdtemp(prefix="bihuan-peer-"))
    try:
        cluster = Cluster(home, installed=INSTALLED)
        cluster.start("autovacuum=off", "max_wal_size=4GB")
        try:
            return _measured(feed, cluster, say)
        finally:
            cluster.stop()
    except NoPostgresError:
        return absent("PostgreSQL", "apt: postgresql")
    finally:
        rmtree(home, ignore_errors=True)


def _measured(feed: Feed, cluster: Cluster, say: Callable[[str], object]) -> list[dict[str, Any]]:
    assert cluster.process
    pid = cluster.process.pid
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(_TABLE)
        connection.execute(_LIMITS)
        codes = pl.Enum(feed.limits["point"])
        number = pl.col("point").cast(codes).to_physical().cast(pl.Int32)
        limits = feed.limits.select(number.alias("number"), pl.all()).rows()
        rows = feed.rows.fill_nan(None).with_columns(number).rows()
        before = cpu_of(pid)
        _copied(connection, "limits", limits)
        _copied(connection, "reading", rows)
        connection.execute("ANALYZE")
        episodes = sum(
            connection.execute(EPISODES.format(level=level)).fetchone()[0]  # type: ignore[index]
            for level in UPPER
        )
        spent = cpu_of(pid) - before
        connection.execute("CHECKPOINT")
        size = connection.execute("SELECT pg_total_relation_size('reading')").fetchone()
        assert size
        one_ms = _asked(
            lambda turn: connection.execute(
                "SELECT time, value, status FROM reading WHERE point = %s ORDER BY time",
                [turn % len(feed.limits)],
            ).fetchall()
        )
        top_ms = _asked(lambda _turn: connection.execute(TOP).fetchall(), turns=3)
    say(f"PostgreSQL: {episodes} upper episodes")
    return rows_of("PostgreSQL", len(feed.rows), spent, size[0], episodes, (one_ms, top_ms))


def _copied(connection: "psycopg.Connection[Any]", table: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _asked(ask: Callable[[int], Any], turns: int = ASKED) -> float:
    times = []
    for turn in range(turns):
        begin = time.perf_counter()
        ask(turn)
        times.append(time.perf_counter() - begin)
    return 1_000 * median(times)


def rows_of(
    name: str,
    points: int,
    spent: float,
    size: int,
    episodes: int,
    asked_ms: tuple[float, float],
) -> list[dict[str, Any]]:
    """The rows of a database; its episodes are in the name, so that they can be compared."""
    figures = (
        (f"{name}, {episodes} upper episodes", points / spent / 1e6, "M points/CPU-s"),
        (f"{name}, bytes per point", size / points, "B"),
        (f"{name}, 24 h of one point", asked_ms[0], "ms"),
        (f"{name}, top 20 by alarm time, from readings", asked_ms[1], "ms"),
    )
    return [
        {"name": told, "value": round(value, 3), "unit": unit, "target": None, "met": None}
        for told, value, unit in figures
    ]
