"""A signal that stands still or is silent while its neighbours send: AY-38-3 屏蔽."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

STEP = timedelta(hours=1)
type Hours = Mapping[datetime, Decimal]


@dataclass(frozen=True, kw_only=True)
class Screened:
    """A signal suspected of being screened from a moment on."""

    series: str
    began_at: datetime
    is_missing: bool
    value: Decimal
    neighbours: tuple[str, ...]


def screened(series: Mapping[str, Hours], *, hours: int) -> list[Screened]:
    """Flat or missing for so many hours on end, with neighbours that sent and moved meanwhile.

    A value of zero that stays is no screening: what stands still has nothing to tell.
    """
    found = []
    for key, values in series.items():
        for began_at, is_missing in _runs(values, _span(series), hours=hours):
            window = [began_at + STEP * step for step in range(hours)]
            others = tuple(
                other for other, told in series.items() if other != key and _moves(told, window)
            )
            if others:
                value = Decimal(0) if is_missing else values[began_at]
                found.append(
                    Screened(
                        series=key,
                        began_at=began_at,
                        is_missing=is_missing,
                        value=value,
                        neighbours=others,
                    )
                )
    return found


def _span(series: Mapping[str, Hours]) -> tuple[datetime, datetime]:
    moments = [at for values in series.values() for at in values]
    return min(moments), max(moments)


def _runs(
    values: Hours, span: tuple[datetime, datetime], *, hours: int
) -> list[tuple[datetime, bool]]:
    """Where runs of that length begin; a run that goes on is told once. Before the first value
    nothing is missing: the signal may not have been there."""
    runs: list[tuple[datetime, bool]] = []
    at, began, before = min(values), min(values), values[min(values)]
    current: Decimal | None = before
    while at < span[1]:
        at += STEP
        following = values.get(at)
        if following != current:
            current, began = following, at
        if at - began == STEP * (hours - 1) and current != 0:
            runs.append((began, current is None))
    return runs


def _moves(values: Hours, window: list[datetime]) -> bool:
    told = [values[at] for at in window if at in values]
    return len(told) == len(window) and len(set(told)) > 1
