"""kill -9 of the process that takes readings in, at random moments, while files keep coming.

Files come in any order, some twice, some written slowly; what was taken out of the inbox was
acknowledged. In the end the episodes are those of a replay of every file, none is there twice, and
whoever was told of an episode still finds it under its number.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

from bihuan.config.soak_rounds import PROJECT
from bihuan.config.soak_suites import SUITES
from bihuan.telemetry.envelopes import name_of
from bihuan.telemetry.episodes import KINDS
from bihuan.telemetry.live.identity import STANDING, Standing
from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.simulation.simulate import simulate
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.tests.folders import draw, mutate

LIVE = tuple(kind for kind in KINDS if kind != "replayed")
INGEST = (sys.executable, "-m", "bihuan", "telemetry", "ingest")
KILLS = SUITES["readings"].each  # of one store
READY = "开始收件。"
READY_S, SENDING_S, DRAINED_S = 60.0, 8.0, 120.0
Figures = dict[str, object]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round kills the process three times over one store, then lets it come to rest."""
    for number in numbers:
        with tempfile.TemporaryDirectory(prefix="bihuan-ingest-") as folder:
            ground = Ground(Path(folder), random.Random(seed * 1_000_003 + number))  # noqa: S311
            yield number, *ground.play(number)


class Ground:
    """A folder of files that come, the inbox, the store, and what people were told."""

    sending_s = SENDING_S

    def __init__(self, folder: Path, draw_from: random.Random) -> None:
        self.source, self.inbox = folder / "source", folder / "inbox"
        self.store, self.random = folder / "store", draw_from
        self.source.mkdir()
        self.inbox.mkdir()
        self.starts = 0
        self.told: dict[int, Standing] = {}
        self.faults: list[str] = []
        self.log = folder / "ingest.log"

    def play(self, number: int) -> tuple[list[str], Figures]:
        """Load, kill, come back; at the end compare with a replay."""
        self._write(number)
        sending = Thread(target=self._send, daemon=True)
        process = self._start()
        sending.start()
        commits = []
        for _kill in range(KILLS):
            self._wait_ready()
            self._wait_for_the_moment()
            process.send_signal(signal.SIGKILL)
            process.wait()
            commits.append((self._settled(), self._segments()))
            self._look_again()
            process = self._start()
        sending.join()
        self._drain(process)
        self._look_again()
        self._compare()
        files = sum(1 for path in self.source.rglob("*") if path.is_file())
        return self.faults, {"files": files, "settled of segments": commits, "told": len(self.told)}

    def _write(self, number: int) -> None:
        """Troubles of every kind; and now and then mines as they are, by their hundreds."""
        draw(self.source, self.random.randrange(1 << 30))
        if number % 2:
            mutate(self.source, number)
        if number % 3 == 0:
            simulate(self.source / "mines", mines=2, points=40, days=0.02, seed=number)

    def _send(self) -> None:
        """Files in an order of their own, some twice, some in two parts, all whole in the end."""
        files = sorted(path for path in self.source.rglob("*") if path.is_file())
        self.random.shuffle(files)
        draw_from = random.Random(len(files))  # noqa: S311
        pause_s = self.sending_s / max(len(files), 1)
        for path in files:
            target = self.inbox / path.relative_to(self.source)
            for _ in range(2 if draw_from.random() < 0.1 else 1):
                self._put(path, target)
                time.sleep(draw_from.uniform(0, 2 * pause_s))

    def _put(self, path: Path, target: Path) -> None:
        """Under another name first, as good transfers do."""
        part = target.with_name(f".{target.name}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, part)
        part.rename(target)

    def _start(self, **environment: str) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                [*INGEST, "--store", str(self.store), "--inbox", str(self.inbox)],
                cwd=PROJECT,
                env={**os.environ, **environment},
                stderr=log,
            )

    def _wait_for_the_moment(self) -> None:
        """Any moment; or when a segment has just appeared, before its commit is settled."""
        is_at_commit, before = self.random.random() < 0.5, self._segments()
        until = time.monotonic() + self.random.uniform(0, 1.5) * (1 + is_at_commit)
        while time.monotonic() < until:
            if is_at_commit and self._segments() != before:
                break
            time.sleep(0.002)

    def _segments(self) -> int:
        return sum(1 for _ in (self.store / "segments").glob("c-*"))

    def _wait_ready(self) -> None:
        """Until the process that was started last takes files in."""
        until = time.monotonic() + READY_S
        while self.log.read_text("utf-8").count(READY) < self.starts and time.monotonic() < until:
            time.sleep(0.02)

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """Let it take all that there is; files that never become whole are given up by hand."""
        until = time.monotonic() + DRAINED_S
        self._wait_ready()
        while any(self._whole()) and time.monotonic() < until:
            time.sleep(0.2)
        process.terminate()
        if process.wait(READY_S) != 0:
            self.faults.append(f"ended badly: {self.log.read_text('utf-8')[-500:]}")
        old = time.time() - 3600
        for path in self.inbox.rglob("*"):
            os.utime(path, (old, old))
        done = subprocess.run(  # noqa: S603
            [*INGEST, "--store", str(self.store), "--inbox", str(self.inbox), "--once"],
            check=False,
            cwd=PROJECT,
            capture_output=True,
        )
        if done.returncode != 0:
            self.faults.append(f"didn't come to rest: {done.stderr.decode()[-500:]}")
        left = [path.name for path in self.inbox.rglob("*") if path.is_file()]
        if left:
            self.faults.append(f"{len(left)} files were never taken: {left[:3]}")

    def _whole(self) -> Iterator[Path]:
        """Files in the inbox that have an end and a good name."""
        for path in self.inbox.rglob("[0-9]*.txt"):
            if name_of(path.name) and path.is_file() and b"||" in path.read_bytes():
                yield path

    def _settled(self) -> int:
        """How many commits the ledger has by now."""
        return self._ask(_watermark) or 0

    def _look_again(self) -> None:
        """What stands under a number that somebody was told of is still there, and still his."""
        held = {one.id: one for one in self._ask(Ledger.episodes) or []}
        for number, before in self.told.items():
            after = held.get(number)
            if after is None:
                self.faults.append(f"episode {number} is lost: {before}")
            elif (before.point, before.kind, before.level) != after[2:5]:
                self.faults.append(f"episode {number} became another one: {before}, {after}")
        self.told = held
        places = [one[2:6] for one in held.values() if one.state == STANDING]
        if len(places) != len(set(places)):
            self.faults.append("an episode stands twice")

    def _compare(self) -> None:
        """Hints of days that were settled early (T16) are another question: they may yet change."""
        live = table_of(one for one in self.told.values() if one.kind in LIVE)
        whole = replay(self.source, only=LIVE)
        table = whole.episodes_csv().decode()
        if live != table:
            lines = sorted(set(live.splitlines()) ^ set(table.splitlines()))
            self.faults.append(f"episodes differ from a replay: {lines[:3]}")
        sums = self._ask(_sums)
        counts = whole.counts
        owed = (counts.records, counts.readings + counts.waiting, counts.rejected_records)
        if sums != owed:
            self.faults.append(f"counts {sums} differ from a replay's {owed}")

    def _ask[T](self, question: Callable[[Ledger], T]) -> T | None:
        if not (self.store / "ledger.sqlite3").exists():
            return None
        ledger = Ledger(self.store, is_read_only=True)
        try:
            return question(ledger)
        finally:
            ledger.close()


def _sums(ledger: Ledger) -> tuple[int, int, int]:
    """Records that came, those that stand, and those that were rejected."""
    tallies = ledger.tallies()
    return (
        sum(one.received for one in tallies),
        sum(one.accepted + one.waiting for one in tallies),
        sum(one.rejected for one in tallies),
    )


def _watermark(ledger: Ledger) -> int:
    return ledger.note("watermark")
