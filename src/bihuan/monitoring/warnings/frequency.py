"""Runs of days: when something happened so often within so many days that it counts as frequent."""

from collections.abc import Sequence
from datetime import date


def frequent_runs(days: Sequence[date], *, count: int, window_days: int) -> list[tuple[int, int]]:
    """(first, end) places of runs in ordered days: at least `count` within `window_days`.

    The day of the first isn't counted, so a window of 30 days that begins on 1 March reaches to
    31 March. A run goes on as far as its window; the next one begins after it.
    """
    if count < 1:
        raise ValueError(f"count {count!r} is no number of times")
    runs: list[tuple[int, int]] = []
    first = 0
    while first < len(days):
        end = first
        while end < len(days) and (days[end] - days[first]).days <= window_days:
            end += 1
        if end - first >= count:
            runs.append((first, end))
            first = end
        else:
            first += 1
    return runs
