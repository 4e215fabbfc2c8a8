"""Daily lists of the demonstration: a named person fixes each the morning after."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from bihuan.config.demo_data import moment_on
from bihuan.config.demo_places import DemoCounty
from bihuan.language.words import Period
from bihuan.matters.declarations import catalog
from bihuan.matters.refusals import Refused
from bihuan.reports.issuing import issue

type Happening = tuple[datetime, Callable[[datetime], None]]
ISSUER = "office-head"
FIXED_AT = "1 09:20"  # on the day after, when what came in late is registered


def daily_lists(county: DemoCounty, *, today: date) -> Iterator[Happening]:
    """Every day's lists but those of yesterday, which are left for the visitor to fix."""
    for days in range((today - county.since).days - 1):
        day = county.since + timedelta(days=days)
        yield moment_on(day, FIXED_AT), partial(_fix, county, day)


def _fix(county: DemoCounty, day: date, now: datetime) -> None:
    by = county.actors[ISSUER]
    for report in catalog().reports:
        if report.period is not Period.DAILY or report.is_live:
            continue
        try:
            issue(report.key, region=county.region, on=day, by=by, now=now)
        except Refused:
            return  # a lead of that day still waits to be registered; the list stays a draft
