"""`bihuan loops`: write the loop diagrams to docs/loops, or check that they are up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.inspection import diagrams


class Command(BaseCommand):
    """Generate docs/loops/*.md from the declarations."""

    help = "由声明生成闭环图 docs/loops"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` compares instead of writing."""
        parser.add_argument("--check", action="store_true", help="只比较，不写文件")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write or compare."""
        folder = settings.PROJECT / "docs" / "loops"
        pages = diagrams()
        if options["check"]:
            present = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
            stale = sorted(
                name for name in {*pages, *present} if pages.get(name) != present.get(name)
            )
            if stale:
                raise CommandError(f"闭环图不是最新的：{'、'.join(stale)}。请运行 ./bihuan loops")
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, "utf-8")
        self.stderr.write(f"已写 {len(pages)} 张闭环图到 docs/loops。")
