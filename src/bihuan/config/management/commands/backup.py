"""`bihuan backup FILE`: one file with everything; works while serving."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.backups import BackupRefused, write_backup
from bihuan.matters.moment import now


class Command(BaseCommand):
    """Write a backup."""

    help = "备份数据库、附件、密钥和监测数据到一个文件（服务不必停）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="备份文件，例如 backup.zip")
        parser.add_argument(
            "--without-readings", action="store_true", help="不含监测数据（另行备份时）"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it and say how large it is."""
        try:
            size = write_backup(
                options["file"].resolve(),
                now=now(),
                with_readings=not options["without_readings"],
            )
        except (BackupRefused, OSError) as refused:
            raise CommandError(str(refused), returncode=1) from refused
        self.stderr.write(
            f"已备份 {size / 1e6:.1f} MB 到 {options['file']}。请离线保管，内有密钥。"
        )
