"""One process writes a store: a lock that the system takes back when its holder dies."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_NAME: Final = "lock"
_DIGITS: Final = 19


class FolderTaken(Exception):  # noqa: N818 - a sentence for the user
    """Another process holds the store; the message is a sentence for the user."""


class Lock:
    """Held from the beginning until `release`, or until the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take it; `FolderTaken` when another process, or this one, has it."""
        self._handle = os.open(folder / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 20, 0).decode(errors="replace").strip()
            os.close(self._handle)
            raise FolderTaken(
                f"监测数据文件夹 {folder} 正由进程 {holder or '（编号未写）'} 使用，"
                "同一文件夹只能由一个接收进程写入。请先停止该进程，或改用另一个文件夹。"
            ) from None
        with suppress(OSError):  # a full disk keeps nobody from holding it: this is only told
            os.pwrite(self._handle, f"{os.getpid():<{_DIGITS}}\n".encode(), 0)

    def release(self) -> None:
        """Let another process have it."""
        os.close(self._handle)
