"""What a store needs beside commits: merged segments, old readings let go, files cleared away."""

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from bihuan.telemetry.intake.arriving import arrived_at
from bihuan.telemetry.live.faults import fault_told, is_of_content
from bihuan.telemetry.store.segments import Damaged
from bihuan.telemetry.store.store import Store

if TYPE_CHECKING:
    from bihuan.telemetry.store import compaction

LET_GO_EVERY_S: Final = 3600
FORGET_AT_ONCE: Final = 20_000
REST_S: Final = 3600.0
_UNMERGED: Final = (
    "有几个数据段合并不了（{}），一小时后再试；收件照常，读数都在。请交给维护人员。\n"
)


class Upkeep:
    """Done in small steps between commits; files are prepared in a thread of their own.

    `readings_days` and `rollups_days` say how long is kept, None for ever.
    """

    def __init__(
        self,
        store: Store,
        *,
        readings_days: int | None = None,
        rollups_days: int | None = None,
        say: Callable[[str], object] = sys.stderr.write,
    ) -> None:
        self.store, self.readings_days, self.rollups_days = store, readings_days, rollups_days
        self.say, self._rest_until = say, float("-inf")
        self._let_go_at: int | None = None
        self._is_forgetting = False
        self._preparing: Future[compaction.Prepared] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="merging")

    def step(self) -> None:
        """Swap in what lies ready, begin the next merge, let go of what is too old."""
        now = arrived_at()
        if self._preparing is None:
            self._begin(now)
        elif self._preparing.done():
            ready, self._preparing = self._preparing, None
            self._swap_in(ready, now)
        self.store.clear_away(now=now)

    def _swap_in(self, ready: "Future[compaction.Prepared]", now: int) -> None:
        """A merge that can't be made is left for a while: nothing but room depends on it."""
        try:
            self.store.swap(ready.result(), now=now)
        except Damaged as error:
            self.store.give_up(error)
        except BaseException as error:
            if not is_of_content(error):
                raise
            self._rest_until = time.monotonic() + REST_S
            self.say(_UNMERGED.format(fault_told(error)))

    def _begin(self, now: int) -> None:
        """A merge, or when nothing is worth one what is too old goes: never both at once."""
        is_resting = time.monotonic() < self._rest_until
        plan = None if is_resting else self.store.next_merge(now=now)
        if plan:
            self._preparing = self._thread.submit(self.store.prepare, plan)
            return
        is_due = self._let_go_at is None or not 0 <= now - self._let_go_at < LET_GO_EVERY_S
        if is_due and (self.readings_days or self.rollups_days):
            self._let_go_at = now
            self.store.let_go(
                now=self._aged(now),
                readings_days=self.readings_days,
                rollups_days=self.rollups_days,
            )
            self._is_forgetting = self.readings_days is not None
        elif self._is_forgetting and self.readings_days:
            count = self.store.forget_deliveries(
                now=self._aged(now), readings_days=self.readings_days, count=FORGET_AT_ONCE
            )
            self._is_forgetting = count == FORGET_AT_ONCE

    def _aged(self, now: int) -> int:
        """A clock that runs far ahead must not age what was kept."""
        return min(now, max((one.last_time for one in self.store.manifest()), default=now))

    def close(self) -> None:
        """Wait for the thread; what it prepared counts for nothing unless it was swapped in."""
        self._thread.shutdown()
