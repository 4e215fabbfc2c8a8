"""Sums of what the test regimes make, so that nobody changes them after a detector is tuned."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from bihuan.telemetry.simulation.county import county_of
from bihuan.telemetry.simulation.county_files import pages
from bihuan.telemetry.simulation.regimes import FROZEN, TEST, Regime

# Besides what they make, the words of the regimes themselves.
_WRITTEN: Final = (TEST,)


def sums_of(regime: Regime) -> dict[str, str]:
    """The sha256 of every file of a regime by `regime/file`."""
    made = pages(county_of(regime))
    return {f"{regime.name}/{name}": sha256(page).hexdigest() for name, page in made.items()}


def frozen_sums(path: Path = FROZEN) -> dict[str, str]:
    """The sums that are committed, in the form of `sha256sum`."""
    lines = path.read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def written_sums() -> dict[str, str]:
    """The sums of the files that the regimes are written in."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in _WRITTEN}


def sheet(frozen: Iterable[Regime]) -> Iterator[str]:
    """The lines of `regimes.sha256`: once written, they are only ever compared with."""
    sums = written_sums()
    for regime in frozen:
        sums |= sums_of(regime)
    for name, digest in sums.items():
        yield f"{digest}  {name}\n"
