"""The process that takes readings in: channels offer, one thread commits, nothing is lost between.

A fault of the storage ends an engine, not the process: the store is opened anew, which adopts what
was durable, and the channels offer again what was never acknowledged.
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Final, Protocol

from bihuan.telemetry.intake.arriving import Arrivals, Arrived
from bihuan.telemetry.intake.upkeep import Upkeep
from bihuan.telemetry.live.engine import Engine, Taken
from bihuan.telemetry.store.store import Store

GATHER_S: Final = 0.5
LOOK_S: Final = 0.25
SNAPSHOT_S: Final = 300.0
TELL_S: Final = 60.0
RETRY_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)


def _say(text: str) -> None:
    sys.stderr.write(text)


class Channel(Protocol):
    """A way by which files come; it offers from a thread of its own, or when it looks."""

    def look(self, arrivals: Arrivals) -> int:
        """Offer what is there; how many files were offered."""

    def forget(self) -> None:
        """Nothing that was offered will be acknowledged: it is to be offered again."""


class Feed(Protocol):
    """A way by which files come by themselves."""

    def start(self) -> None:
        """Let them come, from a thread of its own."""

    def stop(self) -> None:
        """Let no more come; what was acknowledged is told to the sender."""

    def forget(self) -> None:
        """Nothing that came will be acknowledged: it is to come again."""


@dataclass(kw_only=True)
class Ingest:
    """Channels, a store, and the loop between; `stop` ends it after the commit at hand.

    `readings_days` and `rollups_days` say how long is kept, None for ever.
    """

    folder: Path
    channels: Sequence[Channel]
    arrivals: Arrivals = field(default_factory=Arrivals)
    feeds: Sequence[Feed] = ()
    readings_days: int | None = None
    rollups_days: int | None = None
    say: Callable[[str], object] = _say
    stopping: Event = field(default_factory=Event)
    total: Taken = field(default_factory=Taken)

    def stop(self) -> None:
        """Take nothing new; what is at hand is committed."""
        self.stopping.set()
        self.arrivals.close()

    def once(self) -> Taken:
        """Take all that is there and return; a fault of the storage is raised."""
        with _Opened(self.folder) as engine:
            looking = Thread(target=self._look_once, name="looking", daemon=True)
            looking.start()
            while (group := self.arrivals.take()) or looking.is_alive():
                self._add(engine.take(group))
        return self.total

    def forever(self) -> None:
        """Take what comes until `stop`."""
        looking = Thread(target=self._look, name="looking", daemon=True)
        looking.start()
        for feed in self.feeds:
            feed.start()
        failures = 0
        while not self.stopping.is_set():
            before = self.total.commits
            try:
                with _Opened(self.folder) as engine:
                    self._commit(engine)
            except (OSError, sqlite3.Error) as error:
                failures = 1 if self.total.commits > before else failures + 1
                self.say(f"没有写成，稍后再试，文件都还在：{error}\n")
                self._begin_again()
                self.stopping.wait(RETRY_S[min(failures, len(RETRY_S)) - 1])
        looking.join(timeout=RETRY_S[-1])
        for feed in self.feeds:
            feed.stop()

    def _look_once(self) -> None:
        try:
            while any(channel.look(self.arrivals) for channel in self.channels):
                continue
        finally:
            self.arrivals.close()

    def _look(self) -> None:
        try:
            while not self.stopping.is_set():
                for channel in self.channels:
                    with suppress(OSError):  # a folder that is away for a moment
                        channel.look(self.arrivals)
                self.stopping.wait(LOOK_S)
        finally:
            self.stop()  # who doesn't look any more takes nothing in: end, to be started again

    def _commit(self, engine: Engine) -> None:
        upkeep = Upkeep(
            engine.store, readings_days=self.readings_days, rollups_days=self.rollups_days
        )
        try:
            self._take_turns(engine, upkeep)
        finally:
            upkeep.close()

    def _take_turns(self, engine: Engine, upkeep: Upkeep) -> None:
        told_at = kept_at = time.monotonic()
        while not self.stopping.is_set():
            group = self._gathered()
            if group:
                self._add(engine.take(group))
            upkeep.step()
            now = time.monotonic()
            if now - kept_at >= SNAPSHOT_S:
                engine.snapshot()
                kept_at = now
            if now - told_at >= TELL_S:
                self.say(f"{self.told()}\n")
                told_at = now

    def _gathered(self) -> list[Arrived]:
        """What arrives within half a second of the first, so that small files share a commit."""
        group = self.arrivals.take()
        if group:
            self.stopping.wait(GATHER_S)
            group += self.arrivals.take(wait_s=0)
        return group

    def _begin_again(self) -> None:
        """Let go of what was offered; the channels have it still."""
        is_left = True
        while is_left:
            is_left = bool(self.arrivals.take(wait_s=0))
        for channel in self.channels:
            channel.forget()
        for feed in self.feeds:
            feed.forget()

    def _add(self, taken: Taken) -> None:
        for name in ("commits", "files", "again", "rows", "refused"):
            setattr(self.total, name, getattr(self.total, name) + getattr(taken, name))

    def told(self) -> str:
        """What came in since the start, in a line."""
        total = self.total
        return (
            f"commits={total.commits} files={total.files} again={total.again} "
            f"readings={total.rows} refused={total.refused}"
        )


class _Opened:
    """A store and its engine; what the judge carries is kept when all went well."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)

    def __enter__(self) -> Engine:
        try:
            self.engine = Engine(self.store)
        except BaseException:
            self.store.close()
            raise
        return self.engine

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        try:
            if kind is None:
                self.engine.snapshot()
        finally:
            self.store.close()
