"""Retention: how long a class of data is kept once its matter is closed, and what is left then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One thing of a class that is still there.

    `what` is its permanent name within the matter and tells nothing of the content. `digest` is
    the SHA-256 of sealed or stored bytes, empty for a text in clear, which a digest might betray.
    """

    what: str
    size: int
    digest: str = ""
    file: str = ""  # digest of the file in the folder that carries it


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a row that may be destroyed stands: emptied, or still there with its file."""

    matter_id: int
    what: str
    is_empty: bool
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """A class of data of one kind of matter that may be destroyed some time after closing.

    `param` names the pack parameter with the days, counted from the day after closing; unset
    means kept for good. `narrows` leaves of a queryset of matters those that still hold some;
    `holdings` lists them for one matter; `erase` takes the named ones out of their rows;
    `standing` yields every row of the class for `verify`.
    """

    key: str
    label: str
    kind: str
    param: str
    what: str
    leaves: str
    told: str  # what the reporter reads on the page of his receipt; {day} is filled in
    narrows: Callable[[Any], Any]
    holdings: Callable[[int], tuple[Holding, ...]]
    erase: Callable[..., None]
    standing: Callable[[], Iterable[Standing]]
    basis: tuple[str, ...] = ()


def kept_until(closed_on: date, *, days: int) -> date:
    """The last day of keeping; from the next one on the data may be destroyed."""
    return closed_on + timedelta(days=days)
