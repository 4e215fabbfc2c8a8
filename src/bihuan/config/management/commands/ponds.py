"""`bihuan ponds SYSTEM FILE`: take in an export of one of the two systems about ponds."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.documents.grids import Unreadable
from bihuan.matters.moment import now
from bihuan.monitoring.equipment.pond_files import SYSTEMS, take_file
from bihuan.places.models import Region


class Command(BaseCommand):
    """Keep what is right, tell what is wrong by its line; exit 1 when some was."""

    help = "收尾矿库两套系统导出的表格：按尾矿库编号更新，同一条不重复"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Which system, the file, and whose ponds they are."""
        told = "，".join(f"{key} {label}" for key, label in SYSTEMS.items())
        parser.add_argument("system", choices=list(SYSTEMS), metavar="SYSTEM", help=told)
        parser.add_argument("file", type=Path, metavar="FILE", help="xlsx、xls、ods 或 csv")
        parser.add_argument("--region", default="", help="区划代码；只有一个县时可不写")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take in and say how many."""
        path, region = options["file"], _region(options["region"])
        try:
            taken = take_file(
                path.read_bytes(),
                name=path.name,
                system=options["system"],
                region=region,
                now=now(),
            )
        except (OSError, Unreadable) as problem:
            raise CommandError(f"读不了“{path}”：{problem}", returncode=2) from problem
        counts = f"新收 {taken.new} 条，更新 {taken.known} 条"
        self.stderr.write(f"{counts}，退回 {len(taken.errors)} 行。")
        for number, sentence in taken.errors.items():
            self.stderr.write(f"第 {number} 行：{sentence}")
        if taken.errors:
            raise CommandError("改正退回的行后可整份再导入，已收的不会重复。", returncode=1)


def _region(code: str) -> Region:
    """The region of that code, or the one county there is."""
    found = Region.objects.filter(valid_until=None)
    found = found.filter(code=code) if code else found.filter(level=Region.Level.COUNTY)
    two = list(found.order_by("id")[:2])
    if len(two) != 1:
        told = f"没有区划代码“{code}”" if code else "不止一个县（或一个也没有）"
        raise CommandError(f"{told}，请用 --region 写明。", returncode=2)
    return two[0]
