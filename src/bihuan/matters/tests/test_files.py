"""The folder of files: whole files only, and no leftovers of processes that were killed."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from django.core.management import call_command
from tests.people import County

from bihuan.matters import files
from bihuan.matters.moment import now
from bihuan.matters.record_files import keep_file
from bihuan.matters.tests.test_write_record import PNG
from bihuan.matters.verify_files import spoilt_files

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


def test_files_kept_before_a_moment_are_told(settings: Settings) -> None:
    old, new = files.keep(b"old"), files.keep(b"new")
    aged(Path(settings.HOME) / "files" / old[:2] / old, 2 * DAY)
    assert list(files.kept_before(now() - DAY)) == [old]
    assert set(files.kept_before(now() + DAY)) == {old, new}


def test_removing_what_was_never_there_is_no_fault(settings: Settings) -> None:
    """Neither the file nor its folder, as after a round that was killed half-way."""
    files.remove("0" * 64)
    assert not (Path(settings.HOME) / "files").exists()
    digest = files.keep(b"bytes")
    files.remove("0" * 64)
    assert files.read(digest) == b"bytes"


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The disk takes so many bytes of a file and no more, as a full one does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_write_that_fails_leaves_nothing(settings: Settings) -> None:
    with room_for(4), pytest.raises(OSError, match="too large"):
        files.keep(b"more than fits")
    kept = (Path(settings.HOME) / "files").rglob("*")
    assert not [path for path in kept if path.is_file()]


def test_sweeping_before_any_file_is_there() -> None:
    assert files.sweep(now=now()) == 0


def test_a_part_that_is_finished_while_sweeping_is_left_to_its_writer(settings: Settings) -> None:
    folder = Path(settings.HOME) / "files"
    folder.mkdir()
    (folder / f"{files.PART}finished").symlink_to(folder / "moved")  # a name, and no file behind it
    assert files.sweep(now=now() + 9 * DAY) == 0


@pytest.mark.django_db
def test_a_file_named_twice_is_hashed_once_and_missed_twice(
    county: County, settings: Settings
) -> None:
    for account in ("office", "intake"):
        kept = keep_file(PNG, name="门口.png", by=county.actor(account), now=now())
    assert spoilt_files() == (1, [])
    (Path(settings.HOME) / "files" / kept.digest[:2] / kept.digest).unlink()
    fault = f"no matter: file {kept.digest} is gone or was changed"
    assert spoilt_files() == (1, [fault, fault])
