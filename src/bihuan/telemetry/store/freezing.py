"""A store as of one moment, beside the one that goes on: what a backup takes its time over.

Files that were answered for come first, then the ledger, then the segments that it lists. So
whatever is settled meanwhile is in the first or in the others. Segments never change, and those
that were merged stay for a minute: a link to each is made at once and stays as long as it must.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from bihuan.telemetry.intake import aside
from bihuan.telemetry.live.engine import SNAPSHOT
from bihuan.telemetry.store import folder as folders
from bihuan.telemetry.store import keeping, ledger, segments

SPOOL: Final = "spool"
_TRIES: Final = 3


def freeze(store: Path, into: Path) -> list[str]:
    """Lay everything that can't be derived into an empty folder; names of segments that are gone.

    Both must be on one file system, or all is copied. `OSError`, `sqlite3.Error`.
    """
    _take(store / SPOOL, into / SPOOL, _names(store / SPOOL))
    if not (store / ledger.NAME).exists():
        return []
    gone = _settled(store, into)
    place = Path(segments.FOLDER, folders.ASIDE)
    _take(store / place, into / place, _names(store / place))
    _take(store / aside.FOLDER, into / aside.FOLDER, _names(store / aside.FOLDER))
    return gone


def _settled(store: Path, into: Path) -> list[str]:
    """The ledger with the segments that it lists: again when they were merged meanwhile."""
    found, kept = store / segments.FOLDER, into / segments.FOLDER
    gone: list[str] = []
    for _try in range(_TRIES):
        shutil.rmtree(kept, ignore_errors=True)
        _take(store, into, [SNAPSHOT])  # one of a later commit than the ledger's is of no use
        _copy_ledger(store / ledger.NAME, into / ledger.NAME)
        listed = ledger.Ledger(into, is_read_only=True)
        try:
            names = [one.name for one in listed.segments()]
        finally:
            listed.close()
        gone = _take(found, kept, names)
        if not gone:
            break
    _take(found, kept, [keeping.NAME])
    return gone


def _copy_ledger(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy, pages=-1)  # in one step: with pauses, every commit would begin it anew
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it


def _names(folder: Path) -> list[str]:
    """Whole files of a folder; those that are being written have a dot before."""
    with suppress(FileNotFoundError):
        return sorted(
            one.name for one in os.scandir(folder) if one.is_file() and not one.name.startswith(".")
        )
    return []


def _take(source: Path, target: Path, names: Iterable[str]) -> list[str]:
    """Link files into a folder, or copy them; names of those that are gone."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    gone = []
    for name in names:
        place = target / name
        place.unlink(missing_ok=True)
        try:
            _link(source / name, place)
        except FileNotFoundError:
            gone.append(name)
    return gone


def _link(source: Path, place: Path) -> None:
    try:
        place.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, place)
