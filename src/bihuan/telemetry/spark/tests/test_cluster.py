"""The whole path over worker processes of Spark: one is killed in the middle, nothing is lost."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.replay import replay
from bihuan.telemetry.spark.layout import Layout
from bihuan.telemetry.spark.table import Table, episodes_of
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.store.lock import Lock
from bihuan.telemetry.tests.folders import draw

LIVE = ("upper_limit", "lower_limit", "disconnected", "frozen")
EXECUTOR = b"CoarseGrainedExecutorBackend"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("pyspark") is None or shutil.which("java") is None,
        reason="needs the extra spark and Java",
    ),
]


class Site:
    """An inbox, a store, and everything that was ever sent."""

    def __init__(self, folder: Path) -> None:
        self.sent, self.inbox, self.store = (folder / name for name in ("sent", "inbox", "store"))
        for one in (self.sent, self.inbox):
            one.mkdir()
        self.layout = Layout(self.store)

    def send(self, paths: list[Path]) -> None:
        """Let files come into the inbox, whole; they look as if they had lain there for long."""
        for path in paths:
            target = self.inbox / path.relative_to(self.sent)
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}")
            part.write_bytes(path.read_bytes())
            os.utime(part, (time.time() - 3_600,) * 2)
            part.rename(target)

    def command(self, master: str, *more: str) -> list[str]:
        """The command under test; its processes live too briefly to be compiled well."""
        told = ["--inbox", str(self.inbox), "--store", str(self.store), "--master", master, *more]
        hasty = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
        told += ["--conf", f"spark.driver.extraJavaOptions={hasty}"]
        told += ["--conf", f"spark.executor.extraJavaOptions={hasty}"]
        told += ["--conf", "spark.driver.memory=512m", "--every", "0.2"]
        return [sys.executable, "-m", "bihuan", "telemetry", "spark", *told]

    def settled(self) -> int:
        """How many files the shards have settled."""
        found = 0
        for _shard, folder in self.layout.shards():
            ledger = Ledger(folder, is_read_only=True)
            with suppress(Exception):  # it is being made
                found += ledger.rows.execute("SELECT count(*) FROM delivery").fetchone()[0]
            ledger.close()
        return found

    def replayed(self) -> str:
        """What a replay of everything says."""
        return replay(self.sent, only=LIVE).episodes_csv().decode()


@contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A driver that is ended with everything it started."""
    with log.open("wb") as page:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=page, stderr=page, start_new_session=True
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def until(is_so: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait; what the driver wrote is shown when it takes too long or has ended."""
    ends_at = time.monotonic() + 300
    while not is_so():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < ends_at, log.read_text()
        time.sleep(0.02)


def executors(root: int) -> list[int]:
    """Worker processes below a process."""
    parents: dict[int, int] = {}
    lines: dict[int, bytes] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pid = int(folder.name)
            parents[pid] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            lines[pid] = (folder / "cmdline").read_bytes()
    return [
        pid for pid, line in lines.items() if EXECUTOR in line and _is_below(pid, root, parents)
    ]


def _is_below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != root:
        pid = parents[pid]
    return pid == root


def test_a_killed_worker_and_a_second_start_end_as_a_replay(tmp_path: Path) -> None:
    site, log = Site(tmp_path), tmp_path / "log"
    for seed in (3, 11):
        draw(site.sent, seed)
    files = sorted(path for path in site.sent.rglob("*") if path.is_file())
    random.Random(5).shuffle(files)  # noqa: S311 - the same each time
    third = len(files) // 3
    site.send(files[:third])
    with running(site.command("local-cluster[2,1,1024]", "--shards", "4"), log) as driver:
        until((site.layout.checkpoint / "commits" / "0").exists, driver, log)
        assert site.settled() == third
        held = [Lock(folder) for _shard, folder in site.layout.shards()]
        site.send(files[third : 2 * third])
        until((site.layout.arriving / "1").exists, driver, log)
        time.sleep(1)  # its tasks wait for their shards now
        victim = executors(driver.pid)[0]
        os.kill(victim, signal.SIGKILL)
        for one in held:  # to what is left of the killed one, or to whoever does it again
            one.release()
        until(lambda: site.settled() >= 2 * third, driver, log)
        assert victim not in executors(driver.pid)
        driver.send_signal(signal.SIGTERM)
        assert driver.wait(timeout=120) == 0, log.read_text()
    site.send(files)  # all of them again, and the last third for the first time
    once = site.command("local[1]", "--once")
    done = subprocess.run(once, check=False, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert f" files={len(files) - 2 * third} " in done.stderr.splitlines()[-1]
    assert not list(site.inbox.rglob("*.txt"))
    ledgers = table_of(episodes_of(site.layout))
    assert ledgers == site.replayed()
    table = Table(site.layout)
    assert table_of(table.episodes()) == ledgers
    table.close()
    batches = {int(one.name) for one in (site.layout.checkpoint / "commits").glob("[0-9]*")}
    assert max(batches) >= 2
