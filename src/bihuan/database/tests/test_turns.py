"""The turn to write: one holder at a time, nothing to wait for elsewhere, freed by a kill."""

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bihuan.database import turns
from bihuan.database.turns import turn_to_write

HOLDER = """
import fcntl, os, sys, time
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@dataclass
class Standing:
    """What the turn asks of Django's connection."""

    name: str
    vendor: str = "sqlite"
    in_atomic_block: bool = False
    settings_dict: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings_dict["NAME"] = self.name


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of SQLite that lies in a file."""
    path = tmp_path / "bihuan.sqlite3"
    monkeypatch.setattr(turns, "connection", Standing(str(path)))
    return path


def test_the_second_waits_for_the_first(database: Path) -> None:
    told: list[str] = []
    holds, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with turn_to_write():
            holds.set()
            may_end.wait(10)
            told.append("first")

    def second() -> None:
        with turn_to_write():
            told.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert holds.wait(10)
    threads[1].start()
    threads[1].join(0.2)
    assert threads[1].is_alive()
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert told == ["first", "second"]


def test_a_killed_holder_frees_the_turn(database: Path) -> None:
    lock = f"{database}-turn"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLDER, lock], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        with turn_to_write():
            assert Path(lock).exists()


def test_the_turn_is_given_back_when_the_block_fails(database: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyError), turn_to_write():
            raise KeyError


@pytest.mark.parametrize(
    ("vendor", "name", "is_inside"),
    [
        ("postgresql", "bihuan", False),
        ("sqlite", "file:memorydb_default?mode=memory&cache=shared", False),
        ("sqlite", "{folder}/bihuan.sqlite3", True),
    ],
)
def test_nothing_is_waited_for_where_there_is_no_line(
    vendor: str, name: str, is_inside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing = Standing(name.format(folder=tmp_path), vendor=vendor, in_atomic_block=is_inside)
    monkeypatch.setattr(turns, "connection", standing)
    with turn_to_write():
        assert list(tmp_path.iterdir()) == []
