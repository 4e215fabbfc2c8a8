"""The content-addressed folder: a file is kept once under the SHA-256 of its bytes."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

PART = ".part-"  # a file that isn't whole yet; a process that is killed leaves it behind
PART_AGE = timedelta(days=1)


def keep(data: bytes) -> str:
    """Store the bytes durably; returns their digest."""
    digest = hashlib.sha256(data).hexdigest()
    target = _path(digest)
    if _is_kept(target):
        return digest
    _make_folder(target.parent)
    handle, temporary = tempfile.mkstemp(prefix=PART, dir=_root())
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return digest


def has_room_for(size: int) -> bool:
    """Whether the disk keeps its reserve with so many bytes more: steps and readings need it."""
    free = shutil.disk_usage(settings.HOME).free
    return free - size >= int(settings.DISK_RESERVE_BYTES)


def read(digest: str) -> bytes:
    """The bytes behind a digest; raises FileNotFoundError when they are gone."""
    return _path(digest).read_bytes()


def kept_before(moment: datetime) -> Iterator[str]:
    """Digests of the files that were kept before a moment."""
    for path in _root().glob("??/*"):
        if _modified(path) < moment.timestamp():
            yield path.name


def remove(digest: str) -> None:
    """Take the file away for good; one that is gone already is fine."""
    target = _path(digest)
    target.unlink(missing_ok=True)
    if target.parent.exists():
        _sync_folder(target.parent)


def size(digest: str) -> int:
    """How many bytes a file has; 0 when it is gone."""
    try:
        return _path(digest).stat().st_size
    except FileNotFoundError:
        return 0


def kept() -> list[Path]:
    """Every whole file of the folder."""
    return sorted(path for path in _root().glob("??/*") if not path.name.startswith(PART))


def sweep(*, now: datetime) -> int:
    """Remove what killed processes left unfinished more than a day ago; returns how many."""
    oldest = (now - PART_AGE).timestamp()
    left = [part for part in _root().glob(f"{PART}*") if _modified(part) < oldest]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def _is_kept(target: Path) -> bool:
    """Whether it is there; it is as fresh as a new one then, so that no clearing takes it."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _root() -> Path:
    return Path(settings.HOME) / "files"


def _path(digest: str) -> Path:
    return _root() / digest[:2] / digest


def _modified(part: Path) -> float:
    try:
        return part.stat().st_mtime
    except FileNotFoundError:  # it was finished meanwhile
        return float("inf")


def _make_folder(folder: Path) -> None:
    """A new folder is a name in the one above, which the disk has to have as well."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
