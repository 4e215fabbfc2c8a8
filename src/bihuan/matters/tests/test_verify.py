"""Verify: a trail that was left alone agrees; every change past the engine is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Entry, Matter
from bihuan.matters.seals import seal_until
from bihuan.matters.verify import verify

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)


@contextmanager
def tampering() -> Iterator[None]:
    """What somebody with the database in his hands can do: the triggers are switched off."""
    if connection.vendor == "sqlite":
        names = ("entry_stays_as_written", "entry_stays", "seal_stays_as_written", "seal_stays")
        off = [f"DROP TRIGGER {name}" for name in names]
    else:
        off = [f"ALTER TABLE {t} DISABLE TRIGGER ALL" for t in ("matters_entry", "matters_seal")]
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
    yield


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over, its day sealed."""
    found = hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)
    seal_until(date(2026, 3, 1), now=NOW)
    return found


def test_an_untouched_trail_agrees(lead: Matter) -> None:
    report = verify()
    assert report.faults == []
    assert report.seals == 1
    assert report.entries == Entry.objects.count()


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE matters_matter SET title = 'x' WHERE id = %s", "title was changed"),
        ("UPDATE matters_matter SET stage = 'closed' WHERE id = %s", "stage was changed"),
        ("UPDATE matters_matter SET last_seq = 2 WHERE id = %s", "its head isn't its last"),
        ("UPDATE matters_facts SET data = '{}' WHERE matter_id = %s", "fact 'assignee'"),
    ],
)
def test_changes_past_the_trail_are_named(lead: Matter, sql: str, named: str) -> None:
    run(sql, lead.pk)
    faults = verify().faults
    assert any(named in fault and str(lead.pk) in fault for fault in faults)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE matters_entry SET step = 'x' WHERE matter_id = %s",
        "DELETE FROM matters_entry WHERE matter_id = %s",
    ],
)
def test_entries_cannot_be_changed_or_deleted(lead: Matter, sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(sql, lead.pk)


@pytest.mark.parametrize(
    "sql", ["UPDATE matters_seal SET counters = '[]'", "DELETE FROM matters_seal"]
)
def test_seals_cannot_be_changed_or_deleted(lead: Matter, sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(sql)


def test_a_deleted_entry_leaves_a_gap(lead: Matter) -> None:
    with tampering():
        run("DELETE FROM matters_entry WHERE matter_id = %s AND seq = 2", lead.pk)
    assert any("entry 2 is missing" in fault for fault in verify().faults)


def test_a_flipped_byte_is_named(lead: Matter) -> None:
    body = bytearray(bytes(Entry.objects.get(matter_id=lead.pk, seq=2).body))
    body[-1] ^= 1
    with tampering():
        run(
            "UPDATE matters_entry SET body = %s WHERE matter_id = %s AND seq = 2",
            bytes(body),
            lead.pk,
        )
    assert any("entry 2: its bytes don't have its hash" in fault for fault in verify().faults)


def test_a_deleted_matter_is_named_by_the_seal(lead: Matter) -> None:
    with tampering():
        for table, key in (
            ("matters_papercopy", "matter_id"),
            ("matters_timer", "matter_id"),
            ("matters_facts", "matter_id"),
            ("matters_searchtext", "matter_id"),
            ("matters_outbox", "matter_id"),
            ("matters_recusal", "matter_id"),
            ("matters_entry", "matter_id"),
        ):
            run(f"DELETE FROM {table} WHERE {key} = %s", lead.pk)  # noqa: S608
        run("UPDATE matters_matter SET parent_id = NULL WHERE parent_id = %s", lead.pk)
        run("DELETE FROM matters_matter WHERE id = %s", lead.pk)
    faults = verify().faults
    assert any(f"matter {lead.pk} entry" in fault and "missing" in fault for fault in faults)


@pytest.mark.parametrize("packed", ["x'00'", "x'789c030000000001'", "x'789c4b040000620062'"])
def test_leaves_that_cannot_be_unpacked_are_named(lead: Matter, packed: str) -> None:
    value = packed if connection.vendor == "sqlite" else f"decode('{packed[2:-1]}', 'hex')"
    with tampering():
        run(f"UPDATE matters_seal SET leaves = {value}")  # noqa: S608
    faults = verify().faults
    assert "seal of 2026-03-01: doesn't follow, or was changed" in faults
    assert any(fault.startswith("seal of 2026-03-01: its leaves") for fault in faults) or any(
        "added to that day later" in fault for fault in faults
    )


def test_a_changed_seal_is_named(lead: Matter) -> None:
    with tampering():
        run("UPDATE matters_seal SET counters = '[]'")
    assert any(fault.startswith("seal of 2026-03-01") for fault in verify().faults)
