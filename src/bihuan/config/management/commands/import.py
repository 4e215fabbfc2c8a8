"""`bihuan import KIND FILE [--by ACCOUNT] [--dry-run]`: a matter per row, or figures of mines."""  # noqa: N999 - named as users call it

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bihuan.accounts.actors import Actor, Held, actor_of
from bihuan.accounts.models import User
from bihuan.desk.forms import region_of
from bihuan.desk.import_rows import Form, digest_of, import_rows, repeated_words
from bihuan.documents.error_workbooks import annotate_errors
from bihuan.documents.grids import Unreadable
from bihuan.documents.tables import ROWS_MAX
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop
from bihuan.matters.declarations import catalog
from bihuan.matters.moment import now
from bihuan.monitoring.activity.importing import import_series
from bihuan.places.models import Region, Unit

SERIES = "series"  # figures of mines: rows of a table of their own, no matters
SHOWN_MAX = 20


class Command(BaseCommand):
    """Open what is right, give back what is wrong; exit 1 when rows were given back."""

    help = "从表格导入事项：一行一件，有错的行连同说明写回另一张表"
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def add_arguments(self, parser: CommandParser) -> None:
        """Kind, file, who, where and whether only to try."""
        kinds = [loop.key for loop in catalog().loops if loop.open_by and not loop.parent]
        kinds.append(SERIES)
        parser.add_argument("kind", choices=kinds, metavar="KIND", help="、".join(kinds))
        parser.add_argument("file", type=Path, metavar="FILE", help="xlsx、xls、ods 或 csv")
        parser.add_argument("--by", default="", help="经办账号；不写则记为“命令行导入”")
        parser.add_argument("--region", default="", help="区划代码；只有一个县时可不写")
        parser.add_argument("--errors", type=Path, help="退回的行写到这个 .xlsx 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不登记")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import, say how many, and write the rows given back."""
        if options["kind"] == SERIES:
            self._series(options["file"], account=options["by"], dry_run=options["dry_run"])
            return
        form, path = Form(catalog().loop(options["kind"])), options["file"]
        by, region = _who_and_where(form.loop, options["by"], options["region"])
        try:
            data = path.read_bytes()
            rows = form.rows(data, name=path.name, rows_max=ROWS_MAX)
            outcome = import_rows(
                form,
                rows,
                digest=digest_of(data),
                by=by,
                region=region,
                now=now(),
                dry_run=options["dry_run"],
                on_progress=self._progress,
            )
        except (OSError, Unreadable) as problem:
            raise CommandError(f"读不了“{path}”：{problem}", returncode=2) from problem
        verb = "可以登记" if options["dry_run"] else "已登记"
        self.stderr.write(f"{verb} {outcome.opened} 件，退回 {len(outcome.errors)} 行。")
        if outcome.repeated:
            self.stderr.write(repeated_words(outcome))
        if not outcome.errors:
            return
        target = options["errors"] or path.with_name(f"{path.stem}-请更正.xlsx")
        target.write_bytes(
            annotate_errors(
                data,
                name=path.name,
                labels=form.labels,
                errors=outcome.errors,
                done=() if options["dry_run"] else outcome.done,
            )
        )
        raise CommandError(f"退回的行已写到“{target}”。", returncode=1)

    def _series(self, path: Path, *, account: str, dry_run: bool) -> None:
        by = _account(account) if account else None
        try:
            outcome = import_series(
                path.read_bytes(), name=path.name, by=by, now=now(), dry_run=dry_run
            )
        except (OSError, Unreadable) as problem:
            raise CommandError(f"读不了“{path}”：{problem}", returncode=2) from problem
        self.stderr.write(f"{'试读，未写入。' if dry_run else ''}{outcome.taken.words}")
        if not outcome.errors:
            return
        for number, sentence in list(outcome.errors.items())[:SHOWN_MAX]:
            self.stderr.write(f"第 {number} 行：{sentence}")
        raise CommandError(f"有 {len(outcome.errors)} 行没有收下，请更正后再导入。", returncode=1)

    def _progress(self, done: int) -> None:
        self.stderr.write(f"已读 {done} 行")


def _who_and_where(loop: Loop, account: str, code: str) -> tuple[Actor, Region]:
    """The named account, or the command line itself, which the trail then names."""
    if account:
        by = _account(account)
        if not set(loop.open_by) & by.roles:
            raise CommandError(f"账号“{account}”不能登记{loop.label}。", returncode=2)
        return by, region_of(by, roles=loop.open_by)
    region = _region(code)
    unit = Unit.objects.filter(region=region, kind=Unit.Kind.OFFICE).order_by("id").first()
    held = Held(
        role=loop.open_by[0],
        unit_id=unit.pk if unit else 0,
        region_id=region.pk,
        level=region.level,
    )
    name = unit.name if unit else region.name
    return Actor(kind="person", name="命令行导入", unit_name=name, held=(held,)), region


def _account(account: str) -> Actor:
    user = User.objects.filter(username=account, is_active=True).first()
    if user is None:
        raise CommandError(f"没有账号“{account}”，请核对。", returncode=2)
    return actor_of(user, on=now().astimezone(SHANGHAI).date())


def _region(code: str) -> Region:
    if code:
        region = Region.objects.filter(code=code, valid_until=None).first()
        if region is None:
            raise CommandError(f"没有区划代码“{code}”，请核对。", returncode=2)
        return region
    offices = Unit.objects.filter(kind=Unit.Kind.OFFICE, is_active=True).values("region_id")
    found = list(Region.objects.filter(level=Region.Level.COUNTY, pk__in=offices)[:2])
    if len(found) != 1:
        raise CommandError("不止一个县（或一个也没有），请用 --region 写明。", returncode=2)
    return found[0]
