"""Clocks of matters: budgets in every unit, a pause, where they start, and windows not set."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.language.pack import Kind, Origin, Value
from bihuan.matters import clocks, ticking
from bihuan.matters.models import Matter, Timer
from bihuan.matters.ticking import tick
from bihuan.matters.writing import engine_writes, keep

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
ON = date(2026, 3, 1)
DAY = timedelta(days=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over on 1 March."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


@pytest.mark.parametrize(
    ("kind", "counting", "text"),
    [
        (Kind.DAYS, "working", "7个工作日"),
        (Kind.HOURS, "working", "7小时"),
        (Kind.MINUTES, "calendar", "7分钟"),
    ],
)
def test_only_days_follow_the_way_of_counting(kind: Kind, counting: str, text: str) -> None:
    value = Value(key="lead.feedback_days", value=7, origin=Origin.SOURCE, kind=kind)
    assert str(clocks.budget_of(value, counting=counting)) == text


def test_a_paused_clock_stands_still_until_it_runs_again(lead: Matter) -> None:
    timer = Timer.objects.get(matter=lead, key="feedback")
    due = timer.due_at
    pause = {"from": (NOW + DAY).isoformat(), "reason": "等待检测"}
    timer.suspensions = [pause]
    clocks.project(timer, matter=lead, on=ON)
    assert (timer.state, timer.due_at, timer.next_at) == (Timer.State.PAUSED, None, None)
    assert not timer.late_at(NOW + 99 * DAY)
    assert clocks.due_rungs_of(timer, matter=lead, now=NOW + 99 * DAY, on=ON) == []
    timer.suspensions = [{**pause, "until": (NOW + 3 * DAY).isoformat()}]
    clocks.project(timer, matter=lead, on=ON)
    assert (timer.state, timer.due_at) == (Timer.State.RUNNING, due + 2 * DAY)
    assert "等待检测" in clocks.explained(timer, event="交办")


def test_a_clock_starts_at_the_step_or_at_its_fact() -> None:
    facts: dict[str, object] = {"on": "2026-02-01", "at": "2026-02-01T08:00:00+00:00"}
    assert clocks.start_moment("", facts=facts, now=NOW) == NOW
    assert clocks.start_moment("lost", facts=facts, now=NOW) == NOW
    assert clocks.start_moment("on", facts=facts, now=NOW) == datetime(2026, 2, 1, tzinfo=SHANGHAI)
    assert clocks.start_moment("at", facts=facts, now=NOW) == datetime(2026, 2, 1, 8, tzinfo=UTC)


def test_a_window_that_is_not_set_never_closes(lead: Matter) -> None:
    path = lead.path_ids
    assert clocks.window_due("lead.lost_days", since=NOW, region_path=path, on=ON) is None
    due = clocks.window_due("lead.objection_days", since=NOW, region_path=path, on=ON)
    assert due is not None
    assert due.due_at > NOW


def test_a_round_goes_on_until_nothing_is_due(
    county: County, lead: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [
        hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)
        for _ in range(2)
    ]
    monkeypatch.setattr(ticking, "BATCH", 1)
    done = tick(now=NOW + 6 * DAY)
    assert done.matters >= 3
    assert not Timer.objects.filter(next_at__lte=NOW + 6 * DAY).exists()
    fired = Timer.objects.filter(matter__in=[lead, *others], key="feedback")
    assert [len(timer.fired) for timer in fired] == [1, 1, 1]


def test_a_stopped_clock_is_never_late(lead: Matter) -> None:
    timer = Timer.objects.get(matter=lead, key="feedback")
    with engine_writes():
        clocks.stop(timer, at=NOW, done=False)
        keep(timer)
    assert not Timer.objects.get(pk=timer.pk).late_at(NOW + 99 * DAY)
