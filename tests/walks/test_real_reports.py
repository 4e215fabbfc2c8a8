"""Ten thousand real citizens' reports as leads: every clock and rung against plain Python.

The file isn't part of the project; where it is absent the test is skipped, saying so. The mapping
stands in data/imports/sf311.toml. Events run in the order of their real moments, the clock as
`tick --as-of` does; what the engine kept is compared with a computation that shares no code.
"""

import csv
import io
import time
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from bihuan.matters.engine import take_step
from bihuan.matters.history import Past, import_matter
from bihuan.matters.models import Entry, Matter, Outbox, RungFired, Timer
from bihuan.matters.refusals import Refused
from bihuan.matters.verify import verify
from tests.people import County, settle_county

FILE = Path(__file__).parents[3] / "shared" / "data" / "tipoffs" / "sf_311_service_requests.csv"
END = datetime(2018, 2, 1, tzinfo=UTC)
CHINA = timedelta(hours=8)
WEEK = timedelta(days=7)


@dataclass
class Report:
    """One row, and what plain Python expects of it."""

    key: str
    opened: datetime
    closed: datetime | None
    facts: dict[str, str]
    unit: str
    matter_id: int = 0
    rungs: list[int] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return self.closed is not None and self.closed < self.opened

    @property
    def due_day(self) -> date:
        return (self.opened + CHINA).date() + WEEK

    @property
    def late_from(self) -> datetime:
        next_day = self.due_day + timedelta(days=1)
        return datetime(next_day.year, next_day.month, next_day.day, tzinfo=UTC) - CHINA

    @property
    def ended(self) -> datetime | None:
        return None if self.is_refused else self.closed

    def expected_rungs(self) -> list[int]:
        remind = self.late_from - timedelta(days=2)
        until = self.ended or END
        return [n for n, at in ((-1, remind), (0, self.late_from)) if at <= until]


def read_reports() -> list[Report]:
    mapping = tomllib.loads((settings.DATA / "imports" / "sf311.toml").read_text("utf-8"))
    when, named, rules = mapping["when"], mapping["facts"], mapping["units"]
    found = []
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            unit = next(rule["unit"] for rule in rules["rule"] if rule["holds"] in row[rules["by"]])
            closed = row[when["closed"]]
            facts = {key: row[column] or "—" for key, column in named.items()}
            found.append(
                Report(
                    key=row["unique_key"],
                    opened=datetime.fromisoformat(row[when["opened"]]),
                    closed=datetime.fromisoformat(closed) if closed else None,
                    facts={**facts, **mapping["fixed"]},
                    unit=unit,
                )
            )
    return found


def run(county: County, reports: list[Report]) -> dict[str, str]:
    """Everything in the order of its moment; gives the refusals by key."""
    office = county.actor("office", on=date(2026, 3, 1))
    events: list[tuple[datetime, int, str, Report | None]] = []
    for n, report in enumerate(reports):
        events.append((report.opened, n, "open", report))
        if report.closed is not None:
            events.append((max(report.closed, report.opened), n, "close", report))
    day = min(report.opened for report in reports)
    while day < END:
        day += timedelta(days=1)
        events.append((day, -1, "tick", None))
    refused = {}
    order = {"open": 0, "close": 1, "tick": 2}
    for at, _n, what, report in sorted(events, key=lambda e: (e[0], order[e[2]], e[1])):
        if report is None:
            call_command("tick", as_of=at.isoformat(), quiet=True, stderr=io.StringIO())
        elif what == "open":
            report.matter_id = bring_in(county, report)
        else:
            try:
                take_step(report.matter_id, "close_history", by=office, now=report.closed or at)
            except Refused as no:
                refused[report.key] = no.sentence
    return refused


def bring_in(county: County, report: Report) -> int:
    handed_over = (report.opened + CHINA).date().isoformat()
    past = Past(
        stage="assigned",
        happened_at=report.opened,
        unit_id=county.units[report.unit].pk,
        region_id=county.regions["north"].pk,
        facts={**report.facts, "confirmed": ["title", "summary"]},
        marks={
            "received_at": report.opened.isoformat(),
            "handed_over_on": handed_over,
        },
    )
    return import_matter("lead", past, by=county.actor("office")).pk


@pytest.mark.slow
@pytest.mark.skipif(not FILE.exists(), reason="the real reports aren't beside the project")
@pytest.mark.django_db
def test_ten_thousand_real_reports(capsys: pytest.CaptureFixture[str]) -> None:
    county = settle_county(adopted_on=date(2000, 1, 1))
    reports = read_reports()
    assert len(reports) == 10_000
    started = time.perf_counter()
    refused = run(county, reports)
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\n10,000 reports, 10 years of days: {seconds:.0f} s")  # noqa: T201
    assert set(refused) == {report.key for report in reports if report.is_refused}
    assert len(refused) == 17
    assert all(sentence.startswith("办理时间早于上一次办理") for sentence in refused.values())
    assert sum(report.closed is None for report in reports) == 370
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # nobody else sees rows that aren't committed, and counts them
    compare_clocks(reports)
    compare_statistics(reports)
    assert Outbox.objects.filter(event__contains="提醒").count() == 0
    assert verify().faults == []


def compare_clocks(reports: list[Report]) -> None:
    timers = {timer.matter_id: timer for timer in Timer.objects.filter(key="feedback")}
    fired: dict[int, list[int]] = {}
    for matter_id, offset in RungFired.objects.filter(timer__key="feedback").values_list(
        "timer__matter_id", "offset"
    ):
        fired.setdefault(matter_id, []).append(offset)
    for report in reports:
        timer = timers[report.matter_id]
        assert timer.late_from == report.late_from, report.key
        assert timer.done_at == report.ended, report.key
        assert sorted(fired.get(report.matter_id, [])) == report.expected_rungs(), report.key


def compare_statistics(reports: list[Report]) -> None:
    leads = Matter.objects.filter(kind="lead")
    by_unit = Counter(leads.values_list("unit__name", flat=True))
    expected: Counter[str] = Counter(report.unit for report in reports)
    assert sorted(by_unit.values()) == sorted(expected.values())
    by_source = Counter(leads.values_list("source", flat=True))
    assert by_source == Counter(report.facts["source"] for report in reports)
    on_time = sum(r.ended is not None and r.ended < r.late_from for r in reports)
    closed = sum(r.ended is not None for r in reports)
    overdue = sum(r.ended is None and r.late_from <= END for r in reports)
    kept: dict[str, Any] = {"closed": 0, "on_time": 0, "overdue": 0}
    for timer in Timer.objects.filter(key="feedback").select_related("matter"):
        if timer.matter.is_open:
            kept["overdue"] += timer.late_at(END)
        else:
            kept["closed"] += 1
            kept["on_time"] += not timer.is_late
    assert kept == {"closed": closed, "on_time": on_time, "overdue": overdue}
    days = Counter((report.opened + CHINA).date().isoformat() for report in reports)
    listed: Counter[str] = Counter(
        leads.select_related("facts_row").values_list("facts_row__data__listed_on", flat=True)
    )
    assert listed == days
    assert Entry.objects.filter(step="close_history").count() == closed
