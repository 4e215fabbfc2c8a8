"""The store of readings as the pages of this process read it: one reader, one at a time."""

import atexit
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bihuan.monitoring.alarms.readings import ledger_folder
from bihuan.telemetry.store.schema import NAME, WrongFormat

if TYPE_CHECKING:
    from bihuan.telemetry.store.readers import Reader

TROUBLES: Final = (OSError, sqlite3.Error, WrongFormat)


@dataclass
class _Held:
    """The reader that is open, and which file it reads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    reader: "Reader | None" = None
    mark: tuple[str, int, int] | None = None

    def let_go(self) -> None:
        """Close what is open."""
        if self.reader is not None:
            self.reader.close()
        self.reader, self.mark = None, None


_HELD: Final = _Held()
atexit.register(_HELD.let_go)


@contextmanager
def reading() -> Iterator["Reader | None"]:
    """The reader, None where nothing was taken in yet; opened anew when the ledger is another.

    A reader whose question failed is let go, so that a broken connection isn't asked again.
    """
    with _HELD.lock:
        reader = _opened()
        try:
            yield reader
        except BaseException:
            _HELD.let_go()
            raise


def _opened() -> "Reader | None":
    path = ledger_folder() / NAME
    if not path.exists():
        _HELD.let_go()
        return None
    about = path.stat()
    mark = (str(path), about.st_dev, about.st_ino)
    if _HELD.mark != mark:
        # Loads polars: only where somebody looks at readings.
        from bihuan.telemetry.store.readers import Reader  # noqa: PLC0415 - see above

        _HELD.let_go()
        _HELD.reader, _HELD.mark = Reader(path.parent), mark
    return _HELD.reader
