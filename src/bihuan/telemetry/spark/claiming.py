"""Files of the inbox, moved into a folder for each micro-batch.

Spark asks for the same micro-batch again after a failure and must get the same files. So what is
whole is moved (a rename) into the folder of the next one, and nothing is added to that folder once
the one after it was asked for. A driver killed between finds the folder as it left it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.telemetry.envelopes import name_of
from bihuan.telemetry.inbox import content_of
from bihuan.telemetry.intake.arriving import FILE_BYTES_MAX, Arrivals, Arrived, arrived_at
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.spark.layout import Layout, shard_of

BATCH_BYTES: Final = 256 * 1024 * 1024


class Claimed(NamedTuple):
    """A file of a micro-batch; `path` relative to the inbox, in the bytes of the file system."""

    shard: int
    batch: int
    path: bytes


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """What the driver knows of the inbox; everything else is on the disk."""

    inbox: Path
    root: Path
    shards: int
    file_bytes_max: int = FILE_BYTES_MAX
    batch_bytes: int = BATCH_BYTES


class Claims:
    """Takes files from an inbox, one micro-batch after the other; one thread, one process."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox, self.layout = inbox, Layout(inbox.root)
        self._folder = _Claiming(inbox)

    def first(self) -> int:
        """The micro-batch to begin with where Spark's checkpoint is new, or was lost.

        What was put away is settled; what wasn't may be, then it is recognised.
        """
        waiting = _numbers_in(self.layout.arriving)
        return min(waiting) if waiting else max(_numbers_in(self.layout.taken), default=-1) + 1

    def claim(self, number: int) -> list[Claimed]:
        """The files of this micro-batch, taken from the inbox now unless they were before."""
        found = self.claimed(number)
        if not found:
            self._folder.number = number
            self._folder.look(_Room(room_bytes=self.inbox.batch_bytes))
            found = self.claimed(number)
        return found

    def claimed(self, number: int) -> list[Claimed]:
        """The files of this micro-batch, in the order of their paths."""
        shards = self.inbox.shards
        return sorted(
            Claimed(shard_of(_subject_of(path), shards=shards), number, os.fsencode(path))
            for path in _paths_in(self.layout.batch(number), "")
        )

    def put_away(self, number: int) -> None:
        """Micro-batches below this one are over: nobody asks for them any more."""
        self.layout.taken.mkdir(parents=True, exist_ok=True)
        for one in _numbers_in(self.layout.arriving):
            if one < number:
                (self.layout.arriving / str(one)).rename(self.layout.taken / str(one))


def arrived_of(layout: Layout, one: Claimed, *, file_bytes_max: int) -> Arrived:
    """The file as it came; `OSError` when it can't be read."""
    path = os.fsdecode(one.path)
    place = layout.batch(one.batch) / path
    size = place.stat().st_size
    is_large = size > file_bytes_max
    return Arrived(
        name=path.rpartition("/")[2],
        path=path,
        content=b"" if is_large else content_of(os.fspath(place), size=size),
        channel="folder",
        received_at=arrived_at(),
        acknowledge=_nothing,
        fault="size" if is_large else "",
    )


class _Claiming(WatchedFolder):
    """An inbox whose files go to the micro-batch `number`."""

    def __init__(self, inbox: Inbox) -> None:
        layout = Layout(inbox.root)
        super().__init__(inbox.inbox, taken=layout.taken, file_bytes_max=inbox.file_bytes_max)
        self.arriving, self.number = layout.arriving, 0

    def place_of(self, path: str) -> str:
        """In the folder of the micro-batch, under the same path."""
        place = self.arriving / str(self.number) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return os.fspath(place)


class _Room(Arrivals):
    """Lets files be moved at once, until so many bytes were."""

    def offer(self, arrived: Arrived, *, wait_s: float | None = None) -> bool:  # noqa: ARG002
        """Take it unless there is no room; it stays in the inbox then."""
        if self._room_bytes <= 0:
            return False
        self._room_bytes -= len(arrived.content)
        arrived.acknowledge()
        return True


def _subject_of(path: str) -> bytes:
    name = name_of(path.rpartition("/")[2], path=path)
    return name.mine.encode() if name else os.fsencode(path)


def _numbers_in(folder: Path) -> list[int]:
    return [int(one.name) for one in folder.glob("[0-9]*")]


def _paths_in(folder: Path, within: str) -> Iterator[str]:
    if not folder.exists():
        return
    for entry in os.scandir(folder):
        path = f"{within}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _paths_in(folder / entry.name, f"{path}/")
        else:
            yield path


def _nothing() -> None:
    """The micro-batch is told as a whole."""
