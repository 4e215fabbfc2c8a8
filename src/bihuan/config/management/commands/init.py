"""`bihuan init`: prepare the data folder; with --demo also a demonstration county."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bihuan.config.demonstration import settle_demonstration
from bihuan.config.preparing import prepare
from bihuan.matters.moment import now


class Command(BaseCommand):
    """Idempotent."""

    help = "准备数据目录：建表、装入依据包和条款库；--demo 再装入演示县"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """`--demo` adds a demonstration county."""
        parser.add_argument("--demo", action="store_true", help="装入演示县")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare and say what was done."""
        done = prepare(now=now())
        if done.backup:
            self.stderr.write(f"升级前已备份到 {done.backup}。")
        self.stderr.write(f"数据目录已就绪，执行 {done.migrated} 个升级步骤。")
        if options["demo"]:
            self.stderr.write("正在装入演示县，首次约需半分钟。")
            self.stderr.write(settle_demonstration(now=now()))
