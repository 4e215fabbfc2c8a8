"""Counts of a mine and a day: what came, and what became of it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bihuan.telemetry.live.identity import Tally
from bihuan.telemetry.notation import DAY_S, stamp_of
from bihuan.telemetry.store.commits import Delivery

FIELDS: Final = Tally._fields[2:]
_DAY_LETTERS: Final = 10
_DAYS: Final = 1 << 24  # days up to the year 9999 are below 2 ** 22


class Tallies:
    """The counts of one commit; readings belong to the day of their own time.

    Rejected records have none that could be trusted, so they belong to that of their file's name.
    """

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[int, int], list[int]] = defaultdict(
            lambda: [0] * len(FIELDS)
        )

    def add(self, mine: NDArray[np.integer], time: NDArray[np.integer], **signs: int) -> None:
        """Count readings by the numbers of their mines; `signs` says what one adds to a field."""
        if not len(mine):
            return
        key = mine.astype(np.int64)
        key *= _DAYS
        first, last = int(time.min()) // DAY_S, int(time.max()) // DAY_S
        key += first if first == last else time // DAY_S
        # A mine's readings of a day mostly stand together.
        begins = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        counts = np.diff(np.append(begins, len(key)))
        for one, times in zip(key[begins].tolist(), counts.tolist(), strict=True):
            held = self.counts[divmod(one, _DAYS)]
            for name, sign in signs.items():
                held[FIELDS.index(name)] += sign * times

    def told(self, mines: list[str], deliveries: Iterable[Delivery]) -> list[Tally]:
        """All counts that aren't nought, with those of rejected records."""
        named = defaultdict[tuple[str, int], list[int]](list)
        for (mine, day), counts in self.counts.items():
            named[mines[mine], day] = counts
        for one in deliveries:
            if one.kind == "CDSS" and one.moment is not None and one.rejected:
                held = named[one.mine, one.moment // DAY_S] or [0] * len(FIELDS)
                held[FIELDS.index("received")] += one.rejected
                held[FIELDS.index("rejected")] += one.rejected
                named[one.mine, one.moment // DAY_S] = held
        days = {day: stamp_of(day * DAY_S)[:_DAY_LETTERS] for _mine, day in named}
        return [
            Tally(mine, days[day], *counts)
            for (mine, day), counts in sorted(named.items())
            if any(counts)
        ]
