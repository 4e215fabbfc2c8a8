"""What a mine's own system says of its readings, against what is seen in them (T24).

Statistics (TJSJ) and abnormal states (YCBJ) never make an episode. They are only compared.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from bihuan.telemetry import alarms
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.differences import Difference, differences_sheet, said_of
from bihuan.telemetry.entries import Entry, entries_of
from bihuan.telemetry.figures import wrong_figures
from bihuan.telemetry.replay import LIMIT_KINDS, Judged
from bihuan.telemetry.sources import Rejected, Source

STATISTICS: Final = "TJSJ"


class Comparing:
    """Watches a replay that looks for episodes of limits, and keeps what differs.

    `compared` counts entries by kind, `set_aside` those of abnormal states that are no level of a
    limit, by state; `rejected` has too many or too few fields.
    """

    kinds: frozenset[str] = frozenset((STATISTICS, alarms.KIND))

    def __init__(self, by: Dialect) -> None:
        self.by = by
        self.found: list[Difference] = []
        self.compared: Counter[str] = Counter()
        self.set_aside: Counter[str] = Counter()
        self.rejected: list[Rejected] = []

    def passing(self, sources: Iterable[Source]) -> Iterator[Source]:
        """The files of readings, which are left alone."""
        yield from sources

    def take(self, judged: Judged) -> None:
        """Compare the mines of a batch."""
        statistics, abnormal = self._entries(judged.others)
        said, wrong = said_of(statistics, judged.points)
        counted, _places = judged.series.counted()
        self.found += [*wrong, *wrong_figures(said, counted, by=self.by)]
        said, wrong = said_of(abnormal, judged.points)
        episodes = [one for one in judged.episodes if one.kind in LIMIT_KINDS]
        senders = {one.name.mine for one in judged.others if one.name.kind == alarms.KIND}
        self.found += wrong
        self.found += alarms.wrong_alarms(
            said, episodes, judged.points, senders=senders, by=self.by
        )

    def sheet(self) -> bytes:
        """`compare.csv`."""
        return differences_sheet(self.found)

    def _entries(self, others: Iterable[Source]) -> tuple[list[Entry], list[Entry]]:
        """Statistics and abnormal states that can be compared."""
        found: dict[str, list[Entry]] = {STATISTICS: [], alarms.KIND: []}
        for source in others:
            if source.name.kind not in found:
                continue  # another watcher asked for it
            entries, rejected = entries_of(source, by=self.by)
            self.rejected += rejected
            for one in entries:
                state = one.cells.get("abnormal")
                if state is None or state in self.by.abnormal_levels:
                    found[source.name.kind].append(one)
                else:
                    self.set_aside[state] += 1
        self.compared.update({kind: len(held) for kind, held in found.items()})
        return found[STATISTICS], found[alarms.KIND]
