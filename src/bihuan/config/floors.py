"""How much of each package the tests must run, and which lines they leave out.

A package's share is its lines and branches that ran, together, of all it has. `language`,
`matters`, `telemetry` and every `rules.py` are owed whole, everything else by 95 %. A package in
`STANDING` isn't there yet and may not fall below where it stands: raise its figure with the tests
that earn it, and take it out when it has what is owed.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

WHOLE = frozenset({"language", "matters", "telemetry"})
WHOLE_PERCENT = 100.0
REST_PERCENT = 95.0
# As last measured whole. `matters` was whole then: a line or two run only when two meet by chance.
STANDING: Mapping[str, float] = {"matters": 99.9, "telemetry": 99.9}


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What the tests leave out of one file: lines, and branches as (from line, to line)."""

    path: str
    lines: tuple[int, ...]
    branches: tuple[tuple[int, int], ...]

    def __str__(self) -> str:
        passed_over = set(self.lines)
        jumps = [f"{a}->{b if b > 0 else 'exit'}" for a, b in self.branches if a not in passed_over]
        return f"{self.path}: {', '.join([*_runs(self.lines), *jumps])}"


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of one package ran, in percent, against what it must."""

    package: str
    percent: float
    floor: float
    gaps: tuple[Gap, ...]

    @property
    def is_short(self) -> bool:
        """Whether less ran than must."""
        return self.percent < self.floor


def shares_of(
    measured: Mapping[str, Any], *, standing: Mapping[str, float] = STANDING
) -> list[Share]:
    """Shares of every package in the JSON report of coverage.py, by name."""
    files: dict[str, dict[str, Any]] = defaultdict(dict)
    for path, found in measured["files"].items():
        files[package_of(path)][path] = found
    return [
        Share(
            package=package,
            percent=_percent([found["summary"] for found in held.values()]),
            floor=standing.get(package, owed(package)),
            gaps=tuple(gap for path, found in sorted(held.items()) if (gap := _gap(path, found))),
        )
        for package, held in sorted(files.items())
    ]


def owed(package: str) -> float:
    """What style asks of a package, in percent."""
    is_whole = package in WHOLE or PurePosixPath(package).name == "rules.py"
    return WHOLE_PERCENT if is_whole else REST_PERCENT


def package_of(path: str) -> str:
    """The package of a file: its folder below `bihuan`; rules stand for themselves."""
    parts = PurePosixPath(path).parts
    inside = parts[parts.index("bihuan") + 1 :]
    if inside[-1] == "rules.py":
        return "/".join(inside)
    return inside[0] if len(inside) > 1 else "bihuan"


def _percent(summaries: list[Mapping[str, int]]) -> float:
    total = sum(one["num_statements"] + one["num_branches"] for one in summaries)
    ran = sum(one["covered_lines"] + one["covered_branches"] for one in summaries)
    return 100 * ran / total if total else 100.0


def _gap(path: str, found: Mapping[str, Any]) -> Gap | None:
    lines = tuple(found["missing_lines"])
    branches = tuple((start, end) for start, end in found["missing_branches"])
    return Gap(path=path, lines=lines, branches=branches) if lines or branches else None


def _runs(lines: tuple[int, ...]) -> list[str]:
    """Line numbers with neighbours drawn together: 3-5, 9."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return [f"{first}-{last}" if last > first else str(first) for first, last in runs]
