"""Files that no reading of ours could be made of: kept as they came, each with the reason.

What stands here was acknowledged and is on record as refused, so it must be as durable as a
segment. A file has the digest of its bytes for its name: its own may be of any length.
"""

import json
import traceback
from pathlib import Path
from typing import Final

from bihuan.telemetry.intake.arriving import Arrived
from bihuan.telemetry.store import disk

FOLDER: Final = "set_aside"  # below that of the store
_FILE, _REASON = ".file", ".json"
_MESSAGE_MAX: Final = 500


def keep_aside(folder: Path, arrived: Arrived, *, digest: str, error: BaseException) -> Path:
    """Keep a file and why it is here, durable on return; where it lies. `OSError`."""
    place = folder / FOLDER
    if not place.is_dir():
        place.mkdir(exist_ok=True, mode=0o700)
        disk.settle_folder(folder)
    told = {
        "name": arrived.name,
        "path": arrived.path,
        "channel": arrived.channel,
        "received_at": arrived.received_at,
        "error": type(error).__name__,
        "where": where_of(error),
        "message": str(error)[:_MESSAGE_MAX],
    }
    kept = place / f"{digest}{_FILE}"
    disk.put(kept, arrived.content)
    disk.put(kept.with_suffix(_REASON), json.dumps(told, indent=1).encode())
    return kept


def kept_aside(folder: Path) -> int:
    """How many files lie aside in a store's folder."""
    return sum(1 for _ in (folder / FOLDER).glob(f"*{_FILE}"))


def where_of(error: BaseException) -> str:
    """Where in the program it was raised: nothing of the file."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
