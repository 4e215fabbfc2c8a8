"""Files take the place of others all at once: written down first, then carried out.

New files lie ready under another name until the swap is written down; from then on it is carried
out, after a kill too. So which files count can always be told from the folder alone.
"""

import json
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.telemetry.store import disk

NEW: Final = ".new"
_PREFIX: Final = "swap-"
_SUFFIX: Final = ".json"


class Swap(NamedTuple):
    """Files that come and files that go; `number` is in the names of those that come."""

    number: int
    come: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file that says so."""
        return f"{_PREFIX}{self.number:08}{_SUFFIX}"


def lay_ready(folder: Path, name: str, content: bytes) -> None:
    """Write a file that doesn't count yet."""
    disk.put_part(folder / f"{name}{NEW}", content)


def write_down(folder: Path, swap: Swap) -> None:
    """From here on the new files count, and the old ones don't."""
    disk.settle_folder(folder)
    disk.put(folder / swap.name, json.dumps(swap).encode())


def bring_in(folder: Path, swap: Swap) -> None:
    """Give the new files their names; again if it was done already."""
    for name in swap.come:
        ready = folder / f"{name}{NEW}"
        if ready.exists():
            ready.rename(folder / name)
    disk.settle_folder(folder)


def clear_away(folder: Path, swap: Swap) -> None:
    """Delete the old files, then what is written of the swap; again if it was begun already."""
    for name in swap.gone:
        (folder / name).unlink(missing_ok=True)
    disk.settle_folder(folder)
    (folder / swap.name).unlink(missing_ok=True)


def throw_away(folder: Path, swap: Swap) -> None:
    """Delete new files that lie ready and aren't wanted any more."""
    for name in swap.come:
        (folder / f"{name}{NEW}").unlink(missing_ok=True)


def written(folder: Path) -> list[Swap]:
    """Swaps that are written down, in their order; `ValueError` when one can't be read."""
    found = []
    for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
        number, come, gone = json.loads(path.read_bytes())
        found.append(Swap(int(number), tuple(come), tuple(gone)))
    return found
