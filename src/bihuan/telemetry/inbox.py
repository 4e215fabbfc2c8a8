"""Files of a folder, however deep, mine by mine."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.telemetry.envelopes import Name, name_of

BATCH_BYTES: Final = 16 * 1024 * 1024
_MORE_BYTES: Final = 1024 * 1024


class Found(NamedTuple):
    """A file with a good name; `path` is relative to the folder, with `/`."""

    name: Name
    path: str
    size: int


def listed(folder: Path) -> tuple[list[Found], list[str]]:
    """Regular files by what their names say, and the paths of those whose names are wrong.

    Links to files are files, links to folders aren't followed, nothing else is looked at.
    """
    found: list[Found] = []
    wrong: list[str] = []
    for entry, path in _entries(folder, ""):
        name = name_of(entry.name, path=path)
        if name is None:
            wrong.append(path)
        else:
            found.append(Found(name, path, entry.stat().st_size))
    return found, wrong


def batches(found: list[Found], *, bytes_each: int = BATCH_BYTES) -> Iterator[list[Found]]:
    """Files in the order of their keys, all of a mine together, about as many bytes each time."""
    mines: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        mines[one.name.mine].append(one)
    batch: list[Found] = []
    size = 0
    for _mine, held in sorted(mines.items()):
        batch += sorted(held, key=_key_of)
        size += sum(one.size for one in held)
        if size >= bytes_each:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def content_of(path: str, *, size: int) -> bytes:
    """The bytes of a file that had this size when it was listed; it may have grown."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = os.read(handle, size + 1)
        if len(content) == size:
            return content
        parts = [content]
        while part := os.read(handle, _MORE_BYTES):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def _entries(folder: Path | str, within: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{within}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{path}/")
            elif entry.is_file():
                yield entry, path


def _key_of(one: Found) -> tuple[bytes, bytes, bytes]:
    return one.name.key
