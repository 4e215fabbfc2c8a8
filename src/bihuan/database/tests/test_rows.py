"""Rows written by plain statements read back as the ORM would have written them."""

from datetime import UTC, date, datetime

import pytest
from tests.people import County

from bihuan.database import rows
from bihuan.matters.models import FAR, Matter, Outbox, Timer

MOMENT = datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=UTC)


def timer(matter_id: int) -> Timer:
    return Timer(
        matter_id=matter_id,
        key="feedback",
        param="lead.feedback_days",
        amount=7,
        unit="DAYS",
        counting="CALENDAR",
        origin="source",
        version="某地@1",
        started_at=MOMENT,
        extended_to=date(2026, 3, 9),
        suspensions=[{"from": "2026-03-02T00:00:00+08:00", "reason": "等待检测"}],
        fired=[-3, 0],
    )


@pytest.mark.django_db
def test_inserted_row_reads_back_the_same() -> None:
    wanted = timer(7)
    rows.insert(wanted)
    assert wanted.pk
    found = Timer.objects.get(pk=wanted.pk)
    for field in Timer._meta.local_concrete_fields:
        assert getattr(found, field.attname) == getattr(wanted, field.attname), field.attname


@pytest.mark.django_db
def test_only_named_columns_are_written() -> None:
    kept = timer(7)
    rows.insert(kept)
    kept.amount, kept.version, kept.fired = 9, "别处@2", [1]
    rows.update(kept, ["amount", "fired"])
    found = Timer.objects.get(pk=kept.pk)
    assert (found.amount, found.fired, found.version) == (9, [1], "某地@1")
    rows.update(kept, [])
    assert Timer.objects.get(pk=kept.pk).version == "某地@1"


@pytest.mark.django_db
def test_key_of_our_own_and_bytes() -> None:
    matter = Matter(
        id=2**60, kind="lead", title="标题", stage="x", opened_at=MOMENT, moved_at=MOMENT
    )
    matter.head = b"\x00\xff" * 16
    rows.insert(matter)
    found = Matter.objects.get(pk=2**60)
    assert bytes(found.head) == matter.head
    assert (found.due_at, found.is_open, found.unit_id) == (FAR, True, None)


def test_rows_that_are_known_are_left_out(county: County) -> None:
    def message(key: str) -> Outbox:
        return Outbox(
            user=county.users["intake"],
            channel="desk",
            event="待核查",
            text="一件",
            key=key,
            state=Outbox.State.SENT,
            created_at=MOMENT,
        )

    rows.insert_all([message("a"), message("b")], skip_known=True)
    rows.insert_all([message("b"), message("c")], skip_known=True)
    assert sorted(Outbox.objects.values_list("key", flat=True)) == ["a", "b", "c"]
    rows.insert_all([])
