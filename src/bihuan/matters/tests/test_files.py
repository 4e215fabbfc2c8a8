"""The folder of files: whole files only, and no leftovers of processes that were killed."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from django.core.management import call_command

from bihuan.matters import files
from bihuan.matters.moment import now

DAY = timedelta(days=1)
KILLED_BEFORE_ITS_NAME = """
import os, signal, sys
from pathlib import Path
from django.conf import settings
settings.configure(HOME=sys.argv[1])
from bihuan.matters import files
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
files.keep(b"half a file")
"""


def parts(home: Path) -> list[Path]:
    return sorted((home / "files").glob(".part-*"))


def aged(part: Path, age: timedelta) -> Path:
    moment = (now() - age).timestamp()
    os.utime(part, (moment, moment))
    return part


def test_a_file_is_kept_once_under_its_digest(settings: Settings) -> None:
    digest = files.keep(b"bytes")
    assert files.keep(b"bytes") == digest
    assert files.read(digest) == b"bytes"
    kept = [path for path in (Path(settings.HOME) / "files").rglob("*") if path.is_file()]
    assert [path.name for path in kept] == [digest]


@pytest.mark.django_db
def test_worker_removes_what_a_killed_process_left(
    settings: Settings, one_connection: None
) -> None:
    home = Path(settings.HOME)
    killed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", KILLED_BEFORE_ITS_NAME, str(home)], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = parts(home)
    assert left.read_bytes() == b"half a file"
    digest = files.keep(b"half a file")
    aged(left, DAY - timedelta(minutes=5))
    call_command("work", "--once")
    assert parts(home) == [left]
    aged(left, DAY + timedelta(minutes=5))
    os.utime(home / "files" / digest[:2] / digest, (0, 0))
    call_command("work", "--once")
    assert not parts(home)
    assert files.read(digest) == b"half a file"


def test_a_write_that_fails_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        files.keep(b"more than fits")
    assert not parts(Path(settings.HOME))


def test_sweeping_before_any_file_is_there() -> None:
    assert files.sweep(now=now()) == 0
