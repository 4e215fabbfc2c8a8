"""The watched inbox: what a mine's transfer leaves in a folder, however deep.

A file is taken when its end is there, and leaves the inbox once its commit is settled. Whoever
writes may write slowly, write under another name and rename, or send a file again meanwhile: what
isn't whole yet waits for ten minutes without change, what changed after it was read stays.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from bihuan.telemetry.envelopes import Name, name_of
from bihuan.telemetry.inbox import content_of
from bihuan.telemetry.intake.arriving import FILE_BYTES_MAX, Arrivals, Arrived, arrived_at

PATIENCE_S: Final = 600
# A folder that was read so soon after its time of change may have changed again within the same
# tick of its clock; a whole second is what file systems tell that keep no parts of seconds.
_TICK_NS: Final = 100_000_000
_COARSE_TICK_NS: Final = 2_000_000_000
_SECOND_NS: Final = 1_000_000_000
_LOOK_EVERYWHERE_S: Final = 60.0
_END: Final = b"||"
_UNREAD: Final = "“{}”读不了（{}），留在原处，其余的照收。请核对权限，须让收件进程能读。"
_UNMOVED: Final = "“{}”已收下，移不走（{}），留在原处。请核对收件目录和 taken/ 的权限、剩余空间。"


class _Seen(NamedTuple):
    """What a file was when it was looked at: a change of any of these is another content."""

    inode: int
    size: int
    changed_ns: int


@dataclass(slots=True)
class _Waiting:
    """A file that isn't whole, and since when it has been just so."""

    seen: _Seen
    since: float


class _Found(NamedTuple):
    path: str
    name: Name | None
    seen: _Seen


@dataclass(slots=True)
class _Folder:
    """A folder of the inbox as it was read last; one that `is_due` is read anew in any case."""

    path: str
    full: str
    changed_ns: int = 0
    is_due: bool = True
    folders: "list[_Folder]" = field(default_factory=list)

    def within(self, name: str) -> str:
        """The path in the inbox of something in this folder."""
        return f"{self.path}/{name}" if self.path else name


class WatchedFolder:
    """Offers the files of an inbox; moves them to `taken` or `refused` when acknowledged.

    `taken` must lie on the same file system as the inbox. One thread looks, another acknowledges.
    A file of more than `file_bytes_max` isn't read; it is refused once nothing more is added.
    """

    def __init__(
        self,
        inbox: Path,
        *,
        taken: Path,
        patience_s: float = PATIENCE_S,
        file_bytes_max: int = FILE_BYTES_MAX,
    ) -> None:
        self.inbox, self.taken, self.patience_s = inbox, taken, patience_s
        self.file_bytes_max = file_bytes_max
        self._root = os.fspath(inbox)
        self._whole = _Folder("", self._root)
        self._offered: dict[str, _Seen] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._everywhere_at = float("-inf")
        self._troubles: dict[str, str] = {}
        self._unmoved: set[str] = set()
        self._made: set[str] = set()  # folders of `taken` that are there
        inbox.mkdir(parents=True, exist_ok=True)

    def look(self, arrivals: Arrivals) -> int:
        """Offer what is whole, in the order of T1; how many files were offered."""
        found = sorted(self._news(), key=_order_of)
        offered = 0
        for one in found:
            arrived = self._arrived(one)
            if arrived is None:
                continue
            self._offered[one.path] = one.seen
            if not arrivals.offer(arrived):
                del self._offered[one.path]
                break
            offered += 1
        return offered

    def forget(self) -> None:
        """What was offered may be offered again: nobody will acknowledge it any more."""
        self._offered.clear()
        self._everywhere_at = float("-inf")

    @property
    def troubles(self) -> list[str]:
        """What couldn't be read or moved when it was last tried, a sentence each."""
        return sorted(self._troubles.copy().values())

    def _news(self) -> Iterator[_Found]:
        """Files that are neither offered nor waiting as they are."""
        now = time.monotonic()
        if now - self._everywhere_at >= _LOOK_EVERYWHERE_S:
            self._everywhere_at = now
            self._made.clear()
            self._whole = _Folder("", self._root)
            self._troubles.clear()
            while self._unmoved:  # what is offered again, and known, is moved again
                self._offered.pop(self._unmoved.pop(), None)
        for folder in self._due():
            yield from self._read(folder)

    def _due(self) -> Iterator[_Folder]:
        """Folders that have changed, or may have, those found on the way included."""
        stat = os.stat  # of thousands of folders, four times a second: little else is done here
        pending = [self._whole]  # what is yielded is read before its folders are looked at
        unfinished = {path.rpartition("/")[0] for path in self._waiting}
        while pending:
            folder = pending.pop()
            try:
                changed_ns = stat(folder.full).st_mtime_ns
            except OSError as error:
                folder.is_due, folder.folders = True, []
                self._unread(folder.path, error)
                continue
            if folder.is_due or changed_ns != folder.changed_ns or folder.path in unfinished:
                folder.changed_ns = changed_ns
                folder.is_due = time.time_ns() - changed_ns < _tick_of(changed_ns)
                yield folder
            if folder.folders:
                pending += folder.folders

    def _read(self, folder: _Folder) -> Iterator[_Found]:
        known = {one.path: one for one in folder.folders}
        folder.folders = []
        entries: list[os.DirEntry[str]] = []
        with self._reading(folder.path):
            entries = list(os.scandir(folder.full))
        present = {folder.within(entry.name) for entry in entries}
        for path in [one for one in self._waiting if one.rpartition("/")[0] == folder.path]:
            if path not in present:  # renamed or taken away
                del self._waiting[path]
        for entry in entries:
            path = folder.within(entry.name)
            if entry.is_dir(follow_symlinks=False):
                folder.folders.append(known.get(path) or _Folder(path, entry.path))
            elif not entry.name.startswith("."):
                yield from self._unseen(entry, path)

    def _unseen(self, entry: "os.DirEntry[str]", path: str) -> Iterator[_Found]:
        with self._reading(path):  # when it was renamed, it is found under its new name
            if not entry.is_file():
                return
            seen = _seen(entry.stat())
            if self._offered.get(path) != seen:
                yield _Found(path, name_of(entry.name, path=path), seen)

    @contextmanager
    def _reading(self, path: str) -> Iterator[None]:
        """What can't be read stays where it is, and keeps nobody from reading the others."""
        try:
            yield
        except OSError as error:
            self._unread(path, error)

    def _unread(self, path: str, error: OSError) -> None:
        if not path and not isinstance(error, FileNotFoundError):
            raise error  # nothing at all can be read
        if not isinstance(error, FileNotFoundError):
            self._troubles[path] = _UNREAD.format(self.inbox / path, error.strerror)

    def _arrived(self, one: _Found) -> Arrived | None:
        """The file's bytes when it is to be taken now."""
        is_patient, is_large = self._is_over(one), one.seen.size > self.file_bytes_max
        if (one.name is None or is_large) and not is_patient:
            return None  # another name may come: many write first and rename then
        content = b"" if is_large else self._content(one)
        if content is None or (_END not in content and not is_patient):
            return None
        self._waiting.pop(one.path, None)
        return Arrived(
            name=one.path.rpartition("/")[2],
            path=one.path,
            content=content,
            channel="folder",
            received_at=arrived_at(),
            acknowledge=_Moving(self, one),
            fault="size" if is_large else "",
        )

    def _content(self, one: _Found) -> bytes | None:
        """The bytes, None when they aren't those that were seen."""
        content: bytes | None = None
        with self._reading(one.path):
            content = content_of(f"{self._root}/{one.path}", size=one.seen.size)
        return content if content is not None and len(content) == one.seen.size else None

    def _is_over(self, one: _Found) -> bool:
        """Whether the file has stayed as it is for so long that nothing more will come.

        Both clocks count: the system's, so that a restart doesn't begin anew, and the one that
        nobody can set back.
        """
        now = time.monotonic()
        held = self._waiting.get(one.path)
        if held is None or held.seen != one.seen:
            held = self._waiting[one.path] = _Waiting(one.seen, now)
        by_file_s = time.time() - one.seen.changed_ns / 1e9
        return max(now - held.since, by_file_s) >= self.patience_s

    def acknowledge(self, one: _Found) -> None:
        """Move a settled file out of the inbox, unless it was replaced since it was read.

        What can't be moved stays: it is on record, so it is only tried again now and then.
        """
        try:
            self._move(one)
        except OSError as error:
            self._troubles[one.path] = _UNMOVED.format(self.inbox / one.path, error.strerror)
            self._unmoved.add(one.path)
        else:
            self._offered.pop(one.path, None)

    def _move(self, one: _Found) -> None:
        source, target = f"{self._root}/{one.path}", self.place_of(one.path)
        try:
            os.rename(source, target)  # noqa: PTH104 - hundreds a second
        except FileNotFoundError:
            if not os.path.lexists(source):
                return  # its sender took it away
            self._made.clear()  # somebody cleared `taken` up meanwhile
            target = self.place_of(one.path)
            os.rename(source, target)  # noqa: PTH104
        with suppress(FileNotFoundError):  # who clears `taken` up may be as quick
            if _seen(os.stat(target)) != one.seen:  # noqa: PTH116
                _put_back(Path(target), Path(source))

    def place_of(self, path: str) -> str:
        """Where a taken file goes; the same path again gets a number."""
        target = place = f"{self.taken}/{time.strftime('%Y%m%d')}/{path}"
        folder = target.rpartition("/")[0]
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._made.add(folder)
        number = 1
        while os.path.lexists(place):
            number += 1
            place = f"{target}.{number}"
        return place


@dataclass(frozen=True, slots=True)
class _Moving:
    """The acknowledgement of one file."""

    folder: WatchedFolder
    one: _Found

    def __call__(self) -> None:
        self.folder.acknowledge(self.one)


def _put_back(moved: Path, source: Path) -> None:
    """Give back a file that came while its forerunner was being taken, unless another came.

    Then the newer one is there already, and this one stays beside what was taken.
    """
    with suppress(FileExistsError):
        source.hardlink_to(moved)
        moved.unlink()


def _seen(told: os.stat_result) -> _Seen:
    return _Seen(told.st_ino, told.st_size, told.st_mtime_ns)


def _tick_of(changed_ns: int) -> int:
    return _TICK_NS if changed_ns % _SECOND_NS else _COARSE_TICK_NS


def _order_of(one: _Found) -> tuple[bool, tuple[bytes, bytes, bytes]]:
    """Whole names first, in the order of T1."""
    if one.name is None:
        return True, (b"", b"", os.fsencode(one.path))
    return False, one.name.key
