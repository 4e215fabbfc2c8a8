"""Files that are there whole or not at all, whenever the power goes."""

import os
from pathlib import Path
from typing import Final

PART: Final = ".part"


def put(path: Path, content: bytes) -> None:
    """Durable under its name on return; `OSError` leaves at most a part under another name."""
    part = path.with_name(path.name + PART)
    put_part(part, content)
    part.rename(path)
    settle_folder(path.parent)


def put_part(path: Path, content: bytes) -> None:
    """The content durable, the name not yet."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
