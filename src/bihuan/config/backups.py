"""Backup and restore: one zip with the database's rows, files, secrets, and the mines' readings.

SQLite is copied with its own online backup, PostgreSQL through pg_dump, both while serving. The
seals' hashes stand in the zip, so `verify` after a restore can be held against them. Sessions are
left out: whoever restores a backup, or finds one, signs in anew.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection

FORMAT = 1
DATABASE_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
FOLDERS = ("files", "secrets")
READINGS = "telemetry"
LEDGER = "ledger.sqlite3"  # of readings
SESSION_TABLES = ("django_session", "accounts_sitting")
PART = ".bihuan-part-"  # an unfinished backup or restore; nobody takes it for a whole one
MADE_AT_START = frozenset({"django", "totp"})  # secrets that any start makes
# What reading a file raises that isn't a whole backup, or whose database isn't a whole one.
BROKEN = (zipfile.BadZipFile, sqlite3.DatabaseError, EOFError, FileNotFoundError, KeyError)


class BackupRefused(Exception):  # noqa: N818 - an expected answer, not an error
    """The backup can't be written or restored; the text says why in Chinese."""


def write_backup(target: Path, *, now: datetime, with_readings: bool = True) -> int:
    """Write the backup; returns its size in bytes. The file appears only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _part(target.parent) as folder:
        database = folder / DATABASE_NAMES[connection.vendor]
        _dump(database)
        part = folder / "backup.zip"
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            about = {"format": FORMAT, "vendor": connection.vendor, "made_at": now.isoformat()}
            archive.writestr("about.json", json.dumps(about))
            archive.write(database, database.name)
            for name in FOLDERS:
                _add_folder(archive, Path(settings.HOME) / name, name)
            if with_readings:
                _add_readings(archive, Path(settings.HOME) / READINGS)
        part.chmod(0o600)
        _settle(part)
        part.replace(target)
    _settle(target.parent)
    return target.stat().st_size


def restore_backup(source: Path) -> dict[str, Any]:
    """Restore into an empty data folder; returns what the backup says of itself.

    Everything is unpacked and checked aside first: what breaks off leaves the folder empty.
    """
    home = Path(settings.HOME)
    if not _is_empty(home):
        raise BackupRefused("只能恢复到空的数据目录，请换一个目录，或先移走现有数据。")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    broken = f"读不出备份文件 {source.name}，请核对文件是否完整。"
    try:
        with zipfile.ZipFile(source) as archive, _part(home) as folder:
            about = _about(archive)
            _extract(archive, folder)
            _check_whole(folder / READINGS / LEDGER)
            _load(folder / DATABASE_NAMES[about["vendor"]])
            for name in (*FOLDERS, READINGS):
                _move_in(folder / name, home / name)
    except (
        zipfile.BadZipFile,
        sqlite3.DatabaseError,
        EOFError,
        FileNotFoundError,
        KeyError,
    ) as error:
        raise BackupRefused(broken) from error
    return about


@contextmanager
def _part(parent: Path) -> Iterator[Path]:
    """A folder of one's own beside the target; those of processes that were killed go first."""
    for left in parent.glob(f"{PART}*"):
        pid = left.name.removeprefix(PART).split("-")[0]
        if not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=f"{PART}{os.getpid()}-") as folder:
        yield Path(folder)


def _is_empty(home: Path) -> bool:
    """Only what any start makes: two secrets, folders without files, a database without tables."""
    if "matters_matter" in connection.introspection.table_names():
        return False
    made = {home / "secrets" / name for name in MADE_AT_START}
    kept = (path for name in (*FOLDERS, READINGS) for path in (home / name).rglob("*"))
    return not any(path.is_file() and path not in made for path in kept)


def _about(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(archive.read("about.json"))
    except (KeyError, ValueError) as error:
        raise BackupRefused("这不是本系统的备份文件。") from error
    if about.get("vendor") != connection.vendor:
        raise BackupRefused(f"备份来自 {about.get('vendor')}，本部署用的是 {connection.vendor}。")
    return about


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    """Unpack, readable by nobody else from the first byte on; a wrong checksum raises."""
    for name in archive.namelist():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise BackupRefused(f"备份里有越界的路径 {name}，不予恢复。")
        target = folder.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with archive.open(name) as inside, os.fdopen(handle, "wb") as outside:
            shutil.copyfileobj(inside, outside)


def _move_in(source: Path, target: Path) -> None:
    if source.exists():
        shutil.rmtree(target, ignore_errors=True)
        source.replace(target)


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            # All pages in one step: with pauses, every write of others would begin it anew.
            connection.connection.backup(copy, pages=-1)
            _without_sessions(copy)
        return
    left_out = [f"--exclude-table-data={table}" for table in SESSION_TABLES]
    _postgres(["pg_dump", "--format=custom", "--no-owner", *left_out, "--file", str(target)])


def _without_sessions(copy: sqlite3.Connection) -> None:
    """Take the rows out of a copy, and their bytes out of its free pages."""
    copy.execute("PRAGMA secure_delete=ON")
    known = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    with copy:
        for table in SESSION_TABLES:
            if table in known:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        _check_whole(source)
        connection.close()
        target = Path(str(connection.settings_dict["NAME"]))
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        source.replace(target)
        return
    _postgres(["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(source)])


def _check_whole(database: Path) -> None:
    """A database of SQLite inside a whole zip may be broken all the same."""
    if database.exists():
        with closing(sqlite3.connect(database)) as copy:
            found = copy.execute("PRAGMA quick_check").fetchone()
        if found != ("ok",):
            raise zipfile.BadZipFile(f"the database {database.name!r} inside is broken")


def _postgres(command: list[str]) -> None:
    values = connection.settings_dict
    program = shutil.which(command[0])
    if program is None:
        raise BackupRefused(f"没有找到 {command[0]}，请安装 postgresql-client 后再试。")
    # By the environment: what stands on a command line is read by everybody on the machine.
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    told = {name: str(values[key]) for name, key in named.items() if values[key]}
    done = subprocess.run(  # noqa: S603
        [program, *command[1:], "--dbname", str(values["NAME"])],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **told},
    )
    if done.returncode:
        raise BackupRefused(f"{command[0]} 没有完成：{done.stderr.strip()[:300]}")


def _settle(path: Path) -> None:
    """Wait until the disk has it, so that a power cut can't leave the name without the bytes."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _add_folder(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            way = zipfile.ZIP_STORED if path.suffix == ".parquet" else None  # compressed already
            archive.write(path, inside, compress_type=way)


def _add_readings(archive: zipfile.ZipFile, store: Path) -> None:
    """The store of readings as of one moment, whoever writes to it meanwhile."""
    if not store.is_dir():
        return
    from bihuan.telemetry.store.freezing import freeze  # noqa: PLC0415 - loads polars

    with _part(store) as frozen:
        try:
            gone = freeze(store, frozen)
        except sqlite3.Error as error:
            raise BackupRefused(
                f"监测数据的账复制不了：{error}。请核对剩余空间，再备份。"
            ) from error
        if gone:
            sys.stderr.write(f"监测数据有 {len(gone)} 个数据段早已不在，没有备份到：{gone[0]} …\n")
        _add_folder(archive, frozen, READINGS)
