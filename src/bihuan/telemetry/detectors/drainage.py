"""Drainage rate of gas by month: drained / (drained + carried off by ventilation), AY-21-7."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month's rate in percent, None without data, and the month before where it fell."""

    first: date
    rate: Decimal | None
    fell_from: Decimal | None = None


def rate(drained: Decimal | None, vented: Decimal | None) -> Decimal | None:
    """The share drained, in percent to one place; None where either is missing or both are 0."""
    if drained is None or vented is None or drained + vented == 0:
        return None
    return round(drained * 100 / (drained + vented), 1)


def months(
    drained: Mapping[date, Decimal], vented: Mapping[date, Decimal], firsts: Sequence[date]
) -> list[Month]:
    """Rates of these months in order; a fall is against the month just before, if it has one."""
    found: list[Month] = []
    for first in firsts:
        value = rate(drained.get(first), vented.get(first))
        before = found[-1].rate if found else None
        fell = before is not None and value is not None and value < before
        found.append(Month(first=first, rate=value, fell_from=before if fell else None))
    return found
