"""A disk that is full when told: a file system of a few megabytes, or a limit on files' sizes.

A mount in a name space of this process alone needs no clean-up and is seen by nobody else. Where
mounting isn't allowed (a container without rights), what the processes may write is limited
instead: that always works, so that the suite never has to be skipped.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

PRIVATE = 1 << 18  # MS_PRIVATE
RECURSIVE = 1 << 14  # MS_REC
DETACH = 2  # MNT_DETACH
TOP_UP_S = 0.05
BLOCK = 4096


class MountedDisk:
    """A tmpfs over a folder; a filler takes its room away, again and again."""

    way = "full disk"

    def __init__(self, folder: Path) -> None:
        self.filler = folder / "filler"
        self._stopping = Event()
        self._thread: Thread | None = None

    def fill(self) -> None:
        """Take all the room, also what becomes free meanwhile."""
        self._stopping = Event()
        self._thread = Thread(target=self._keep_full, args=(self._stopping,), daemon=True)
        self._thread.start()

    def make_room(self) -> None:
        """Give the room back."""
        self._stopping.set()
        if self._thread:
            self._thread.join()
        self.filler.unlink(missing_ok=True)

    def _keep_full(self, stopping: Event) -> None:
        with self.filler.open("wb") as file:
            while not stopping.is_set():
                found = os.statvfs(self.filler)
                size = file.seek(0, os.SEEK_END)
                left = found.f_bavail * found.f_frsize
                self._take(file.fileno(), size, left)
                stopping.wait(TOP_UP_S)

    def _take(self, handle: int, size: int, left: int) -> None:
        while left >= BLOCK:
            try:
                os.posix_fallocate(handle, size, left)
            except OSError:
                left //= 2  # somebody was quicker
                continue
            return


class LimitedFiles:
    """No file of these processes may grow beyond what the largest one has now."""

    way = "limited files"

    def __init__(
        self,
        processes: Callable[[], list[int]],
        largest: Callable[[], int],
        *,
        owner: int | None = None,
    ) -> None:
        self._processes, self._largest, self._owner = processes, largest, owner

    def fill(self) -> None:
        """Set the limit; what they start from now on inherits it."""
        self._limit(str(self._largest() + BLOCK))

    def make_room(self) -> None:
        """Take the limit away."""
        self._limit("unlimited")

    def _limit(self, most: str) -> None:
        """As their own user: root without every right may not limit those of others."""
        for pid in self._processes():
            told = ["prlimit", "--pid", str(pid), f"--fsize={most}:"]
            subprocess.run(told, check=False, user=self._owner, cwd="/", capture_output=True)  # noqa: S603


def mounted(folder: Path, *, megabytes: int, owner: int | None = None) -> bool:
    """Lay a file system of that size over a folder; False where this isn't allowed."""
    options = f"size={megabytes}m,mode=700" + (f",uid={owner}" if owner else "")
    try:
        os.unshare(os.CLONE_NEWNS)
        _call("mount", b"none", b"/", None, PRIVATE | RECURSIVE, None)
        _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options.encode())
    except OSError:
        return False
    return True


def unmounted(folder: Path) -> None:
    """Take it away, whoever still stands in it."""
    _call("umount2", os.fsencode(folder), DETACH)


def _call(name: str, *given: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*given) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
