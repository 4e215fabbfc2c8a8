"""Settled days are looked at for what was played again (T16), between commits, in a thread."""

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from bihuan.telemetry.intake.replays import NOTED, Replays, Settled, settled
from bihuan.telemetry.live.engine import Engine
from bihuan.telemetry.live.faults import fault_told, is_of_content
from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.store import keeping
from bihuan.telemetry.store.segments import Damaged

REST_SHARE: Final = 4
REST_S: Final = 3600.0
_UNLOOKED: Final = (
    "有一天的读数查不了是否重复播放（{}），一小时后再试；收件和报警照常。请交给维护人员。\n"
)


class Looking:
    """Looks a slice of a second at a time, a fifth of the time at most."""

    def __init__(self, engine: Engine, *, say: Callable[[str], object] = sys.stderr.write) -> None:
        """What was looked at before is in the ledger."""
        self.engine, self.store, self.say = engine, engine.store, say
        self._replays: Replays | None = None
        self._looking: Future[list[Standing]] | None = None
        self._rests_until = float("-inf")
        self._noted = {int(day): run for day, run in self.store.noted(NOTED).items()}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="looking-at-days")

    def step(self) -> None:
        """Tell what was found, and begin the next look; a day waits for what was told before."""
        replays, looking = self._replays, self._looking
        if replays is not None and looking is not None:
            if looking.done():
                self._looking = None
                self._tell(replays, looking)
        elif time.monotonic() >= self._rests_until:
            self._look()

    def _look(self) -> None:
        """Look at the next points of a day that is settled."""
        if self._replays is None and not self.engine.owes:
            kept = keeping.kept(self.store.files).readings_from
            wanted = settled(self.store.manifest(), self._noted, readings_from=kept)
            if wanted:
                self._replays = Replays(self.store.folder, wanted, by=self.engine.by)
        if self._replays is not None:
            self._looking = self._thread.submit(self._replays.step)

    def _tell(self, replays: Replays, looking: Future[list[Standing]]) -> None:
        """Let the next commit tell what was found; a day without anything is noted at once."""
        self._rests_until = time.monotonic() + REST_SHARE * replays.took_s
        error = looking.exception()
        if error is not None:
            # A day is looked at from its beginning again: what was told of it is told the same.
            self._end(replays)
            self._failed(error)
            return
        self.engine.owe(looking.result(), notes={})
        if replays.is_over:
            self._end(replays)
            self._note(replays.wanted)

    def _failed(self, error: BaseException) -> None:
        """A broken file is given up; what can't be read otherwise is left for a while."""
        if isinstance(error, Damaged):
            self.store.give_up(error)
        elif is_of_content(error):
            self._rests_until = time.monotonic() + REST_S
            self.say(_UNLOOKED.format(fault_told(error)))
        elif not isinstance(error, OSError):
            raise error

    def _end(self, replays: Replays) -> None:
        replays.close()
        self._replays = None

    def _note(self, wanted: Settled) -> None:
        """A day was looked at: that is kept together with what was found."""
        self._noted[wanted.day] = wanted.run
        name = f"{NOTED}{wanted.day}"
        if self.engine.owes:
            self.engine.owe([], notes={name: wanted.run})
        else:
            self.store.note(name, wanted.run)

    def close(self) -> None:
        """Wait for the thread; what it found and nobody was told is found again."""
        self._thread.shutdown()
        if self._replays is not None:
            self._end(self._replays)
