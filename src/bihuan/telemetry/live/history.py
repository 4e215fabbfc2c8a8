"""What the judge asks of the store: readings, episodes and definitions that are settled."""

from collections.abc import Collection
from typing import Protocol

import polars as pl

from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.store.commits import Told


class History(Protocol):
    """Times in seconds, bounds inclusive, None is no bound; points that aren't known give nothing.

    The rows of the commit that is being judged are already there, those of later ones aren't; its
    definitions and episodes aren't.
    """

    def standing(
        self,
        points: Collection[str],
        *,
        since: int | None = None,
        until: int | None = None,
        upto: int | None = None,
    ) -> pl.DataFrame:
        """Readings by (point, time), each once (T5): point, time, value, status, is_ahead.

        `upto` leaves out the rows of commits with a higher number.
        """
        ...

    def episodes(
        self, points: Collection[str] | None = None, *, since: int | None = None
    ) -> list[Standing]:
        """Episodes of any state that last at `since` or later."""
        ...

    def definitions(self, points: Collection[str] | None = None) -> dict[str, list[Told]]:
        """What was told of each point."""
        ...

    def last_id(self) -> int:
        """The highest id that was counted, 0 before the first: below `identity.HINTS_FROM`."""
        ...

    def rules(self) -> int:
        """Which limits of packs judged last, as `slots.rules_of` tells; 0 for none."""
        ...
