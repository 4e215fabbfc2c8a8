"""Readings that were played again (T16), asked of the store when a day is settled: a hint."""

from collections.abc import Collection

from bihuan.telemetry import repeats
from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.live.history import History
from bihuan.telemetry.live.terms import Terms
from bihuan.telemetry.series import series_of
from bihuan.telemetry.store.rows import readings_of


def replays(
    points: Collection[str],
    history: History,
    *,
    by: Dialect,
    since: int | None = None,
    until: int | None = None,
) -> dict[str, list[Episode]]:
    """Unions of windows that repeat earlier ones, of defined points, by point.

    Those that end between the bounds (seconds, inclusive). A match looks back for seven days and
    a union may be longer, so readings are taken from two reaches before `since` on: a union that
    is older than that begins there.
    """
    terms = Terms(by)
    told = history.definitions(sorted(set(points)))
    defined = {point: terms.held(held) for point, held in told.items() if held}
    begin = None if since is None else since - 2 * repeats.REACH_S
    readings = readings_of(history.standing(list(defined), since=begin, until=until))
    series = series_of(readings, terms.in_force(defined[one] for one in readings.points))
    counted, _places = series.counted()
    found: dict[str, list[Episode]] = {}
    for one in repeats.repeats(counted):
        if since is None or (one.ended_at or 0) >= since:
            found.setdefault(readings.points[one.point], []).append(one)
    return found
