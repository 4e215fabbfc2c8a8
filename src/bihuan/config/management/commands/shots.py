"""`bihuan shots`: pictures of every page of the demonstration, into the ignored folder shots/."""

import json
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.browsing import Demo, NoBrowserError, plan_of, running_demo
from bench.shots import take
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.config.shot_pages import planned


class Command(BaseCommand):
    """Start a demonstration of its own, look at every page as those who may."""

    help = "给演示县的每个页面拍图，存入 shots/"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Which pages, and of which server."""
        parser.add_argument("--only", default="", help="只拍名称里含这些字的页面")
        parser.add_argument("--quick", action="store_true", help="只拍浅色，不拍打印稿")
        parser.add_argument("--url", default="", help="已在运行的演示服务（同一个 BIHUAN_HOME）")
        parser.add_argument(
            "--out", type=Path, default=settings.PROJECT / "shots", help="存到这个目录"
        )
        parser.add_argument("--plan", action="store_true", help="只列出要拍的页面（JSON）")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take the pictures and say what was found."""
        if options["plan"]:
            self.stdout.write(_plan())
            return
        try:
            findings = self._take(options)
        except NoBrowserError as missing:
            raise CommandError(str(missing), returncode=2) from missing
        if findings:
            raise CommandError("\n".join(findings), returncode=1)

    def _take(self, options: dict[str, Any]) -> list[str]:
        with ExitStack() as stack:
            demo = Demo(home=Path(settings.HOME), base=options["url"].rstrip("/"))
            if not demo.base:
                home = stack.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-shots-"))
                self.stderr.write("正在装入演示县……")
                demo = stack.enter_context(running_demo(Path(home)))
            shots, unplanned = plan_of(demo.home)
            wanted = [shot for shot in shots if options["only"] in shot.name]
            if not wanted:
                raise CommandError(f"没有名称含“{options['only']}”的页面。", returncode=2)
            taken = take(
                wanted, demo, options["out"], is_quick=options["quick"], say=self.stderr.write
            )
        self.stderr.write(f"{len(wanted)} 个页面，{taken.count} 张图，在 {options['out']}")
        lacking = [f"地址 {route} 没有说明拍什么，请写入 shot_pages.py" for route in unplanned]
        return taken.findings + lacking


def _plan() -> str:
    found = planned()
    shots = [asdict(one) for one in found.shots]
    return json.dumps({"shots": shots, "unplanned": found.unplanned})
