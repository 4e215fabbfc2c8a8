"""`bihuan bench PART`: fill a deployment, measure it."""

import json
from pathlib import Path
from typing import Any

from bench import (
    desk,
    detectors,
    jobs,
    memory,
    month,
    nation,
    pages,
    phone,
    steps,
    telemetry,
    ticking,
)
from bench.fill import fill
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from bihuan.config.preparing import prepare
from bihuan.matters.models import Matter
from bihuan.matters.moment import now

MEASURES = {
    "desk": desk.measure,
    "pages": pages.measure,
    "steps": steps.measure,
    "tick": ticking.measure,
    "memory": memory.measure,
    "phone": phone.measure,
    "jobs": jobs.measure,
    "telemetry": telemetry.measure,
    "nation": nation.measure,
    "month": month.measure,
    "detectors": detectors.measure,
}


class Command(BaseCommand):
    """Figures, never timed tests."""

    help = (
        "测速：fill 填数据，其余测量"
        "（desk 是查询，jobs 是成批的活，phone 是手机打开，telemetry、nation、month 是监测数据，"
        "detectors 是识别规则的成绩）"
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Which part and how much."""
        parser.add_argument("part", choices=("fill", *MEASURES), help="填数据或测量")
        parser.add_argument("--matters", type=int, default=1_000_000, help="事项件数")
        parser.add_argument("--entries", type=int, default=10, help="每件留痕条数（约）")
        parser.add_argument("--quick", action="store_true", help="少量数据，只看能不能跑")
        parser.add_argument("--json", type=Path, help="把结果写成 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Fill or measure."""
        if options["part"] == "fill":
            self._fill(10_000 if options["quick"] else options["matters"], options["entries"])
            return
        if options["part"] in ("steps", "tick", "jobs"):
            prepare(now=now())
        rows = MEASURES[options["part"]](quick=options["quick"], say=self.stderr.write)
        for row in rows:
            aim = f"（目标 {row['target']}）" if row["target"] is not None else ""
            self.stdout.write("{name}: {value} {unit}".format(**row) + aim)
        if options["json"]:
            options["json"].write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")

    def _fill(self, count: int, entries: int) -> None:
        prepare(now=now())
        if Matter.objects.exists():
            raise CommandError(
                "数据目录里已有事项，请换一个空的数据目录（BIHUAN_HOME）。", returncode=2
            )
        seconds = fill(count, entries_each=entries, say=self.stderr.write)
        self.stderr.write(f"{connection.vendor}: {count} matters in {seconds['all_s']:.0f} s")
