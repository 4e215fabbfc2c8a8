"""The throw-away PostgreSQL: where its programs are looked for, and what is said without them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bihuan.config.throwaway import NoPostgresError, find_programs, throwaway_postgres

pytestmark = pytest.mark.once


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user may read, and in which PATH ends."""
    made = Path(tempfile.mkdtemp(prefix="bihuan-programs-"))
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{made}/15/bin")
    yield made
    shutil.rmtree(made)


def programs(folder: Path, **codes: int) -> Path:
    """Programs that only end, each with its code."""
    place = folder / "15" / "bin"
    place.mkdir(parents=True)
    for name, code in codes.items():
        (place / name).write_text(f"#!/bin/sh\nexit {code}\n", "ascii")
        (place / name).chmod(0o755)
    return place


def test_without_its_programs_it_says_what_to_install(folder: Path) -> None:
    with (
        pytest.raises(NoPostgresError, match="请安装 postgresql"),
        throwaway_postgres(installed=folder),
    ):
        raise AssertionError("a server without programs")


def test_programs_are_found_where_they_are_installed_or_on_the_path(folder: Path) -> None:
    assert find_programs(folder) is None
    place = programs(folder, initdb=0, postgres=0)
    assert find_programs(folder) == place
    assert find_programs(folder / "elsewhere") == place
    (place / "postgres").unlink()
    assert find_programs(folder) is None


def test_a_server_that_ends_at_once_is_not_waited_for(folder: Path) -> None:
    programs(folder, initdb=0, postgres=1, pg_isready=2)
    with (
        pytest.raises(NoPostgresError, match="启动"),
        throwaway_postgres(installed=folder),
    ):
        raise AssertionError("a server that has ended")


def test_it_answers_while_the_block_runs_and_leaves_nothing() -> None:
    if find_programs() is None:
        pytest.skip("no PostgreSQL on this machine")
    with throwaway_postgres() as url, psycopg.connect(url) as link:
        found = link.execute("SHOW data_directory").fetchone()
        assert found is not None
        assert Path(found[0]).parent.exists()
    assert not Path(found[0]).parent.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
