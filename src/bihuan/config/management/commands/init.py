"""`bihuan init`: prepare the data folder; with --demo also a demonstration county."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from bihuan.config.demonstration import settle_demonstration
from bihuan.config.preparing import prepare
from bihuan.config.rights import statements
from bihuan.matters.moment import now


class Command(BaseCommand):
    """Idempotent."""

    help = "准备数据目录：建表、装入依据包和条款库；--demo 再装入演示县"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """`--demo` adds a demonstration county, `--show-rights` only tells the grants."""
        parser.add_argument("--demo", action="store_true", help="装入演示县")
        parser.add_argument(
            "--show-rights",
            metavar="ROLE",
            help="只显示给这个应用角色授权的 SQL（PostgreSQL），什么也不做",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare and say what was done."""
        if options["show_rights"]:
            for statement in statements(options["show_rights"]):
                self.stdout.write(f"{statement};")
            return
        done = prepare(now=now())
        if done.backup:
            self.stderr.write(f"升级前已备份到 {done.backup}。")
        self.stderr.write(f"数据目录已就绪，执行 {done.migrated} 个升级步骤。")
        if settings.APP_ROLE:
            self.stderr.write(f"已给应用角色“{settings.APP_ROLE}”授权：留痕、日封等只能追加。")
        if options["demo"]:
            self.stderr.write("正在装入演示县，首次约需半分钟。")
            self.stderr.write(settle_demonstration(now=now()))
