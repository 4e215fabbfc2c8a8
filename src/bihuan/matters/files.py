"""The content-addressed folder: a file is kept once under the SHA-256 of its bytes."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def keep(data: bytes) -> str:
    """Store the bytes durably; returns their digest."""
    digest = hashlib.sha256(data).hexdigest()
    target = _path(digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(target)
    _sync_folder(target.parent)
    return digest


def read(digest: str) -> bytes:
    """The bytes behind a digest; raises FileNotFoundError when they are gone."""
    return _path(digest).read_bytes()


def _path(digest: str) -> Path:
    return Path(settings.HOME) / "files" / digest[:2] / digest


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
