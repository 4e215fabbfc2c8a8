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
from bihuan.telemetry.intake.hands import Ended, Hands
from bihuan.telemetry.intake.heartbeat import Heartbeat, heartbeat_of, write_heartbeat
from bihuan.telemetry.intake.looking import Looking
from bihuan.telemetry.intake.spool import PERSONS_FOLDER, Spool
from bihuan.telemetry.intake.upkeep import Upkeep
from bihuan.telemetry.live.engine import Engine, Taken
from bihuan.telemetry.store.store import Store

GATHER_S: Final = 0.5
# Looking for files takes a fiftieth of a core, within these bounds: a county's folder is looked at
# ten times a second, thousands of mines' folders twice.
LOOK_SHARE: Final = 0.02
LOOK_S: Final = (0.1, 0.5)
SNAPSHOT_S: Final = 300.0
TELL_S: Final = 60.0
BEAT_S: Final = 5.0
RETRY_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
_BROKEN_OFF: Final = "没有看完全部来件：{}。看到的已收下，其余的还在原处。"


class BrokenOff(Exception):  # noqa: N818 - a sentence for the user
    """Not everything that is there could be looked at; a sentence for the user."""


def _say(text: str) -> None:
    sys.stderr.write(text)


class Channel(Protocol):
    """A way by which files come; it offers from a thread of its own, or when it looks."""

    @property
    def troubles(self) -> list[str]:
        """What couldn't be read when it was last tried, a sentence each."""

    def look(self, arrivals: Arrivals) -> int:
        """Offer what is there; how many files were offered."""

    def forget(self) -> None:
        """Nothing that was offered will be acknowledged: it is to be offered again."""


class Feed(Protocol):
    """A way by which files come by themselves; `trouble` is a sentence, empty when all is well."""

    trouble: str

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
    committed_at: float | None = None
    away_since: float | None = None
    sentences: set[str] = field(default_factory=set)
    _hands: Hands | None = None

    def stop(self) -> None:
        """Take nothing new; what is at hand is committed."""
        self.stopping.set()
        self.arrivals.close()

    def once(self) -> Taken:
        """Take all that is there and return; a fault of the storage is raised.

        `BrokenOff` when not everything could be looked at: what was found is taken.
        """
        broken_off: list[Exception] = []
        with self._opened() as engine:
            looking = Thread(target=self._look_once, args=[broken_off], name="looking", daemon=True)
            looking.start()
            while (group := self.arrivals.take()) or looking.is_alive():
                self._take(engine, group)
            self._tell(engine.store)
        for error in broken_off:
            raise BrokenOff(_BROKEN_OFF.format(error)) from error
        if troubles := self._troubles():
            raise BrokenOff(_BROKEN_OFF.format(f"{len(troubles)} 处读不了"))
        return self.total

    def forever(self) -> None:
        """Take what comes until `stop`."""
        looking = Thread(target=self._look, name="looking", daemon=True)
        looking.start()
        for feed in self.feeds:
            feed.start()
        failures, earlier = 0, heartbeat_of(self.folder)
        self.committed_at = earlier.committed_at if earlier else None
        self._beat()
        while not self.stopping.is_set():
            before = self.total.commits
            try:
                with self._opened() as engine:
                    self._commit(engine)
            except (OSError, MemoryError, sqlite3.Error) as error:
                failures = 1 if self.total.commits > before else failures + 1
                self.say(f"没有写成，稍后再试，文件都还在：{error}\n")
                self._beat(failing=str(error))
                self._begin_again()
                self.stopping.wait(RETRY_S[min(failures, len(RETRY_S)) - 1])
        self._beat()
        looking.join(timeout=RETRY_S[-1])
        for feed in self.feeds:
            feed.stop()

    def _look_once(self, broken_off: list[Exception]) -> None:
        try:
            while any(channel.look(self.arrivals) for channel in self.channels):
                continue
        except Exception as error:  # noqa: BLE001 - raised by who waits for this thread
            broken_off.append(error)
        finally:
            self.arrivals.close()

    def _look(self) -> None:
        try:
            while not self.stopping.is_set():
                before = time.thread_time()
                for channel in self.channels:
                    with suppress(OSError):  # a folder that is away for a moment
                        channel.look(self.arrivals)
                self.stopping.wait(pause_after(time.thread_time() - before))
        finally:
            self.stop()  # who doesn't look any more takes nothing in: end, to be started again

    def _opened(self) -> "_Opened":
        return _Opened(self.folder, say=self.say)

    def _commit(self, engine: Engine) -> None:
        upkeep = Upkeep(
            engine.store,
            readings_days=self.readings_days,
            rollups_days=self.rollups_days,
            say=self.say,
        )
        looking = Looking(engine, say=self.say)
        try:
            self._take_turns(engine, upkeep, looking)
        finally:
            looking.close()
            upkeep.close()

    def _take_turns(self, engine: Engine, upkeep: Upkeep, looking: Looking) -> None:
        told_at = kept_at = time.monotonic()
        beat_at = float("-inf")
        while not self.stopping.is_set():
            group = self._gathered()
            self._take(engine, group)
            upkeep.step()
            looking.step()
            self._tell(engine.store)
            now = time.monotonic()
            if now - beat_at >= BEAT_S:
                self._beat()
                beat_at = now
            if now - kept_at >= SNAPSHOT_S:
                engine.snapshot()
                kept_at = now
            if now - told_at >= TELL_S:
                self.say(f"{self.told()}\n")
                told_at = now

    def _take(self, engine: Engine, group: list[Arrived]) -> None:
        """Commit what was gathered; a file that ended processes is set aside unread."""
        if self._hands is None:
            self._hands = Hands(self.folder)
        for some in self._hands.apart(group):
            with self._hands.holding(some):
                is_deadly = self._hands.is_deadly(some)
                taken = engine.set_aside(some[0], Ended()) if is_deadly else engine.take(some)
            self._add(taken)

    def _tell(self, store: Store) -> None:
        """What a person must know of the folder and of what can't be read, once."""
        for sentence in (*(one.sentence for one in store.findings), *self._troubles()):
            if sentence not in self.sentences:
                self.sentences.add(sentence)
                self.say(f"{sentence}\n")

    def _troubles(self) -> list[str]:
        return [sentence for channel in self.channels for sentence in channel.troubles]

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

    def _beat(self, *, failing: str = "") -> None:
        """Say how it goes, for who asks from outside."""
        now = time.time()
        feeds = tuple(feed.trouble for feed in self.feeds if feed.trouble)
        self.away_since = (self.away_since or now) if feeds else None
        told = Heartbeat(
            at=now,
            committed_at=self.committed_at,
            files=self.total.files,
            readings=self.total.rows,
            waiting_bytes=self.arrivals.waiting_bytes,
            failing=failing,
            feeds=feeds,
            away_since=self.away_since,
            troubles=tuple(self._troubles()),
        )
        write_heartbeat(self.folder, told)

    def _add(self, taken: Taken) -> None:
        if taken.commits:
            self.committed_at = time.time()
        self.total.add(taken)

    def told(self) -> str:
        """What came in since the start, in a line."""
        return str(self.total)


def pause_after(spent_s: float) -> float:
    """How long to wait after a look that took so many CPU-seconds."""
    least, most = LOOK_S
    return min(max(spent_s / LOOK_SHARE, least), most)


class _Opened:
    """A store and its engine; what the judge carries is kept when all went well."""

    def __init__(self, folder: Path, *, say: Callable[[str], object]) -> None:
        self.store, self.say = Store(folder), say
        self.beside = Spool(folder / PERSONS_FOLDER)

    def __enter__(self) -> Engine:
        try:
            self.engine = Engine(self.store, say=self.say, beside=self.beside)
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
