"""A secret of random bytes in a file of its own, outside the database and its backups."""

import os
import secrets
import stat
from pathlib import Path


def load_or_create_secret(path: Path, *, size: int = 32) -> bytes:
    """Read the secret of `size` bytes; create it (0600, whole or not at all) on first use.

    PermissionError when anyone else may read or write it, ValueError when its size is another.
    """
    if not path.exists():
        _create(path, secrets.token_bytes(size))
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PermissionError(f"secret {path.name!r} is open to others; run chmod 600 on it")
        secret = file.read()
    if len(secret) != size:
        raise ValueError(f"secret {path.name!r} has {len(secret)!r} bytes, expected {size!r}")
    return secret


def put_secret(path: Path, secret: bytes, *, may_replace: bool) -> bool:
    """Let `path` hold this secret, which came from elsewhere; False when another one stands."""
    if path.exists():
        if path.read_bytes() == secret:
            return True
        if not may_replace:
            return False
        path.unlink()
    _create(path, secret)
    return path.read_bytes() == secret


def _create(path: Path, secret: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    finally:
        draft.unlink()


def _publish(draft: Path, path: Path) -> None:
    """Give the finished file its name, unless another process was first: then its secret stands."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
