"""The files of long work: one folder a job, gone a few days after it ended.

They are no evidence and stand in no backup: an input is the asker's own file, a result can be
made anew.
"""

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

STRAY_AGE = timedelta(days=1)
_CODE = re.compile(r"[0-9a-f]{32}")


def input_path(code: str) -> Path:
    """Where the file stands that was sent along."""
    return _folder(code) / "input"


def result_path(code: str) -> Path:
    """Where the finished result stands."""
    return _folder(code) / "result"


def part_path(code: str, *, holder: str) -> Path:
    """Where one attempt writes; another attempt never writes into the same file."""
    return _folder(code) / f"part-{holder}"


def make_folder(code: str) -> None:
    """The folder of a job; only this program reads it."""
    _folder(code).mkdir(parents=True, exist_ok=True, mode=0o700)


def keep_input(code: str, data: bytes) -> None:
    """Write what was sent along, onto the disk before its job is on file."""
    make_folder(code)
    path = input_path(code)
    with path.open("wb") as file:
        file.write(data)
        _settle(file.fileno())


def keep_result(code: str, *, holder: str) -> None:
    """The attempt's file becomes the result, whole or not at all."""
    part = part_path(code, holder=holder)
    with part.open("rb+") as file:
        _settle(file.fileno())
    part.replace(result_path(code))


def forget_input(code: str) -> None:
    """The file that was sent along, and what attempts left, go as soon as the job is over."""
    folder = _folder(code)
    for path in (folder / "input", *folder.glob("part-*")):
        path.unlink(missing_ok=True)


def forget(code: str) -> None:
    """The whole folder."""
    shutil.rmtree(_folder(code), ignore_errors=True)


def strays(known: set[str], *, now: datetime) -> list[str]:
    """Folders without a job, older than a day: of processes that were killed while asking."""
    oldest = (now - STRAY_AGE).timestamp()
    found = [path for path in _root().glob("*") if _CODE.fullmatch(path.name)]
    return [path.name for path in found if path.name not in known and path.stat().st_mtime < oldest]


def _root() -> Path:
    return Path(settings.HOME) / "jobs"


def _folder(code: str) -> Path:
    if not _CODE.fullmatch(code):
        raise ValueError(f"not the code of a job: {code!r}")
    return _root() / code


def _settle(handle: int) -> None:
    os.fsync(handle)
