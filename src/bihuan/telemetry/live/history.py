"""What the judge asks of the store: readings, episodes and definitions that are settled."""

from collections.abc import Collection
from typing import Protocol

import polars as pl

from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.store.commits import Told


class History(Protocol):
    """Times in seconds, bounds inclusive, None is no bound; points that aren't known give nothing.

    The rows of the commit that is being judged are already there, its definitions and episodes
    aren't. Rows of later commits may be there too (segments beside an older database): what is
    said in the end doesn't change, episodes may only be raised earlier.
    """

    def standing(
        self, points: Collection[str], *, since: int | None = None, until: int | None = None
    ) -> pl.DataFrame:
        """Readings by (point, time), each once (T5): point, time, value, status, is_ahead."""
        ...

    def present(
        self, points: Collection[str], *, since: int, until: int, before: int
    ) -> pl.DataFrame:
        """The different (point, time) of rows of commits numbered below `before`, in any order."""
        ...

    def episodes(
        self, points: Collection[str] | None = None, *, since: int | None = None
    ) -> list[Standing]:
        """Episodes of any state that last at `since` or later."""
        ...

    def definitions(self, points: Collection[str] | None = None) -> dict[str, list[Told]]:
        """What was told of each point."""
        ...
