"""A part of `bench telemetry` without a store, in a process of its own: `replay` or `bare`."""

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl

from bihuan.telemetry.inbox import content_of
from bihuan.telemetry.replay import replay

BARE_BYTES = 2 * 1024 * 1024  # the fastest of 1, 2, 4, 8 and 64 MiB


def main() -> None:
    """Print the figures of one part as JSON."""
    mode, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps({"replay": replayed, "bare": bare}[mode](folder)))


def replayed(folder: Path) -> dict[str, float]:
    """Files to episodes without any store."""
    replay(_smallest(folder))
    return timed(lambda: replay(folder).counts.readings)


def bare(folder: Path) -> dict[str, float]:
    """The fastest parse that could be found: four columns as plain texts, nothing judged."""

    def parsed(of: Path) -> int:
        count, some, size = 0, list[bytes](), 0
        for path in sorted(of.rglob("*_CDSS_*")):
            content = content_of(os.fspath(path), size=path.stat().st_size)
            some.append(content[content.index(b"~") + 1 : -2])
            size += len(content)
            if size >= BARE_BYTES:
                count += _rows(some)
                some, size = [], 0
        return count + (_rows(some) if some else 0)

    parsed(_smallest(folder))
    return timed(lambda: parsed(folder))


def _smallest(folder: Path) -> Path:
    """A mine to begin with: what a process loads once isn't what is measured."""
    return min(folder.iterdir())


def _rows(records: list[bytes]) -> int:
    rows = pl.scan_csv(
        b"".join(records),
        has_header=False,
        separator=";",
        eol_char="~",
        quote_char=None,
        schema={str(place): pl.String() for place in range(7)},
    )
    return len(rows.select("0", "3", "5", "6").collect())


def timed(work: Callable[[], int]) -> dict[str, float]:
    """Points per CPU-second of a piece of work that says how many points it took."""
    before = _cpu()
    count = work()
    spent = _cpu() - before
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"points": count, "rate": count / spent / 1e6, "resident_mb": resident}


def _cpu() -> float:
    """CPU-seconds of all threads of this process, in the kernel too."""
    told = resource.getrusage(resource.RUSAGE_SELF)
    return told.ru_utime + told.ru_stime


if __name__ == "__main__":
    main()
