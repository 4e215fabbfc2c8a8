"""What the workbench says first: daily lists of yesterday that nobody has issued yet."""

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.desk.shell import address
from bihuan.language.words import Period
from bihuan.matters.declarations import catalog
from bihuan.places.models import Region


def lists_to_issue(by: Actor, *, today: date) -> list[dict[str, str]]:
    """A notice per daily list that the actor may issue and that isn't; at most one query.

    A day's list is fixed at 24:00, so the newest that can be issued is yesterday's.
    """
    regions = [held.region_id for held in by.held if held.level <= Region.Level.COUNTY]
    owed = [
        report
        for report in catalog().reports
        if report.period is Period.DAILY and not report.is_live and set(report.issue_by) & by.roles
    ]
    if not regions or not owed:
        return []
    day = today - timedelta(days=1)
    # The desk and the reports are siblings: neither imports the other, they meet in the registry.
    versions: QuerySet[Any] = QuerySet(apps.get_model("reports", "ReportVersion"))
    issued = set(
        versions.filter(day=day, region_id=regions[0]).values_list("report", flat=True).distinct()
    )
    return [
        {
            "tone": "warn",
            "strong": f"{day.month} 月 {day.day} 日{report.label}",
            "words": "还没有定稿，",
            "url": f"{address('reports:report', report.key)}?on={day}",
            "link": "核对后定稿",
        }
        for report in owed
        if report.key not in issued
    ]
