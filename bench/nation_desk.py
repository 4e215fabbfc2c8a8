"""A desk that follows a nation's readings: from the file that is complete to the alarm's matter.

Every 97th file holds an over-limit. The worker of a deployment with every mine
on file follows the ledger; a matter counts as visible when another process can read it.
"""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

from bench.browsing import PROJECT, surroundings

EVERY: Final = 97  # other mines in every round
LOOK_S: Final = 0.05
OVER: Final = ";3.50;%CH4;0;"


def settle(home: Path, codes: list[str]) -> None:
    """A deployment with these mines on file."""
    for words, told in (
        (["bihuan", "init"], ""),
        (["bench.nation_sites"], "\n".join(codes)),
    ):
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", *words],
            cwd=PROJECT,
            env=surroundings(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            input=told,
            text=True,
            check=True,
        )


def provoke(path: Path, *, place: int) -> bool:
    """Let the first methane reading of every so many files exceed its limits."""
    if place % EVERY:
        return False
    text = path.read_text("utf-8")
    head, mark, rest = text.partition(";%CH4;0;")
    if not mark:
        return False
    before, _, _value = head.rpartition(";")
    path.write_text(f"{before}{OVER}{rest}", "utf-8")
    return True


@contextmanager
def following(home: Path) -> Iterator[None]:
    """The worker of the deployment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "work"],
        cwd=PROJECT,
        env=surroundings(home),
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


class Matters(Thread):
    """Looks into the main database as a screen would, and notes when each alarm is there first."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.database, self.seen = home / "bihuan.sqlite3", dict[int, tuple[str, float]]()
        self._ended = Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        """Look twenty times a second."""
        rows = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        asked = (
            "SELECT matter_id, mine FROM monitoring_episode WHERE matter_id > ? AND level <> ''"
            " ORDER BY matter_id"
        )
        newest = 0
        while not self._ended.wait(LOOK_S):
            for matter, mine in rows.execute(asked, (newest,)).fetchall():
                self.seen.setdefault(matter, (mine, time.monotonic()))
                newest = max(newest, matter)
        rows.close()


def waited(seen: dict[int, tuple[str, float]], sent: dict[str, float]) -> dict[float, float]:
    """Of each alarm: when the newest file of its mine was complete, and seconds from then on."""
    by_mine: dict[str, list[float]] = {}
    for name, at in sent.items():
        by_mine.setdefault(name[:12], []).append(at)
    found = {}
    for mine, at in seen.values():
        earlier = [one for one in by_mine.get(mine, []) if one <= at]
        if earlier:
            found[max(earlier)] = at - max(earlier)
    return found
