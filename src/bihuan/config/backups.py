"""Backup and restore: one zip with the database's rows, the files and the secrets.

SQLite is copied with its own online backup, PostgreSQL through pg_dump, both while serving. The
seals' hashes stand in the zip, so `verify` after a restore can be held against them.
"""

import json
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection

FORMAT = 1
DATABASE_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class BackupRefused(Exception):  # noqa: N818 - an expected answer, not an error
    """The backup can't be written or restored; the text says why in Chinese."""


def write_backup(target: Path, *, now: datetime) -> int:
    """Write the backup; returns its size in bytes. The file appears only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        database = Path(folder) / DATABASE_NAMES[connection.vendor]
        _dump(database)
        part = Path(folder) / "backup.zip"
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            about = {"format": FORMAT, "vendor": connection.vendor, "made_at": now.isoformat()}
            archive.writestr("about.json", json.dumps(about))
            archive.write(database, database.name)
            for name in ("files", "secrets"):
                _add_folder(archive, Path(settings.HOME) / name, name)
        part.chmod(0o600)
        part.replace(target)
    return target.stat().st_size


def restore_backup(source: Path) -> dict[str, Any]:
    """Restore into an empty data folder; returns what the backup says of itself."""
    home = Path(settings.HOME)
    if (home / "files").exists() or _has_tables():
        raise BackupRefused("只能恢复到空的数据目录，请换一个目录，或先移走现有数据。")
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupRefused(f"读不出备份文件 {source.name}，请核对文件是否完整。") from error
    with archive:
        about = _about(archive)
        _extract(archive, home)
        database = home / DATABASE_NAMES[about["vendor"]]
        _load(database)
        database.unlink(missing_ok=True)
    return about


def _about(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(archive.read("about.json"))
    except (KeyError, ValueError) as error:
        raise BackupRefused("这不是本系统的备份文件。") from error
    if about.get("vendor") != connection.vendor:
        raise BackupRefused(f"备份来自 {about.get('vendor')}，本部署用的是 {connection.vendor}。")
    return about


def _extract(archive: zipfile.ZipFile, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    for name in archive.namelist():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise BackupRefused(f"备份里有越界的路径 {name}，不予恢复。")
        target = home.joinpath(*path.parts)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with archive.open(name) as inside, target.open("wb") as outside:
            shutil.copyfileobj(inside, outside)
        if path.parts[0] == "secrets":
            target.chmod(0o600)


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy, pages=4096)
        return
    command = ["pg_dump", "--format=custom", "--no-owner", "--file", str(target)]
    _postgres(command)


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        target = Path(str(connection.settings_dict["NAME"]))
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, target)
        return
    _postgres(["pg_restore", "--no-owner", "--exit-on-error", str(source)])


def _postgres(command: list[str]) -> None:
    values = connection.settings_dict
    program = shutil.which(command[0])
    if program is None:
        raise BackupRefused(f"没有找到 {command[0]}，请安装 postgresql-client 后再试。")
    url = (
        f"postgresql://{values['USER']}:{values['PASSWORD']}@"
        f"{values['HOST']}:{values['PORT']}/{values['NAME']}"
    )
    done = subprocess.run(  # noqa: S603
        [program, *command[1:], "--dbname", url], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise BackupRefused(f"{command[0]} 没有完成：{done.stderr.strip()[:300]}")


def _has_tables() -> bool:
    return "matters_matter" in connection.introspection.table_names()


def _add_folder(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            archive.write(path, f"{name}/{path.relative_to(folder).as_posix()}")
