"""A part of `bench telemetry` with a store, in a process of its own: `live` or `day`."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from itertools import batched
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.telemetry_child import timed
from bihuan.telemetry.inbox import Found, content_of, listed
from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.live.engine import Engine
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.simulation.simulate import START
from bihuan.telemetry.store.readers import Reader
from bihuan.telemetry.store.store import Store

FILES_A_SECOND = 133  # of readings: 4,000 mines every 30 seconds
ASKED = 30


def main() -> None:
    """Print the figures of one part as JSON."""
    mode, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps({"live": live, "day": day}[mode](folder)))


def live(folder: Path) -> dict[str, float]:
    """Files to settled episodes and durable segments, as many files a commit as in the nation."""
    with TemporaryDirectory(prefix="bihuan-store-") as kept:
        store = Store(Path(kept) / "store")
        try:
            return timed(lambda: taken_in(folder, store))
        finally:
            store.close()


def day(folder: Path) -> dict[str, float]:
    """What a merged store weighs, and what screens ask of it."""
    with TemporaryDirectory(prefix="bihuan-store-") as kept:
        home = Path(kept) / "store"
        store = Store(home)
        try:
            count = taken_in(folder, store)
            after = START + 3 * DAY_S
            while store.merge(now=after):
                pass
            store.clear_away(now=after + DAY_S)
            files = [one for one in store.manifest() if one.kind in ("rows", "commit")]
            held = sum(one.bytes for one in files)
            left = sum(one.rows for one in files if one.kind == "commit")
        finally:
            store.close()
        reader = Reader(home)
        points = sorted(reader.points_of(next(folder.iterdir()).name))
        span = {"since": START, "until": START + DAY_S}
        turns = iter(points * ASKED)
        one_ms = median(asked(lambda: reader.readings([next(turns)], **span)))
        top_ms = median(asked(lambda: reader.most_alarmed(**span)))
        reader.close()
    return {"bytes": held / count, "left": left, "one_ms": one_ms, "top_ms": top_ms}


def taken_in(folder: Path, store: Store) -> int:
    """Take a folder's files in by time, so many a commit; how many readings."""
    found, _wrong = listed(folder)
    found.sort(key=_came)
    engine = Engine(store)
    rows = 0
    for group in batched(found, FILES_A_SECOND):
        rows += engine.take(list(_arrived(folder, group))).rows
    return rows


def _came(one: Found) -> tuple[bytes, bytes, bytes]:
    return one.name.key


def _arrived(folder: Path, group: tuple[Found, ...]) -> Iterator[Arrived]:
    for one in group:
        yield Arrived(
            name=one.path.rpartition("/")[2],
            path=one.path,
            content=content_of(f"{folder}/{one.path}", size=one.size),
            channel="folder",
            received_at=one.name.moment,
            acknowledge=_nothing,
        )


def _nothing() -> None:
    """Who sent a file isn't told anything here."""


def asked(ask: Callable[[], Any]) -> list[float]:
    """The times of a question, in milliseconds on the clock, sorted."""
    times = []
    for _turn in range(ASKED):
        begin = time.perf_counter()
        ask()
        times.append(1_000 * (time.perf_counter() - begin))
    return sorted(times)


if __name__ == "__main__":
    main()
