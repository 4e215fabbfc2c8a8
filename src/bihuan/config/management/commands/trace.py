"""`bihuan trace`: clause → declaration → test; exit 1 when a promised one is missing."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.inspection import due_now, trace


class Command(BaseCommand):
    """List what serves each clause and which test proves it."""

    help = "列出条款由什么声明承担、由哪个测试证明"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """`--json` prints a list of objects."""
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the trace and fail when a promised clause has no declaration or no test."""
        rows = trace(settings.PROJECT)
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        else:
            for row in rows:
                self.stdout.write(f"{row['id']}  {row['title']}")
                for name in ("served_by", "tests"):
                    self.stdout.write(f"    {name}: {', '.join(row[name]) or '—'}")
        due = due_now()
        lacking = [row["id"] for row in rows if row["id"] in due and not _is_whole(row)]
        self.stderr.write(f"{len(due) - len(lacking)} / {len(due)} 条已承担并有测试。")
        if lacking:
            raise CommandError(f"缺声明或测试：{'、'.join(lacking)}", returncode=1)


def _is_whole(row: dict[str, Any]) -> bool:
    return bool(row["served_by"]) and bool(row["tests"])
