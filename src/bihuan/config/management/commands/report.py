"""`bihuan report NAME --on DATE --out FILE [--region CODE]`: write a table as a workbook."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.accounts.actors import CLOCK
from bihuan.matters.declarations import catalog
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused
from bihuan.places.models import Region, Unit
from bihuan.reports.exporting import standing_words, workbook_of
from bihuan.reports.issuing import issue, table_of


class Command(BaseCommand):
    """Issue the table of a day when it can be fixed, and write it; else write the draft."""

    help = "出一张报表：能定稿的定为新的一版，否则写出未定稿"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Name, day, file and region."""
        names = [report.key for report in catalog().reports]
        parser.add_argument("name", choices=names, metavar="NAME", help="、".join(names))
        parser.add_argument(
            "--on", required=True, type=date.fromisoformat, help="日期，如 2026-03-01"
        )
        parser.add_argument("--out", required=True, type=Path, help="写到这个 .xlsx 文件")
        parser.add_argument("--region", default="", help="区划代码；只有一个县时可不写")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file and say which version it is."""
        region, on, key, at = _region(options["region"]), options["on"], options["name"], now()
        version = 0
        try:
            version = issue(key, region=region, on=on, by=CLOCK, now=at).version
        except Refused as refused:
            self.stderr.write(f"未定稿：{refused.sentence}")
        table = table_of(key, region=region, on=on, by=CLOCK, now=at, version=version)
        options["out"].write_bytes(workbook_of(table))
        count = sum(not row.total for row in table.rows)
        said = f"{count} 条" if count else table.report.empty
        self.stderr.write(
            f"{table.report.label} {on} {standing_words(table)}，{said}，已写到 {options['out']}。"
        )


def _region(code: str) -> Region:
    found = Region.objects.filter(level=Region.Level.COUNTY, valid_until=None)
    if code:
        region = Region.objects.filter(code=code, valid_until=None).first()
        if region is None:
            raise CommandError(f"没有区划代码“{code}”，请核对。", returncode=2)
        return region
    offices = Unit.objects.filter(kind=Unit.Kind.OFFICE, is_active=True)
    counties = list(found.filter(pk__in=offices.values("region_id"))[:2])
    if len(counties) != 1:
        raise CommandError(
            "有不止一个县（或一个也没有），请用 --region 写明区划代码。", returncode=2
        )
    return counties[0]
