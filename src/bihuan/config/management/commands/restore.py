"""`bihuan restore FILE`: into an empty data folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.backups import BackupRefused, restore_backup
from bihuan.config.rights import give_rights


class Command(BaseCommand):
    """Restore a backup."""

    help = "从备份恢复到空的数据目录，恢复后请运行 verify"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path, help="backup 写出的文件")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore it."""
        try:
            about = restore_backup(options["file"])
        except (BackupRefused, OSError) as refused:
            raise CommandError(str(refused), returncode=1) from refused
        if settings.APP_ROLE:
            give_rights(settings.APP_ROLE)
        self.stderr.write(f"已恢复 {about['made_at']} 的备份，请运行 ./bihuan verify 校验。")
