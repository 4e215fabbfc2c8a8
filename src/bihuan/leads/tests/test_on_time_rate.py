"""On-time closed over closed and open overdue, with what is left out and why."""

from datetime import UTC, datetime, timedelta

from bihuan.leads.indicators import on_time_rate
from bihuan.matters.models import Matter, Timer
from bihuan.matters.writing import engine_writes

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
LATE_FROM = START + 8 * DAY


def lead(key: int, *, done: datetime | None, stage: str = "closed", clock: bool = True) -> Matter:
    matter = Matter(
        id=key,
        kind="lead",
        stage=stage,
        opened_at=START,
        moved_at=START,
        is_open=stage not in ("closed", "voided"),
    )
    matter.save()
    if clock:
        Timer(
            matter=matter,
            key="feedback",
            param="lead.feedback_days",
            amount=7,
            unit="DAYS",
            counting="CALENDAR",
            origin="source",
            version="",
            started_at=START,
            due_at=LATE_FROM - timedelta(seconds=1),
            late_from=LATE_FROM,
            state=Timer.State.DONE if done else Timer.State.RUNNING,
            done_at=done,
        ).save()
    return matter


def test_rate_counts_late_and_overdue_and_names_what_is_left_out(db: None) -> None:
    with engine_writes():
        leads = [
            lead(1, done=LATE_FROM - timedelta(seconds=1)),
            lead(2, done=LATE_FROM),
            lead(3, done=None, stage="checking"),
            lead(4, done=None, stage="received", clock=False),
            lead(5, done=None, stage="voided"),
        ]
    figure = on_time_rate(leads, at=LATE_FROM)
    assert (figure.counted, figure.of, figure.words) == (1, 3, "33.3%")
    assert figure.left_out == {"running": 0, "unset": 1, "void": 1}
    earlier = on_time_rate(leads, at=LATE_FROM - timedelta(seconds=1))
    assert earlier.of == 2
    assert earlier.left_out["running"] == 1


def test_nothing_closed_is_no_rate(db: None) -> None:
    assert on_time_rate([], at=START).words == "无"
