"""Which files are in hand: what ends the process without an exception is found all the same.

A fault of native code, or a machine without memory, leaves nothing but a process that is gone,
and who starts it again gives it the same files. So what is in hand is written down before it is
read, and struck out after. After two such ends files are taken one by one; one that was in hand
alone at two of them isn't read a third time. The note is never synchronised: it is worth nothing
after a loss of power, which is no file's fault.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bihuan.telemetry.intake.arriving import Arrived

NAME: Final = "in-hand.json"
_PART: Final = ".part"
ENDS_MAX: Final = 2


class Ended(Exception):  # noqa: N818 - never raised; it stands for what left no exception
    """A process ended with this file in hand."""


class Hands:
    """What one process holds of a store's files; made while the store is locked."""

    def __init__(self, folder: Path) -> None:
        """Read what the process before this one held when it ended, if it did."""
        self._path = folder / NAME
        self.ends = 0
        self._alone: dict[str, int] = {}
        with suppress(OSError, ValueError, TypeError, KeyError):
            told = json.loads(self._path.read_bytes())
            self.ends, self._alone = int(told["ends"]) + 1, dict(told["alone"])
            if told["now"]:
                self._alone[told["now"]] = self._alone.get(told["now"], 0) + 1

    def apart(self, group: list[Arrived]) -> list[list[Arrived]]:
        """What to take together: one by one as long as one of them may be deadly."""
        if self.ends < ENDS_MAX:
            return [group] if group else []
        if not group:  # all that there was is taken
            self.ends, self._alone = 0, {}
        return [[one] for one in group]

    def is_deadly(self, group: Sequence[Arrived]) -> bool:
        """Whether this file was in hand alone when processes ended."""
        return len(group) == 1 and self._alone.get(_digest_of(group[0]), 0) >= ENDS_MAX

    @contextmanager
    def holding(self, group: Sequence[Arrived]) -> Iterator[None]:
        """Note what is in hand, until it is taken or something was raised."""
        is_alone = self.ends >= ENDS_MAX and len(group) == 1
        now = _digest_of(group[0]) if is_alone else ""
        told = {"ends": self.ends, "alone": self._alone, "now": now}
        with suppress(OSError):  # on a full disk nothing is read either
            part = self._path.with_name(f"{NAME}{_PART}")
            part.write_text(json.dumps(told), "ascii")
            part.replace(self._path)
        try:
            yield
        finally:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def _digest_of(one: Arrived) -> str:
    return hashlib.sha256(one.content).hexdigest()
