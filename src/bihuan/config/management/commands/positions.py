"""`bihuan positions FILE… [--dry-run]`: files of persons (RYSS) into the head-counts of mines."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from bihuan.database.turns import turn_to_write
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused
from bihuan.monitoring.crews.arriving import NotTakenError, Taken, take_file
from bihuan.monitoring.crews.marks import mark_large_shifts
from bihuan.telemetry.envelopes import name_of


class Command(BaseCommand):
    """Take files in the order of their moments; exit 1 when some weren't taken."""

    help = "把人员实时数据（RYSS）文件计入下井人数：补历史，或不经接收进程时用"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Files, and whether only to try."""
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="RYSS 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不计入")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take each, say how many, name what wasn't taken."""
        taken = Taken()
        for path in sorted(options["files"], key=_order):
            content = path.read_bytes()
            try:
                with turn_to_write(), transaction.atomic():
                    stored = take_file(content, name=path.name, channel="verb", now=now())
                    if options["dry_run"]:
                        transaction.set_rollback(True)
            except (NotTakenError, Refused) as refusal:
                self.stderr.write(f"{path.name}：{refusal}")
                taken.refused += 1
                continue
            taken.files += 1
            taken.again += stored.is_repeated
            taken.alarms += len(stored.alarms)
        marked = 0 if options["dry_run"] else mark_large_shifts(now=now())
        verb = "可以计入" if options["dry_run"] else "已计入"
        words = f"{verb} {taken.files} 个文件（其中早已计入 {taken.again} 个），"
        words += (
            f"超员告警 {taken.alarms} 件，新的大班次标记 {marked} 处，没有收 {taken.refused} 个。"
        )
        self.stderr.write(words)
        if taken.refused:
            raise CommandError("有文件没有收下，原因见上。", returncode=1)


def _order(path: Path) -> tuple[bytes, ...]:
    found = name_of(path.name)
    return found.key if found else ()
