"""Spans of time, pure: which parts of one nothing covers, and how many minutes these are."""

from collections.abc import Iterable
from datetime import datetime, timedelta

type Span = tuple[datetime, datetime]
_MINUTE = timedelta(minutes=1)


def gaps(whole: Span, covers: Iterable[Span]) -> list[Span]:
    """The parts of a span that no cover reaches, in order."""
    start, end = whole
    found, at = [], start
    for first, last in sorted(covers):
        if first > at:
            found.append((at, min(first, end)))
        at = max(at, last)
        if at >= end:
            break
    if at < end:
        found.append((at, end))
    return [(first, last) for first, last in found if first < last]


def without(covers: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Covers less the holes in them: a camera that was broken filmed nothing."""
    holes = list(holes)
    return [part for cover in covers for part in gaps(cover, holes)]


def minutes(spans: Iterable[Span]) -> int:
    """Minutes of spans together, a begun minute counted whole so that no gap reads 0."""
    total = sum((last - first for first, last in spans), timedelta())
    return -(-total // _MINUTE)
