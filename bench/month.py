"""A month of readings: what screens ask of 100 million rows, from files that came day by day.

The days are simulated one after the other, taken in by the engine as many files a commit as a
nation sends in a second, and merged as the ingest does. Questions are asked of the store as it
then lies, by a reader that begins anew.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.telemetry import POINTS, child, row
from bench.telemetry_live import asked, taken_in
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.simulation.simulate import START, simulate
from bihuan.telemetry.store.readers import Reader
from bihuan.telemetry.store.store import Store

SEED: Final = 20261123
MINES, DAYS = 5, 30
QUICK_MINES, QUICK_DAYS = 1, 2
QUICK_POINTS: Final = 20
PLAN: Final = "plan.json"


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met}: two questions, bytes, memory."""
    plan = {
        "mines": QUICK_MINES if quick else MINES,
        "points": QUICK_POINTS if quick else POINTS,
        "days": QUICK_DAYS if quick else DAYS,
    }
    with TemporaryDirectory(prefix="bihuan-month-") as made:
        folder = Path(made)
        (folder / PLAN).write_text(json.dumps(plan), "utf-8")
        begun = time.monotonic()
        filled = child("fill", folder, part="bench.month")
        say(f"{filled['rows']:,.0f} readings in {time.monotonic() - begun:.0f} s")
        found = child("ask", folder, part="bench.month")
    size = f"{filled['rows'] / 1e6:.0f} M rows"
    return [
        row("readings of the month", filled["rows"] / 1e6, "M"),
        row("bytes per point, merged", filled["bytes"], "B"),
        row(f"24 h of one point of {size}", found["one_ms"], "ms", None if quick else 15),
        row("the same, the slowest of all asked", found["slowest_ms"], "ms"),
        row(f"top 20 by alarm time, {plan['days']} days", found["top_ms"], "ms", 5),
        row("the same, asked the first time", found["first_top_ms"], "ms"),
        row("episodes kept", found["episodes"], ""),
    ]


def fill(folder: Path) -> dict[str, float]:
    """Take the days in as they come; the next is simulated meanwhile, in another process."""
    plan = json.loads((folder / PLAN).read_text("utf-8"))
    store, rows = Store(folder / "store"), 0
    try:
        for number, files in enumerate(_days(folder, plan)):
            rows += taken_in(files, store)
            shutil.rmtree(files)
            midnight = START + (number + 1) * DAY_S
            while store.merge(now=midnight):
                pass
            store.clear_away(now=midnight + DAY_S)
        after = START + (plan["days"] + 3) * DAY_S
        while store.merge(now=after):
            pass
        store.clear_away(now=after + DAY_S)
        held = sum(one.bytes for one in store.manifest() if one.kind in ("rows", "commit"))
    finally:
        store.close()
    return {"rows": rows, "bytes": held / rows}


def ask(folder: Path) -> dict[str, float]:
    """Each question many times over, of points and days drawn by lot."""
    plan = json.loads((folder / PLAN).read_text("utf-8"))
    reader, draw = Reader(folder / "store"), Random(SEED)  # noqa: S311 - no secret
    month = {"since": START, "until": START + plan["days"] * DAY_S}
    try:
        begun = time.perf_counter()
        reader.most_alarmed(**month)
        first_top_ms = 1_000 * (time.perf_counter() - begun)
        points = sorted(point for mine in reader.ledger.mines() for point in reader.points_of(mine))

        def one_day() -> None:
            since = START + draw.randrange(plan["days"]) * DAY_S
            reader.readings([draw.choice(points)], since=since, until=since + DAY_S)

        times = asked(one_day)
        top = asked(lambda: reader.most_alarmed(**month))
        (episodes,) = reader.ledger.rows.execute("SELECT count(*) FROM episode").fetchone()
    finally:
        reader.close()
    return {
        "one_ms": times[len(times) // 2],
        "slowest_ms": times[-1],
        "top_ms": top[len(top) // 2],
        "first_top_ms": first_top_ms,
        "episodes": episodes,
    }


def _days(folder: Path, plan: dict[str, int]) -> Iterator[Path]:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        coming = pool.submit(_day, folder, plan, 0)
        for number in range(plan["days"]):
            files = coming.result()
            if number + 1 < plan["days"]:
                coming = pool.submit(_day, folder, plan, number + 1)
            yield files


def _day(folder: Path, plan: dict[str, int], number: int) -> Path:
    files = folder / f"day-{number:02}"
    simulate(
        files,
        mines=plan["mines"],
        points=plan["points"],
        days=1,
        seed=SEED + number,
        since=START + number * DAY_S,
    )
    return files


if __name__ == "__main__":
    print(json.dumps({"fill": fill, "ask": ask}[sys.argv[1]](Path(sys.argv[2]))))
