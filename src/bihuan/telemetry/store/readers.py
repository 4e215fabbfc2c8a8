"""What screens ask of readings, in any process: charts, a mine's wall, the worst points."""

import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from bihuan.telemetry.notation import DAY_S
from bihuan.telemetry.store import keeping
from bihuan.telemetry.store.compaction import run_of
from bihuan.telemetry.store.ledger import Ledger
from bihuan.telemetry.store.order import standing_of
from bihuan.telemetry.store.ranking import Alarmed, Ranking
from bihuan.telemetry.store.rollups import WIDTHS, rolled, rolled_in, wider
from bihuan.telemetry.store.segments import FOLDER, Kind, Segment
from bihuan.telemetry.store.versions import touched, versions_of

BUCKETS: Final = 2_000
SILENT_S: Final = DAY_S
_WIDTHS: Final = (60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, DAY_S)
_TRIES: Final = 5


class Chart(NamedTuple):
    """What to draw: readings as `order.STANDING` when `width` is 0, else buckets as `ROLLED`."""

    width: int
    rows: pl.DataFrame


class Reader:
    """Reads a store that another process may write at the same time.

    Every method may raise `OSError`, `sqlite3.Error` and `segments.Damaged`. Times in seconds,
    ends inclusive. Readings are those that stand (T5) of commits that are settled.
    """

    def __init__(self, folder: Path) -> None:
        """Open the ledger of a store for reading."""
        self.files = folder / FOLDER
        self.ledger = Ledger(folder, is_read_only=True)
        self._ranking = Ranking(self.ledger)

    def close(self) -> None:
        """Let go of the ledger."""
        self.ledger.close()

    def readings(self, points: Collection[str], *, since: int, until: int) -> pl.DataFrame:
        """The readings of points, as `order.STANDING`, sorted by (point, time)."""
        return _again(lambda: self._readings(points, since, until))

    def chart(
        self, points: Collection[str], *, since: int, until: int, buckets: int = BUCKETS
    ) -> Chart:
        """The readings of points, or not more than so many buckets of each.

        Buckets are whole: the first and last reach beyond the period.
        """
        return _again(lambda: self._chart(points, since, until, buckets))

    def versions(self, points: Collection[str], *, since: int, until: int) -> pl.DataFrame:
        """Every version of the readings of points, as `order.VERSIONS`: which file said what."""
        return _again(
            lambda: versions_of(
                self.files,
                touched(self._listed(points, since, until)),
                points=points,
                since=since,
                until=until,
            )
        )

    def newest(self, points: Collection[str], *, silent_s: int = SILENT_S) -> pl.DataFrame:
        """The newest reading of each point; of points silent longer than that none is looked for.

        Silence is counted from the newest reading of these points.
        """
        return _again(lambda: self._newest(points, silent_s))

    def points_of(self, mine: str) -> list[str]:
        """The points of a mine that were ever defined."""
        sql = "SELECT DISTINCT point FROM told WHERE point >= ? AND point < ? ORDER BY point"
        return [point for (point,) in self.ledger.rows.execute(sql, (mine, f"{mine}\uffff"))]

    def most_alarmed(self, *, since: int, until: int, count: int = 20) -> list[Alarmed]:
        """The points that were longest in alarm in a period; open episodes last to its end.

        The first call reads all episodes, later ones only what changed.
        """
        return self._ranking.longest(since=since, until=until, count=count)

    def left(self) -> dict[str, keeping.Left]:
        """How far readings and roll-ups reach back, and what they take."""
        return keeping.left(self.ledger.segments())

    def _listed(
        self, points: Collection[str], since: int | None, until: int | None
    ) -> list[Segment]:
        ends = min(points), max(points)
        return self.ledger.segments(points=ends, since=since, until=until)

    def _readings(self, points: Collection[str], since: int, until: int) -> pl.DataFrame:
        if not points:
            return standing_of(versions_of(self.files, [], points=points))
        since = max(since, keeping.kept(self.files).readings_from * DAY_S)
        found = self._listed(points, since, until)
        return standing_of(versions_of(self.files, found, points=points, since=since, until=until))

    def _chart(self, points: Collection[str], since: int, until: int, buckets: int) -> Chart:
        width = width_of(until - since + 1, buckets)
        first, last = since // width * width, until // width * width + width - 1
        if width >= min(WIDTHS.values()):
            return Chart(width, self._rolled(points, first, last, width))
        rows = self._readings(points, first, last)
        within = rows.filter(pl.col("time").is_between(since, until))
        if _most(within) <= buckets:
            return Chart(0, within)
        return Chart(width, rolled(rows, width))

    def _rolled(self, points: Collection[str], since: int, until: int, width: int) -> pl.DataFrame:
        """Buckets from roll-ups where they hold all of a day, else from readings."""
        kind: Kind = "hour" if width % WIDTHS["hour"] == 0 else "ten_minutes"
        found = self._listed(points, since, until) if points else []
        with_rows = touched(found)
        kept = keeping.kept(self.files).readings_from
        ready = _whole_days(found, with_rows, kind, kept)
        rest = [one for one in with_rows if any(day not in ready for day, _rows in one.days)]
        files = [one for of_day in ready.values() for one in of_day]
        parts = [rolled_in(self.files, files, points=points, since=since, until=until)]
        if rest:
            begin = max(since, kept * DAY_S)
            versions = versions_of(self.files, rest, points=points, since=begin, until=until)
            is_ready = (pl.col("time") // DAY_S).is_in(list(ready))
            parts.append(rolled(standing_of(versions.filter(~is_ready)), WIDTHS[kind]))
        joined = pl.concat(parts).sort("point", "time")
        return wider(joined, width)

    def _newest(self, points: Collection[str], silent_s: int) -> pl.DataFrame:
        wanted = set(points)
        found = touched(self._listed(points, None, None)) if points else []
        found.sort(key=_last_time_of, reverse=True)
        rows = versions_of(self.files, [], points=[])
        oldest = None
        for one in found:
            if oldest is not None and one.last_time < oldest:
                break
            rows = _last_rows(pl.concat([rows, versions_of(self.files, [one], points=wanted)]))
            times = rows.get_column("time")
            if len(rows):
                is_whole = rows.n_unique("point") == len(wanted)
                ends = times.min() if is_whole else times.max() - silent_s  # type: ignore[operator]
                oldest = int(ends)  # type: ignore[arg-type]
        return standing_of(rows)


def _again[T](read: Callable[[], T]) -> T:
    """Read with a newer manifest when a file was merged into another one meanwhile."""
    for _try in range(_TRIES - 1):
        try:
            return read()
        except FileNotFoundError:
            time.sleep(0.01)
    return read()


def width_of(span: int, buckets: int) -> int:
    """Seconds of a bucket, so that no more are needed; there may be one begun at each end."""
    fitting = span / max(buckets - 2, 1)
    for width in _WIDTHS:
        if width >= fitting:
            return width
    return -int(-fitting // DAY_S) * DAY_S


def _most(rows: pl.DataFrame) -> int:
    """The rows of the point that has most."""
    return int(rows.group_by("point").len().get_column("len").max() or 0)  # type: ignore[arg-type]


def _last_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """All versions of the newest reading of each point."""
    return rows.filter(pl.col("time") == pl.col("time").max().over("point"))


def _whole_days(
    found: list[Segment], with_rows: list[Segment], kind: Kind, readings_from: int
) -> dict[int, list[Segment]]:
    """Days whose roll-ups hold everything of what was asked for: the files of each."""
    runs: dict[int, set[int]] = {}
    for one in with_rows:
        for day, _rows in one.days:
            run = run_of(one) if one.kind == "rows" else -1
            runs.setdefault(day, set()).add(run)
    ready: dict[int, list[Segment]] = {}
    for one in found:
        if one.kind == kind:
            of_day = runs.get(one.day, set())
            if one.day < readings_from or of_day == {run_of(one)}:
                ready.setdefault(one.day, []).append(one)
    return ready


def _last_time_of(one: Segment) -> tuple[int, str]:
    return one.last_time, one.name
