"""Make a table of a day, compare it with its last version, and issue a new frozen version."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet

from bihuan.accounts.actors import CLOCK, Actor
from bihuan.database.turns import turn_to_write
from bihuan.language.clock import SHANGHAI
from bihuan.language.words import Report
from bihuan.matters.declarations import catalog
from bihuan.matters.permission import why_not
from bihuan.matters.reach import visible
from bihuan.matters.refusals import NotFound, NotYours, Refused
from bihuan.matters.table_rows import TableRow
from bihuan.places.models import Region
from bihuan.reports.models import ReportVersion

NUMBERING = "place"  # a running number isn't a change of the row


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as somebody sees it: an issued version, or the draft of the next one."""

    report: Report
    region: Region
    day: date
    rows: list[TableRow]
    version: int
    changed: frozenset[tuple[str, str]] = frozenset()
    issued: ReportVersion | None = None
    obstacle: str = ""  # why the draft can't be issued now
    removed: int = 0
    versions: tuple[int, ...] = field(default=())

    @property
    def is_draft(self) -> bool:
        """Whether nobody has issued it."""
        return self.issued is None

    @property
    def has_news(self) -> bool:
        """Whether the draft differs from the last version."""
        return self.version == 1 or bool(self.changed) or bool(self.removed)


def report_of(key: str, *, by: Actor) -> Report:
    """The report of that key, if the actor may read it; NotFound else."""
    report = next((report for report in catalog().reports if report.key == key), None)
    if report is None or not (by is CLOCK or set(report.read_by) & by.roles):
        raise NotFound
    return report


def table_of(
    key: str, *, region: Region, on: date, by: Actor, now: datetime, version: int = 0
) -> Table:
    """A version as issued, or with 0 the draft of the next; rows the actor may not see are out."""
    report = report_of(key, by=by)
    kept = list(_versions(key, region, on))
    if version:
        chosen = next((one for one in kept if one.version == version), None)
        if chosen is None:
            raise NotFound
        table = _issued(report, chosen)
    else:
        table = _draft(report, region, on, kept[-1] if kept else None, now=now)
    numbers = tuple(one.version for one in kept)
    return _seen(table, by=by, versions=numbers)


def issue(key: str, *, region: Region, on: date, by: Actor, now: datetime) -> ReportVersion:
    """Freeze a new version; with no change since the last one, that one is given back."""
    report = report_of(key, by=by)
    if by is not CLOCK and not by.may(report.issue_by, unit_id=None, path=region.path_ids):
        raise NotYours(f"{report.label}须由{why_not(report.issue_by)}定稿。")
    with turn_to_write(), transaction.atomic():
        Region.objects.select_for_update().get(pk=region.pk)  # one issuer at a time
        last = _versions(key, region, on).last()
        draft = _draft(report, region, on, last, now=now)
        if draft.obstacle:
            raise Refused(draft.obstacle)
        if last is not None and not draft.has_news:
            return last
        return ReportVersion.objects.create(
            report=key,
            region=region,
            day=on,
            version=draft.version,
            rows=[row.plain() for row in draft.rows],
            changed=sorted(map(list, draft.changed)),
            cut_off=end_of(on),
            issued_at=now,
            issued_by_id=by.user_id or None,
        )


def end_of(on: date) -> datetime:
    """24:00 of a day in Shanghai: what belongs to the day is fixed then."""
    return datetime.combine(on + timedelta(days=1), time(), SHANGHAI)


def _versions(key: str, region: Region, on: date) -> QuerySet[ReportVersion]:
    found = ReportVersion.objects.filter(report=key, region=region, day=on)
    return found.select_related("issued_by__person").order_by("version")


def _issued(report: Report, chosen: ReportVersion) -> Table:
    return Table(
        report=report,
        region=chosen.region,
        day=chosen.day,
        rows=[TableRow.from_plain(row) for row in chosen.rows],
        version=chosen.version,
        changed=frozenset((row, column) for row, column in chosen.changed),
        issued=chosen,
    )


def _draft(
    report: Report, region: Region, on: date, last: ReportVersion | None, *, now: datetime
) -> Table:
    rows = report.rows(region, on=on, now=now)
    before = {row["key"]: row for row in last.rows} if last else {}
    changed = frozenset(
        (row.key, column.key)
        for row in rows
        for column in report.columns
        if last is not None
        and column.key != NUMBERING
        and row.cells.get(column.key, "")
        != before.get(row.key, {}).get("cells", {}).get(column.key, "")
    )
    obstacle = report.may_issue(rows) if report.may_issue else ""
    if now < end_of(on):
        obstacle = f"{on} 的清单到当日 24:00 才固定，之后再定稿；现在可导出未定稿。"
    return Table(
        report=report,
        region=region,
        day=on,
        rows=rows,
        version=last.version + 1 if last else 1,
        changed=changed,
        obstacle=obstacle,
        removed=len(before.keys() - {row.key for row in rows}),
    )


def _seen(table: Table, *, by: Actor, versions: tuple[int, ...]) -> Table:
    rows = table.rows
    if by is not CLOCK:
        ids = {row.matter_id for row in rows if row.matter_id}
        mine = set(visible(by).filter(pk__in=ids).values_list("pk", flat=True))
        sees_all = any(region_id in table.region.path_ids for _, region_id in by.regions_seen())
        units = set(by.units_seen())
        rows = [
            row
            for row in rows
            if (row.total and sees_all)
            or (row.matter_id in mine and (sees_all or row.unit_id in units))
        ]
    shown = {row.key for row in rows}
    changed = frozenset((row, column) for row, column in table.changed if row in shown)
    return Table(**{**vars(table), "rows": rows, "changed": changed, "versions": versions})
