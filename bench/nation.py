"""A nation's readings at their pace: from the file that is complete to the episode that is told.

Mines of 250 points each send a file every 30 seconds. The process that takes them in runs as it is
installed; files are written beside and renamed in, at the pace of a nation. A file counts as told
when the ledger has it: its episodes came in the same transaction.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Self

from bench.browsing import PROJECT
from bench.nation_desk import Matters, following, provoke, settle
from bench.nation_desk import waited as waited_for
from bihuan.language.clock import SHANGHAI
from bihuan.telemetry.notation import moment_of
from bihuan.telemetry.simulation.simulate import simulate
from bihuan.telemetry.store.glance import watermark
from bihuan.telemetry.store.ledger import Ledger

MINES, POINTS, PERIOD_S, ROUNDS = 4_000, 250, 30, 3
QUICK_MINES, QUICK_PERIOD_S = 40, 3
LOOK_S, LAST_S, DEFINED_S = 0.1, 30.0, 900.0
LAST_FOLLOWED_S = 5.0
LATE_S = 2.0
TICKS = os.sysconf("SC_CLK_TCK")


def measure(*, quick: bool, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Rows of {name, value, unit, target, met}: latency, share of a core, memory."""
    mines, period_s = (QUICK_MINES, QUICK_PERIOD_S) if quick else (MINES, PERIOD_S)
    with TemporaryDirectory(prefix="bihuan-nation-") as made:
        place = Path(made)
        simulate(
            place / "files",
            mines=mines,
            points=POINTS,
            days=(ROUNDS + 0.5) * PERIOD_S / 86_400,
            seed=1,
            since=_this_minute(),
        )
        definitions = sorted((place / "files").rglob("*_CDDY_*"))
        readings = sorted((place / "files").rglob("*_CDSS_*"), key=_moment_of)
        provoked = sum(provoke(path, place=number) for number, path in enumerate(readings))
        settle(place / "home", [path.name[:12] for path in definitions])
        with (
            _taking_in(place) as process,
            Watching(place / "home" / "telemetry") as watching,
            following(place / "home"),
            Matters(place / "home") as matters,
        ):
            for path in definitions:
                _send(path, place)
            watching.wait_for(len(definitions), within_s=DEFINED_S)
            before, started = _cpu_s(process.pid), time.monotonic()
            sent = _paced(readings, place, mines / period_s)
            watching.wait_for(len(definitions) + len(readings), within_s=LAST_S)
            seconds, cpu_s = time.monotonic() - started, _cpu_s(process.pid) - before
            memory_mb = _peak_mb(process.pid)
            time.sleep(LAST_FOLLOWED_S)
    files = {at: watching.told[name] - at for name, at in sent.items() if name in watching.told}
    say(f"{len(files)} of {len(sent)} files of readings told, {seconds:.0f} s")
    _tell_late("files", files, started, say)
    alarms = waited_for(matters.seen, sent)
    say(f"{len(alarms)} alarms of {provoked} files with an over-limit are matters")
    _tell_late("alarms", alarms, started, say)
    aims = (None, None, None) if quick else (2.0, 10.0, 1_000.0)
    return [
        *_latency(f"{mines:,} mines: complete to told", files, aims[0]),
        *_latency("complete to alarm matter", alarms, aims[0]),
        _figure("share of a core", cpu_s / seconds * 100, "%", aims[1]),
        _figure("resident at most", memory_mb, "MB", aims[2]),
    ]


def _this_minute() -> int:
    """Readings are of the present: days of the past would be settled meanwhile."""
    return moment_of(f"{datetime.now(SHANGHAI):%Y%m%d%H%M}00") or 0


def _tell_late(
    what: str, waited: dict[float, float], started: float, say: Callable[[str], object]
) -> None:
    """When those were sent that took too long: what the processes did then is the next question."""
    late = sorted(at - started for at, seconds in waited.items() if seconds > LATE_S)
    if late:
        say(f"{len(late)} {what} late, sent from second {late[0]:.0f} to {late[-1]:.0f}")


def _latency(what: str, waited: dict[float, float], aim: float | None) -> list[dict[str, Any]]:
    if not waited:
        return []
    seconds = sorted(waited.values())
    p50, p99 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    return [
        _figure(f"{what}, p50", p50, "s", None),
        _figure(f"{what}, p99", p99, "s", aim),
    ]


class Watching(Thread):
    """Looks into the ledger as a screen would, and notes when each file is told first."""

    def __init__(self, store: Path) -> None:
        super().__init__(daemon=True)
        self.store, self.told = store, dict[str, float]()
        self._ended = Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Look ten times a second."""
        while watermark(self.store) is None and not self._ended.wait(LOOK_S):
            continue  # nothing is settled yet, perhaps not even the tables
        if self._ended.is_set():
            return
        ledger, known = Ledger(self.store, is_read_only=True), 0
        while not self._ended.wait(LOOK_S):
            newest = ledger.note("watermark")
            if newest > known:
                asked = 'SELECT path FROM delivery WHERE "commit" > ?'
                for (path,) in ledger.rows.execute(asked, (known,)).fetchall():
                    name = os.fsdecode(path).rpartition("/")[2]
                    self.told.setdefault(name, time.monotonic())
                known = newest
        ledger.close()

    def wait_for(self, count: int, *, within_s: float) -> None:
        """Until so many files are told."""
        until = time.monotonic() + within_s
        while len(self.told) < count and time.monotonic() < until:
            time.sleep(LOOK_S)


@contextmanager
def _taking_in(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    store = place / "home" / "telemetry"
    words = ("telemetry", "ingest", "--store", store, "--inbox", place / "inbox")
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bihuan", *map(str, words)], cwd=PROJECT, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _paced(files: list[Path], place: Path, per_second: float) -> dict[str, float]:
    """Send them at this pace; when each was complete, by its name."""
    sent: dict[str, float] = {}
    started = time.monotonic()
    for number, path in enumerate(files):
        wait = started + number / per_second - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        _send(path, place)
        sent[path.name] = time.monotonic()
    return sent


def _send(path: Path, place: Path) -> None:
    target = place / "inbox" / path.relative_to(place / "files")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}")
    shutil.copyfile(path, part)
    part.rename(target)


def _moment_of(path: Path) -> tuple[str, str]:
    return path.stem.rpartition("_")[2], path.name


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def _figure(name: str, value: float, unit: str, target: float | None) -> dict[str, Any]:
    is_met = None if target is None else value <= target
    return {"name": name, "value": round(value, 2), "unit": unit, "target": target, "met": is_met}
