"""Backup while serving, restore into an empty folder, verify after: by the verbs."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bihuan.config.tests.processes import PROJECT, run, serving, surroundings
from bihuan.config.throwaway import NoPostgresError, throwaway_postgres

pytestmark = [pytest.mark.slow, pytest.mark.once]

KEPT = "a file of the deployment"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Two empty databases: one to fill, one to restore into; "" is the file of the folder."""
    if request.param == "sqlite":
        yield "", ""
        return
    try:
        with throwaway_postgres() as url:
            with psycopg.connect(url, autocommit=True) as server:
                for name in ("first", "second"):
                    server.execute(f"CREATE DATABASE {name}")
            bare = url.removesuffix("/postgres")
            yield f"{bare}/first", f"{bare}/second"
    except NoPostgresError as missing:
        pytest.skip(str(missing))


def test_upgraded_backed_up_while_serving_restored_and_verified(
    tmp_path: Path, databases: tuple[str, str]
) -> None:
    first, second = ({"BIHUAN_DATABASE": url} for url in databases)
    home, other, kept = tmp_path / "home", tmp_path / "other", tmp_path / "backup.zip"
    done = run(home, "init", **first)
    assert done.returncode == 0, done.stderr
    assert not list((home / "backups").iterdir())
    (home / "files" / "ab").mkdir(parents=True)
    (home / "files" / "ab" / "cd").write_text(KEPT, "ascii")
    undo(home, **first)
    again = run(home, "init", **first)
    (upgraded,) = (home / "backups").iterdir()
    assert f"升级前已备份到 {upgraded}" in again.stderr
    upgraded.unlink()
    undo(home, **first)
    with serving(home, "--port", "0", **first) as served:
        (made,) = (home / "backups").iterdir()
        assert f"升级前已备份到 {made}" in served.log.read_text("utf-8")
        with zipfile.ZipFile(made) as archive:
            assert archive.testzip() is None
        done = run(home, "backup", str(kept), **first)
        assert done.returncode == 0, done.stderr
        assert served.ask("/health/live")[2] == "ok"
    assert kept.stat().st_mode & 0o777 == 0o600
    done = run(other, "restore", str(kept), **second)
    assert done.returncode == 0, done.stderr
    assert (other / "files" / "ab" / "cd").read_text("ascii") == KEPT
    for name in ("django", "totp"):
        secret = other / "secrets" / name
        assert secret.read_bytes() == (home / "secrets" / name).read_bytes()
        assert secret.stat().st_mode & 0o777 == 0o600
    assert not list(other.glob(".bihuan-part-*"))
    done = run(other, "verify", **second)
    assert "全部相符" in done.stderr, done.stderr
    done = run(other, "restore", str(kept), **second)
    assert done.returncode == 1
    assert "空的数据目录" in done.stderr


def undo(home: Path, **which: str) -> None:
    """Take the one migration back that carries no rows of ours: sessions."""
    django = [sys.executable, "-m", "django", "migrate", "sessions", "zero", "-v", "0"]
    subprocess.run(django, check=True, cwd=PROJECT, env=surroundings(home, **which))  # noqa: S603


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A prepared folder and a whole backup of it."""
    home = tmp_path_factory.mktemp("filled") / "home"
    kept = home.with_name("backup.zip")
    assert run(home, "init").returncode == 0
    assert run(home, "backup", str(kept)).returncode == 0
    return home, kept


def test_a_backup_that_is_killed_leaves_nothing_that_looks_whole(
    filled: tuple[Path, Path], tmp_path: Path
) -> None:
    home, _kept = filled
    target, bulk = tmp_path / "killed.zip", home / "files" / "bulk"
    bulk.write_bytes(os.urandom(64_000_000))
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bihuan", "backup", str(target)],
        cwd=PROJECT,
        env=surroundings(home),
    )
    until = time.monotonic() + 120
    while not list(tmp_path.glob(".bihuan-part-*/backup.zip")) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    bulk.unlink()
    assert not target.exists()
    assert [path.name[:13] for path in tmp_path.iterdir()] == [".bihuan-part-"]
    assert run(home, "backup", str(target)).returncode == 0
    assert list(tmp_path.iterdir()) == [target]


def test_a_broken_backup_leaves_the_folder_empty(filled: tuple[Path, Path], tmp_path: Path) -> None:
    home, kept = tmp_path / "home", tmp_path / "spoilt.zip"
    whole = filled[1].read_bytes()
    with zipfile.ZipFile(filled[1]) as archive:
        at = archive.getinfo("database.sqlite3").header_offset + 5000
    flipped = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    for data in (whole[: len(whole) // 2], flipped):
        kept.write_bytes(data)
        done = run(home, "restore", str(kept))
        assert done.returncode == 1, done.stderr
        assert "请核对文件是否完整" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (home / "files").exists()
        assert not list(home.glob(".bihuan-part-*"))
    assert run(home, "restore", str(filled[1])).returncode == 0
    assert run(home, "verify").returncode == 0


def test_a_database_that_is_broken_inside_a_whole_zip_is_refused(
    filled: tuple[Path, Path], tmp_path: Path
) -> None:
    home, kept = tmp_path / "home", tmp_path / "spoilt.zip"
    with zipfile.ZipFile(filled[1]) as archive:
        about, rows = (archive.read(name) for name in ("about.json", "database.sqlite3"))
    spoilt = rows[:8192] + bytes(len(rows) // 2) + rows[8192 + len(rows) // 2 :]
    for database in (spoilt, b"no database at all" * 99):
        with zipfile.ZipFile(kept, "w") as archive:
            archive.writestr("about.json", about)
            archive.writestr("database.sqlite3", database)
        done = run(home, "restore", str(kept))
        assert done.returncode == 1, done.stderr
        assert "请核对文件是否完整" in done.stderr
        assert not list(home.glob(".bihuan-part-*"))


def test_a_backup_at_work_is_left_to_its_process(filled: tuple[Path, Path], tmp_path: Path) -> None:
    mine = tmp_path / f".bihuan-part-{os.getpid()}-x"
    mine.mkdir()
    assert run(filled[0], "backup", str(tmp_path / "backup.zip")).returncode == 0
    assert mine.exists()


def test_programs_of_postgresql_that_lack_or_fail_are_named(tmp_path: Path) -> None:
    kept = tmp_path / "kept.zip"
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("about.json", '{"vendor": "postgresql", "made_at": "x"}')
        archive.writestr("database.dump", "no dump")
    try:
        with throwaway_postgres() as url:
            failed = run(tmp_path / "home", "restore", str(kept), BIHUAN_DATABASE=url)
            nowhere = {"BIHUAN_DATABASE": url, "PATH": str(tmp_path)}
            lacking = run(tmp_path / "home", "backup", str(tmp_path / "b.zip"), **nowhere)
    except NoPostgresError as missing:
        pytest.skip(str(missing))
    assert (failed.returncode, lacking.returncode) == (1, 1)
    assert "pg_restore 没有完成：" in failed.stderr
    assert "没有找到 pg_dump，请安装 postgresql-client" in lacking.stderr
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.parametrize("there", ["files/ab/cd", "secrets/receipts"])
def test_a_folder_with_something_in_it_is_left_alone(
    filled: tuple[Path, Path], tmp_path: Path, there: str
) -> None:
    home = tmp_path / "home"
    mine = home / there
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", "ascii")
    done = run(home, "restore", str(filled[1]))
    assert done.returncode == 1
    assert "空的数据目录" in done.stderr
    assert mine.read_text("ascii") == "mine"


def test_what_cannot_be_written_is_said(filled: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "ascii")
    done = run(filled[0], "backup", str(tmp_path / "file" / "backup.zip"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
