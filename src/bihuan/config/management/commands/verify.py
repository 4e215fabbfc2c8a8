"""`bihuan verify`: compare trail, matters and seals; exit 1 and name the rows when they differ."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.matters.models import Seal
from bihuan.matters.moment import now
from bihuan.matters.unnamed_files import clear, unnamed
from bihuan.matters.verify import verify


class Command(BaseCommand):
    """Verify the trail."""

    help = "校验留痕和日封；有出入时逐条指出"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--chain-only` skips rows, `--files` adds files, `--against` takes an outside copy."""
        parser.add_argument(
            "--chain-only", action="store_true", help="只校验链和日封，不比对登记内容"
        )
        parser.add_argument("--files", action="store_true", help="并逐个校验附件和文书文件的内容")
        parser.add_argument(
            "--clear-unnamed",
            action="store_true",
            help="并清掉没有任何记录引用、一天以上的文件（被中断的上传留下的）",
        )
        parser.add_argument("--against", type=Path, help="与 seal --export 存出的文件比对")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run and report."""
        report = verify(full=not options["chain_only"], files=options["files"])
        if options["against"]:
            report.faults += _outside(options["against"])
        for fault in report.faults:
            self.stdout.write(fault)
        counted = f"{report.matters} 件、{report.entries} 条留痕、{report.seals} 个日封"
        if options["files"]:
            counted += f"、{report.files} 个文件"
        if options["files"] or options["clear_unnamed"]:
            self._tell_unnamed(is_clearing=options["clear_unnamed"])
        if report.faults:
            raise CommandError(f"校验 {counted}，有 {len(report.faults)} 处不符。", returncode=1)
        self.stderr.write(f"校验 {counted}，全部相符。")

    def _tell_unnamed(self, *, is_clearing: bool) -> None:
        """No fault: nobody was told that these were kept."""
        if is_clearing:
            gone = clear(now=now())
            self.stderr.write(f"已清掉 {gone.count} 个没有记录引用的文件（{gone.size:,} 字节）。")
        left = unnamed()
        if left.count:
            self.stderr.write(
                f"有 {left.count} 个文件没有任何记录引用（{left.size:,} 字节），"
                "是被中断的上传留下的；一天以上的可用 --clear-unnamed 清掉。"
            )


def _outside(path: Path) -> list[str]:
    told = {row["day"]: row["hash"] for row in json.loads(path.read_text("utf-8"))}
    here = {seal.day.isoformat(): bytes(seal.hash).hex() for seal in Seal.objects.all()}
    return [
        f"seal of {day}: differs from the outside copy"
        for day in sorted(told)
        if here.get(day) != told[day]
    ]
