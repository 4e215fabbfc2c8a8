"""What the process that takes readings in says of itself, for whoever asks in another process.

A small file, renamed into place every few seconds and never synchronised: it is worth nothing
after a loss of power. Moments are those of `time.time()`.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NAME: Final = "ingest.json"
_PART: Final = ".part"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heartbeat:
    """`failing` is what the storage said last, `feeds` and `troubles` are sentences.

    All three are empty when all is well; `feeds` aren't since `away_since`. `committed_at` is kept
    from process to process.
    """

    at: float
    committed_at: float | None = None
    files: int = 0
    readings: int = 0
    waiting_bytes: int = 0
    failing: str = ""
    feeds: tuple[str, ...] = ()
    away_since: float | None = None
    troubles: tuple[str, ...] = ()


def heartbeat_of(folder: Path) -> Heartbeat | None:
    """The last one of a store's folder; None when there is none that can be read."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        told = json.loads((folder / NAME).read_bytes())
        for name in ("feeds", "troubles"):
            told[name] = tuple(map(str, told[name]))
        return Heartbeat(**told)
    return None


def write_heartbeat(folder: Path, told: Heartbeat) -> None:
    """Take the place of the one before; a full disk keeps nobody from going on."""
    part = folder / f"{NAME}{_PART}"
    with suppress(OSError):
        part.write_text(json.dumps(asdict(told)), "ascii")
        part.replace(folder / NAME)
