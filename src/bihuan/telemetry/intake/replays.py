"""Which days are still to be looked at for what was played again, and the look, beside commits."""

import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from bihuan.telemetry.cddy import ANALOGUE
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.live.hints import judged
from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.repeats import KIND, REACH_S
from bihuan.telemetry.store.compaction import run_of
from bihuan.telemetry.store.readers import Reader
from bihuan.telemetry.store.segments import Segment

NOTED: Final = "replayed "  # the day follows, the value is the run that was looked at
SLICE_S: Final = 0.5
POINTS_EACH: Final = 24  # a row group has about so many points of a day


class Settled(NamedTuple):
    """A day (as segments count) whose readings are one run, and until when readings count."""

    day: int
    run: int
    until: int


def settled(
    manifest: Sequence[Segment], noted: dict[int, int], *, readings_from: int
) -> Settled | None:
    """The earliest day that is settled and wasn't looked at as it is now, None without any.

    A day that was looked at before needs the readings of the reach before it: without them it
    stays as it is told.
    """
    runs = {one.day: run_of(one) for one in manifest if one.kind == "hour"}
    reach = -(-REACH_S // DAY_S) + 1
    for day, run in sorted(runs.items()):
        is_known = day < readings_from + (reach if readings_from and day in noted else 0)
        if noted.get(day) != run and not is_known:
            last = max([day, *noted])
            return Settled(day, run, (last + 1) * DAY_S - 1)
    return None


class Replays:
    """Looks at one settled day, a slice of a second at a time; in a thread of its own."""

    def __init__(self, folder: Path, wanted: Settled, *, by: Dialect) -> None:
        """Open the ledger for reading; `sqlite3.Error`."""
        self.wanted, self.by = wanted, by
        self.is_over, self.took_s = False, 0.0
        self._reader = Reader(folder)
        self._groups = self._all(self._reader)

    def step(self) -> list[Standing]:
        """What is told otherwise of the next points; `is_over` after the last ones.

        `took_s` is how long it took. `OSError`, `sqlite3.Error`, and `segments.Damaged`.
        """
        found, begun = list[Standing](), time.monotonic()
        source, since = _Source(self._reader), self.wanted.day * DAY_S
        for points in self._groups:
            found += judged(points, source, since=since, until=self.wanted.until)
            self.took_s = time.monotonic() - begun
            if self.took_s >= SLICE_S:
                break
        else:
            self.is_over = True
        return found

    def close(self) -> None:
        """Let go of the ledger."""
        self._reader.close()

    def _all(self, reader: Reader) -> Iterator[list[str]]:
        """The analogue points, those of one mine together."""
        place = self.by.layouts["CDDY"].place("value_kind")
        for mine in reader.ledger.mines():
            told = reader.ledger.definitions(reader.points_of(mine))
            points = [point for point, held in told.items() if held[-1].fields[place] == ANALOGUE]
            for begin in range(0, len(points), POINTS_EACH):
                yield points[begin : begin + POINTS_EACH]


class _Source:
    """The readings and hints of a store, for reading."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def readings(self, points: Collection[str], *, since: int, until: int) -> pl.DataFrame:
        """The readings that stand, by (point, time)."""
        return self.reader.readings(points, since=since, until=until)

    def hints(self, points: Collection[str], *, since: int) -> list[Standing]:
        """What was told to be played again and ended then or later, of any state."""
        return self.reader.ledger.episodes(points, kinds={KIND}, since=since)

    def has_episode(self, number: int) -> bool:
        """Whether an id is taken."""
        return self.reader.ledger.has_episode(number)
