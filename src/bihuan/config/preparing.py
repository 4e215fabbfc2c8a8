"""Preparing a data folder: folders, migrations with a backup before, packs, clause library."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bihuan.config.backups import write_backup
from bihuan.config.rights import give_rights, may_migrate
from bihuan.config.wrong import WrongSetting
from bihuan.database import planning
from bihuan.matters.reprojection import reproject_provisional
from bihuan.regulations.library import load_clauses
from bihuan.regulations.packs import load_packs

NOT_OWNER = (
    "有 {} 个升级步骤，应用角色不能建表。"
    "请设好 BIHUAN_DATABASE_OWNER，运行一次 ./bihuan init，再启动服务。"
)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What preparing did."""

    migrated: int
    backup: Path | None


def prepare(*, now: datetime) -> Prepared:
    """Bring the data folder to this version; safe to run again and again."""
    home = Path(settings.HOME)
    for name in ("files", "secrets", "backups"):
        (home / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep_to_oneself()
    pending, has_data = _pending()
    if pending and not may_migrate():
        raise WrongSetting(NOT_OWNER.format(pending))
    backup = None
    if pending and has_data:
        backup = home / "backups" / f"before-migrate-{now:%Y%m%d-%H%M%S}.zip"
        write_backup(backup, now=now, with_readings=False)  # no migration touches them
    if pending:
        call_command("migrate", verbosity=0, interactive=False)
        planning.measure()
    load_packs(settings.DATA / "packs", now=now)
    load_clauses(settings.DATA / "clauses.csv")
    reproject_provisional(now=now)
    if settings.APP_ROLE:
        give_rights(settings.APP_ROLE)
    return Prepared(migrated=pending, backup=backup)


def _keep_to_oneself() -> None:
    """Nobody else on the machine reads the database; SQLite gives its log the same mode."""
    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and file.is_absolute():
        file.touch(mode=0o600)
        if file.stat().st_uid == os.geteuid():
            file.chmod(0o600)


def _pending() -> tuple[int, bool]:
    """(migrations not applied yet, whether some were applied before)."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return len(plan), bool(executor.loader.applied_migrations)
