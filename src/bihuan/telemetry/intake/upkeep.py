"""What a store needs beside commits: merged segments, old readings let go, files cleared away."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from bihuan.telemetry.intake.arriving import arrived_at
from bihuan.telemetry.store.segments import Damaged
from bihuan.telemetry.store.store import Store

if TYPE_CHECKING:
    from bihuan.telemetry.store import compaction

LET_GO_EVERY_S: Final = 3600


class Upkeep:
    """Done in small steps between commits; files are prepared in a thread of their own.

    `readings_days` and `rollups_days` say how long is kept, None for ever.
    """

    def __init__(
        self, store: Store, *, readings_days: int | None = None, rollups_days: int | None = None
    ) -> None:
        self.store, self.readings_days, self.rollups_days = store, readings_days, rollups_days
        self._let_go_at: int | None = None
        self._preparing: Future[compaction.Prepared] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="merging")

    def step(self) -> None:
        """Swap in what lies ready, begin the next merge, let go of what is too old."""
        now = arrived_at()
        if self._preparing is None:
            self._begin(now)
        elif self._preparing.done():
            ready, self._preparing = self._preparing, None
            try:
                self.store.swap(ready.result(), now=now)
            except Damaged as error:
                self.store.give_up(error)
        self.store.clear_away(now=now)

    def _begin(self, now: int) -> None:
        """A merge, or when nothing is worth one what is too old goes: never both at once."""
        plan = self.store.next_merge(now=now)
        if plan:
            self._preparing = self._thread.submit(self.store.prepare, plan)
            return
        is_due = self._let_go_at is None or not 0 <= now - self._let_go_at < LET_GO_EVERY_S
        if is_due and (self.readings_days or self.rollups_days):
            self._let_go_at = now
            # A clock that runs far ahead must not age what was kept.
            newest = max((one.last_time for one in self.store.manifest()), default=now)
            self.store.let_go(
                now=min(now, newest),
                readings_days=self.readings_days,
                rollups_days=self.rollups_days,
            )

    def close(self) -> None:
        """Wait for the thread; what it prepared counts for nothing unless it was swapped in."""
        self._thread.shutdown()
