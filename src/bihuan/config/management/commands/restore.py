"""`bihuan restore FILE`: into an empty data folder."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from bihuan.config.backups import BackupRefused, restore_backup
from bihuan.config.rights import give_rights
from bihuan.matters.disposing import DESTROYED_LIST, destroy_listed, remove_destroyed
from bihuan.matters.moment import now

NO_LIST = (
    "没有销毁清单。备份之后销毁过的数据会随备份回来："
    f"请把原数据目录的 {DESTROYED_LIST} 放入新的数据目录，启动服务时会再次销毁。"
)


class Command(BaseCommand):
    """Restore a backup."""

    help = "从备份恢复到空的数据目录，恢复后请运行 verify"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from, and the list of what was destroyed since."""
        parser.add_argument("file", type=Path, help="backup 写出的文件")
        parser.add_argument(
            "--destroyed", type=Path, help=f"销毁清单（原数据目录的 {DESTROYED_LIST}），再次销毁"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore it, then destroy again what had been destroyed."""
        listed = options["destroyed"]
        if listed and not listed.is_file():
            raise CommandError(f"没有找到销毁清单 {listed}。", returncode=2)
        try:
            about = restore_backup(options["file"])
        except (BackupRefused, OSError) as refused:
            raise CommandError(str(refused), returncode=1) from refused
        here = Path(settings.HOME) / DESTROYED_LIST
        if listed and listed.resolve() != here.resolve():
            shutil.copyfile(listed, here)
            here.chmod(0o600)
        if settings.APP_ROLE:
            give_rights(settings.APP_ROLE)
        self.stderr.write(f"已恢复 {about['made_at']} 的备份，请运行 ./bihuan verify 校验。")
        self.stderr.write(_again(here) if here.exists() else NO_LIST)


def _again(listed: Path) -> str:
    """Destroy again; a backup of an older release has no such tables before it is upgraded."""
    moment = now()
    try:
        done = destroy_listed(listed, now=moment)
        remove_destroyed(now=moment)
    except (OperationalError, ProgrammingError):
        return "备份来自旧版本，升级后启动服务时按销毁清单再次销毁。"
    return f"按销毁清单再次销毁 {done} 项。"
