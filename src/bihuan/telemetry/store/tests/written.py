"""Commits made up for tests, and what stands of their readings by a plain computation."""

import hashlib
import random
from collections.abc import Iterable

import polars as pl

from bihuan.telemetry.live.identity import Amendment, Changes, Standing, Tally
from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.telemetry.store import compaction
from bihuan.telemetry.store.commits import ROWS, Commit, Delivery, Refused, Told
from bihuan.telemetry.store.store import Store

DAY = 739_676  # 2026-03-01
START = DAY * DAY_S
MINES = ("999999000001", "999999000002")
POINTS = [f"{mine}01MN0043{number:08}" for mine in MINES for number in range(3)]
FOLDERS = (b"", b"a/", b"a/b/", b"9/", b"\xff\xfe/")
type Row = tuple[str, int, float | None, int, bool, int, str, bytes, int]


def key_of(row: Row, number: int) -> tuple[object, ...]:
    """The order of T1, then of commits, as plainly as it can be written."""
    point, time, _value, _status, _ahead, lag, rest, folder, record = row
    digits = "".join(mark for mark in stamp_of(time + lag) if mark.isdigit()) + rest
    name = f"{point[:12]}_CDSS_{digits}.txt".encode()
    return digits.ljust(20, "0").encode(), name, folder + name, record, number


def seeded(seed: int) -> random.Random:
    """Numbers that are the same each time."""
    return random.Random(seed)  # noqa: S311


def frame(rows: Iterable[Row]) -> pl.DataFrame:
    """Rows of a commit."""
    return pl.DataFrame(list(rows), schema=ROWS, orient="row")


def drawn(rnd: random.Random, *, rows: int, days: int = 3) -> list[Row]:
    """Rows full of doubles, in the order of T1; a record of a file is there once."""
    found = [
        (
            rnd.choice(POINTS),
            START + rnd.randrange(days) * DAY_S + rnd.randrange(4) * 3000,
            rnd.choice((None, 0.0, -0.0, 0.1, 1.84, -9.5, 1e300, 1 / 3, 123456.7891)),
            rnd.choice((0, 0, 1, 4, 16, 255)),
            rnd.random() < 0.1,
            rnd.choice((0, 0, 30, -600)),
            rnd.choice(("", "", "0", "000", "123", "123000", "1230001")),
            rnd.choice(FOLDERS),
            rnd.randrange(3),
        )
        for _ in range(rows)
    ]
    once = {key_of(row, 0): row for row in found}
    return [once[key] for key in sorted(once)]


def commit(number: int, rows: Iterable[Row] = (), *, told: str = "") -> Commit:
    """A commit with something of everything."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    path = f"odd\udcff/{number}.txt"
    order = (f"2026030100000{number % 10}000000", "name", path, 0)
    return Commit(
        number=number,
        rows=frame(rows),
        deliveries=(
            Delivery(path=path, digest=digest, size=7, channel="folder", received_at=START),
            Delivery(
                path=f"{number}",
                digest=digest,
                size=9,
                channel="mqtt",
                received_at=START + number,
                mine=MINES[0],
                kind="CDSS",
                moment=START,
                records=3,
                rejected=1,
            ),
        ),
        definitions=(Told(POINTS[0], START + number, order, (POINTS[0], told, "甲烷")),),
        refused=(Refused(path, None, "name"), Refused(f"{number}", 2, "time")),
    )


def changes(number: int) -> Changes:
    """What a commit is said to have changed."""
    episode = Standing(
        number,
        MINES[0],
        POINTS[0],
        "upper_limit",
        "alarm",
        START + number * 60,
        None if number % 2 else START + number * 60 + 30,
        1.5,
        START,
        2,
        True,
        "standing",
        None,
        None,
        number,
    )
    return Changes(
        episodes=[episode],
        amendments=[Amendment(number, number, START, "ended_at", "", "x")],
        tallies=[Tally(MINES[0], "2026-03-01", 3, 1, 1, 0, 0, 1)],
    )


def put(store: Store, *commits: Commit) -> None:
    """Write and settle."""
    for one in commits:
        store.write(one)
        store.settle(one, changes(one.number))


def merged(store: Store, *, fan_in: int, now: int) -> None:
    """Merge whatever is worth it, and delete what was merged."""
    for _round in range(30):
        plan = compaction.plan(store.manifest(), settled=store.watermark(), now=now, fan_in=fan_in)
        if plan is None:
            return
        store.swap(store.prepare(plan), now=now)
        store.clear_away(now=now + 100)


def same(one: Commit, other: Commit) -> bool:
    """Whether two commits are equal, bit by bit."""
    told = [(each.number, each.deliveries, each.definitions, each.refused) for each in (one, other)]
    return told[0] == told[1] and bits(one.rows) == bits(other.rows)


def bits(rows: pl.DataFrame) -> list[tuple[object, ...]]:
    """Rows as Python has them, with the sign of a zero."""
    return [tuple(map(repr, row)) for row in rows.iter_rows()]


def plainly(commits: Iterable[Commit]) -> dict[tuple[str, int], Row]:
    """What stands (T5)."""
    last: dict[tuple[str, int], tuple[tuple[object, ...], Row]] = {}
    for one in commits:
        for row in one.rows.iter_rows():
            place, key = (row[0], row[1]), key_of(row, one.number)
            if place not in last or last[place][0] <= key:
                last[place] = key, row
    return {place: row for place, (_key, row) in sorted(last.items())}


def stands(commits: Iterable[Commit]) -> list[tuple[str, ...]]:
    """The same as `bits` of what a store says."""
    return [tuple(map(repr, row[:5])) for row in plainly(commits).values()]
