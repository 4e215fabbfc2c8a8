"""Files that came by HTTP, between the process that took them and the one that reads them.

A file is answered for once it lies here: written beside, synchronised, renamed, the folder
synchronised too. It goes when the commit that holds it is settled. What it is called here says
what it holds, so the same file put twice lies here once.
"""

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.telemetry.intake.arriving import Arrivals, Arrived, arrived_at

ROOM_BYTES: Final = 512 * 1024 * 1024
NAME_MAX: Final = 180
PERSONS_FOLDER: Final = "persons"  # reports of persons, until the desk has taken them
LOOK_S: Final = 0.2
_COUNT_S: Final = 1.0
_LEFT_OVER_S: Final = 3600.0
_UNFINISHED: Final = ".part"
_UNREAD: Final = "“{}”读不了（{}），留在原处，其余的照收。请检查磁盘。"
_HERE = re.compile(r"[0-9a-f]{64}_.+")
_log = logging.getLogger("bihuan.telemetry.spool")


class SpoolFull(Exception):  # noqa: N818 - an expected answer, not an error
    """As much waits as may wait; the sender comes again later."""


class Kept(NamedTuple):
    """What lies here: the file's name, how many bytes, their SHA-256 in hex."""

    name: str
    size: int
    digest: str


class Spool:
    """The side that puts files in; safe between threads and processes."""

    def __init__(self, folder: Path, *, room_bytes: int = ROOM_BYTES) -> None:
        self._folder = folder
        self._room_bytes = room_bytes
        self._counted_at = -_COUNT_S
        self._waiting = 0

    def keep(self, content: bytes, *, name: str) -> Kept:
        """Durable on return, once however often it comes; SpoolFull without room, or OSError."""
        kept = Kept(name, len(content), hashlib.sha256(content).hexdigest())
        path = self._folder / f"{kept.digest}_{name}"
        if not path.exists():
            _make(self._folder)
            if self._waiting_bytes() + len(content) > self._room_bytes:
                raise SpoolFull
            self._write(content, path)
            self._waiting += len(content)
        _synchronise(self._folder)  # another one may have renamed it a moment ago
        return kept

    def _waiting_bytes(self) -> int:
        """What waits, counted once a second and told apart meanwhile."""
        now = time.monotonic()
        if now - self._counted_at >= _COUNT_S:
            self._waiting = sum(size for _path, size, _at in _listed(self._folder))
            self._counted_at = now
        return self._waiting

    def _write(self, content: bytes, path: Path) -> None:
        beside = self._folder / f".{secrets.token_hex(8)}{_UNFINISHED}"
        try:
            with beside.open("xb", buffering=0) as file:
                _write_all(file.fileno(), content)
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def waiting(folder: Path) -> tuple[int, float | None]:
    """How many bytes wait here, and when the oldest file came, as `time.time()`; (0, None)."""
    try:
        found = list(_listed(folder))
    except FileNotFoundError:
        return 0, None
    oldest = min((at_ns for _path, _size, at_ns in found), default=None)
    return sum(size for _path, size, _at in found), oldest if oldest is None else oldest / 1e9


class SpoolReader:
    """The side that takes files out; one at a time for a folder.

    A file is offered once in the life of a reader, and again by the next one unless it was
    acknowledged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._in_hand: set[str] = set()
        self.troubles: list[str] = []  # what couldn't be read when it was last tried
        self._swept_at = -_LEFT_OVER_S
        _make(folder)

    def arrived(self) -> Iterator[Arrived]:
        """Files that weren't offered yet, the oldest first."""
        listed = sorted(_listed(self._folder), key=_age)
        self.troubles = []
        for path, _size, at_ns in listed:
            if path.name not in self._in_hand:
                try:
                    content = path.read_bytes()
                except FileNotFoundError:  # somebody tidied up by hand
                    continue
                except OSError as error:
                    self.troubles.append(_UNREAD.format(path, error.strerror))
                    continue
                self._in_hand.add(path.name)
                yield Arrived(
                    name=path.name.partition("_")[2],
                    path="",
                    content=content,
                    channel="http",
                    received_at=arrived_at(at_ns / 1e9),
                    acknowledge=partial(self._acknowledge, path),
                )

    def look(self, arrivals: Arrivals) -> int:
        """Offer what wasn't offered yet; how many files were. OSError when the disk fails."""
        self._sweep()
        offered = 0
        for one in self.arrived():
            if not arrivals.offer(one):
                break
            offered += 1
        return offered

    def forget(self) -> None:
        """What was offered may be offered again: nobody will acknowledge it any more."""
        self._in_hand.clear()

    def pass_on(self, arrivals: Arrivals) -> None:
        """Offer what comes until `arrivals` is closed; run it in a thread of its own."""
        while not arrivals.is_closed:
            try:
                self.look(arrivals)
            except OSError:  # a disk that fails now may answer again
                _log.exception("spool_unreadable folder=%r", str(self._folder))
            arrivals.rest(LOOK_S)

    def _acknowledge(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            _log.exception("spool_not_removed name=%r", path.name)
        else:
            self._in_hand.discard(path.name)

    def _sweep(self) -> None:
        """Remove, once an hour, what a killed process left unfinished: nobody was answered."""
        if time.monotonic() - self._swept_at < _LEFT_OVER_S:
            return
        self._swept_at = time.monotonic()
        for path in self._folder.glob(f".*{_UNFINISHED}"):
            if time.time() - path.stat().st_mtime > _LEFT_OVER_S:
                path.unlink(missing_ok=True)


def _listed(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Whole files: path, bytes, when they were written in nanoseconds; gone ones are left out."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _HERE.fullmatch(entry.name):
                continue
            try:
                told = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield Path(entry.path), told.st_size, told.st_mtime_ns


def _age(listed: tuple[Path, int, int]) -> tuple[int, str]:
    path, _size, at_ns = listed
    return at_ns, path.name


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _make(folder: Path) -> None:
    """The folder, and those above it, so that a loss of power doesn't take them away."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)
        _synchronise(folder.parent)


def _synchronise(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
