"""Backup and restore: one file with everything, refused where it would do harm."""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bihuan.config.backups import BackupRefused, restore_backup
from bihuan.telemetry.intake.spool import Spool
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.inboxes import Inbox

PROJECT = Path(__file__).parents[4]


def bihuan(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product with a data folder of its own, on SQLite."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BIHUAN_", "PYTEST_"))}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bihuan", *command],
        check=False,
        cwd=PROJECT,
        env={
            **kept,
            "BIHUAN_HOME": str(home),
            "BIHUAN_MODE": "test",
            "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
        },
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_what_was_backed_up_stands_elsewhere(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "kept" / "backup.zip"
    made = bihuan(old, "init")
    assert made.returncode == 0, made.stderr
    assert "数据目录已就绪" in made.stderr
    (old / "files" / "ab").mkdir(parents=True)
    (old / "files" / "ab" / "abc").write_bytes(b"paper")
    saved = bihuan(old, "backup", str(file))
    assert saved.returncode == 0, saved.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    no_folder = bihuan(old, "backup", str(file / "backup.zip"))
    assert no_folder.returncode == 1
    assert "backup.zip" in no_folder.stderr
    restored = bihuan(new, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert (new / "files" / "ab" / "abc").read_bytes() == b"paper"
    names = {path.name for path in (old / "secrets").iterdir()}
    assert {path.name for path in (new / "secrets").iterdir()} == names
    assert bihuan(new, "verify").returncode == 0
    again = bihuan(new, "restore", str(file))
    assert again.returncode == 1
    assert "只能恢复到空的数据目录" in again.stderr


@pytest.mark.slow
def test_readings_are_backed_up_while_they_come(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "backup.zip"
    assert bihuan(old, "init").returncode == 0
    inbox = Inbox(tmp_path / "inbox")
    inbox.define()
    inbox.read(1, "1.2", "0.5")
    take = ("telemetry", "ingest", "--inbox", str(inbox.folder))
    taken = bihuan(old, *take, "--once")
    assert taken.returncode == 0, taken.stderr
    Spool(old / "telemetry" / "spool").keep(b"x", name="a")
    store = Store(old / "telemetry")  # as a process that takes in holds it
    saved = bihuan(old, "backup", str(file))
    store.close()
    assert saved.returncode == 0, saved.stderr
    assert not list((old / "telemetry").glob(".bihuan-part-*"))
    restored = bihuan(new, "restore", str(file))
    assert restored.returncode == 0, restored.stderr
    tables = []
    for home in (old, new):
        done = bihuan(home, "telemetry", "episodes", "--out", str(tmp_path / "table.csv"))
        assert done.returncode == 0, done.stderr
        tables.append((tmp_path / "table.csv").read_text("utf-8"))
    assert tables[0] == tables[1]
    assert "upper_limit" in tables[0]
    again = bihuan(new, *take, "--once")
    assert "again=0 readings=0 refused=1" in again.stderr  # what waited in the spool
    (tmp_path / "third" / "telemetry" / "segments").mkdir(parents=True)
    (tmp_path / "third" / "telemetry" / "segments" / "mine").write_text("kept")
    refused = bihuan(tmp_path / "third", "restore", str(file))
    assert "只能恢复到空的数据目录" in refused.stderr


@pytest.mark.slow
def test_a_ledger_of_readings_that_is_broken_inside_is_refused(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.zip"
    assert bihuan(home, "init").returncode == 0
    (home / "telemetry").mkdir()
    (home / "telemetry" / "ledger.sqlite3").write_bytes(b"nothing of ours" * 100)
    refused = bihuan(home, "backup", str(file))
    assert refused.returncode == 1
    assert "监测数据的账复制不了" in refused.stderr
    assert not file.exists()


@pytest.mark.slow
def test_a_backup_holds_no_session_and_its_home_is_ones_own(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "backup.zip"
    assert bihuan(home, "init").returncode == 0
    database = home / "bihuan.sqlite3"
    assert [path.stat().st_mode & 0o777 for path in (home, database)] == [0o700, 0o600]
    mark = "5e" * 20
    with closing(sqlite3.connect(database)) as live, live:
        live.execute("INSERT INTO django_session VALUES (?, 'words', '2099-01-01')", (mark,))
    assert bihuan(home, "backup", str(file)).returncode == 0
    with zipfile.ZipFile(file) as archive:
        copy = Path(archive.extract("database.sqlite3", tmp_path))
    assert mark.encode() not in copy.read_bytes()
    with closing(sqlite3.connect(database)) as live:
        assert live.execute("SELECT count(*) FROM django_session").fetchone() == (1,)
    with closing(sqlite3.connect(copy)) as restored:
        assert restored.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def zipped(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_json", ".json"), text)
    return path


@pytest.mark.django_db
def test_a_folder_in_use_is_not_restored_over(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="只能恢复到空的数据目录"):
        restore_backup(tmp_path / "none.zip")
    with pytest.raises(CommandError, match="先移走现有数据"):
        call_command("restore", tmp_path / "none.zip")


@pytest.mark.slow
def test_a_broken_or_foreign_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip")
    other = zipped(tmp_path / "other.zip", a="1")
    foreign = zipped(tmp_path / "foreign.zip", about_json=json.dumps({"vendor": "oracle"}))
    for file, sentence in (
        (broken, "读不出备份文件 broken.zip"),
        (other, "不是本系统的备份文件"),
        (foreign, "备份来自 oracle"),
    ):
        done = bihuan(tmp_path / "home", "restore", str(file))
        assert done.returncode == 1
        assert sentence in done.stderr


def test_a_path_that_leads_out_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "evil.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("about.json", json.dumps({"vendor": "sqlite", "made_at": "x"}))
        archive.writestr("../outside", "x")
    done = bihuan(tmp_path / "home", "restore", str(file))
    assert done.returncode == 1
    assert "越界的路径 ../outside" in done.stderr
    assert not (tmp_path / "outside").exists()
