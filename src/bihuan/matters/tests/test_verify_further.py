"""Verify: faults of the chain, of columns, of seals, and of matters that are gone or untold."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from tests.people import County
from tests.walks.test_lead_walk import open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.leads.ledgers import CHANNEL
from bihuan.matters import trail, verify
from bihuan.matters.models import Entry, Matter
from bihuan.matters.records import write_record
from bihuan.matters.seals import seal_until
from bihuan.matters.tests.test_verify import run, tampering

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A registered lead."""
    return register(county, open_lead(county, now=NOW), now=NOW)


def replace_body(lead: Matter, *, seq: int, body: bytes) -> None:
    """Put other bytes with their right hash into an entry, as a careful forger would."""
    with tampering():
        run(
            "UPDATE matters_entry SET body = %s, hash = %s WHERE matter_id = %s AND seq = %s",
            body,
            trail.digest(body),
            lead.pk,
            seq,
        )


def faults(lead: Matter, *, full: bool = True) -> list[str]:
    found = verify.verify(full=full).faults
    assert all(fault.startswith(f"matter {lead.pk}") for fault in found)
    return [fault.removeprefix(f"matter {lead.pk}").strip(": ") for fault in found]


def test_an_entry_put_in_anew_does_not_follow(lead: Matter) -> None:
    line = trail.from_bytes(bytes(Entry.objects.get(matter_id=lead.pk, seq=2).body))
    replace_body(lead, seq=2, body=trail.to_bytes(line, previous=trail.GENESIS))
    assert faults(lead) == ["entry 2: doesn't follow the entry before it"]


def test_bytes_that_are_no_entry_are_named(lead: Matter) -> None:
    body = bytes(Entry.objects.get(matter_id=lead.pk, seq=1).body)
    replace_body(lead, seq=1, body=body[:-1])
    assert faults(lead) == ["entry 1: an entry is cut short"]


def test_an_entry_that_says_more_than_its_changes_is_named(lead: Matter) -> None:
    body = bytes(Entry.objects.get(matter_id=lead.pk, seq=2).body)
    _step, changes = trail.step_and_changes(body)
    longer = f"{changes} []".encode()
    cut = len(body) - len(changes.encode()) - 4
    replace_body(lead, seq=2, body=body[:cut] + len(longer).to_bytes(4) + longer)
    assert faults(lead) == ["entry 2: more than its changes"]


def test_a_changed_column_is_named(lead: Matter) -> None:
    with tampering():
        run("UPDATE matters_entry SET step = 'x' WHERE matter_id = %s AND seq = 2", lead.pk)
    assert faults(lead) == ["entry 2: its columns differ from its bytes"]
    assert faults(lead, full=False) == []


def test_the_quick_look_leaves_facts_aside(lead: Matter) -> None:
    run("UPDATE matters_matter SET title = 'x' WHERE id = %s", lead.pk)
    assert faults(lead) == ["title was changed past the trail"]
    assert faults(lead, full=False) == []


def test_a_forged_moment_is_named(lead: Matter) -> None:
    run("UPDATE matters_matter SET opened_at = '2026-02-01 00:00:00+00:00' WHERE id = %s", lead.pk)
    assert faults(lead) == ["opened_at was changed past the trail"]


def test_a_matter_whose_trail_is_gone_is_named(lead: Matter) -> None:
    with tampering():
        run("DELETE FROM matters_entry WHERE matter_id = %s", lead.pk)
    assert faults(lead) == ["has no trail"]


def test_a_trail_whose_record_is_gone_is_named(county: County) -> None:
    facts = {"name": "举报电话", "media": "来电", "address": "0000-1234567", "state": "开通"}
    record = write_record(CHANNEL, by=county.actor("office"), now=NOW, facts=facts)
    assert verify.verify().faults == []
    run("DELETE FROM matters_record WHERE id = %s", record.pk)
    assert verify.verify().faults == [f"matter {record.pk}: has a trail but is gone"]


def test_only_the_first_fault_of_a_matter_is_told(lead: Matter) -> None:
    with tampering():
        run("DELETE FROM matters_entry WHERE matter_id = %s AND seq = 1", lead.pk)
        run("UPDATE matters_entry SET step = 'x' WHERE matter_id = %s", lead.pk)
    assert faults(lead) == ["entry 1 is missing", "has no trail"]


def test_many_matters_are_compared_in_parts(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (open_lead(county, now=NOW) for _ in range(3))
    monkeypatch.setattr(verify, "CHUNK", 1)
    for lead in (first, third):
        run("UPDATE matters_matter SET last_seq = 9 WHERE id = %s", lead.pk)
    assert verify.verify(full=False).faults == [
        f"matter {lead.pk}: its head isn't its last entry" for lead in (first, third)
    ]
    assert second.last_seq == 1


def test_a_seal_that_was_taken_out_is_missed(lead: Matter) -> None:
    seal_until(date(2026, 3, 3), now=NOW + 3 * DAY)
    with tampering():
        run("DELETE FROM matters_seal WHERE day = '2026-03-02'")
    assert verify.verify().faults == [
        "seal of 2026-03-03: doesn't follow, or was changed",
        "seal of 2026-03-03: the day before it is missing",
    ]


def test_the_number_of_leaves_is_compared(lead: Matter) -> None:
    seal_until(date(2026, 3, 1), now=NOW + DAY)
    with tampering():
        run("UPDATE matters_seal SET leaf_count = 9")
    assert verify.verify().faults == ["seal of 2026-03-01: the number of its leaves was changed"]


def test_damaged_moments_and_days_are_named(lead: Matter) -> None:
    damage = "UPDATE matters_matter SET opened_at = '2026-33-01 00:00:00' WHERE id = %s"
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            run(damage, lead.pk)
        return
    seal_until(date(2026, 3, 1), now=NOW + DAY)
    with tampering():
        run("UPDATE matters_seal SET day = '2026-33-01'")
    run(damage, lead.pk)
    run("UPDATE matters_timer SET due_at = '' WHERE matter_id = %s", lead.pk)
    found = "\n".join(verify.verify().faults)
    assert "opened_at was changed past the trail" in found
    assert "due_at was changed past the trail" in found
    assert "seal of 2026-33-01: its day can't be read" in found


def test_a_body_that_became_text_is_named(lead: Matter) -> None:
    with tampering():
        run("UPDATE matters_entry SET body = 'x' WHERE matter_id = %s AND seq = 2", lead.pk)
    # PostgreSQL keeps bytes bytes: there the text is a body that follows nothing.
    wrong = {"sqlite": "its bytes aren't bytes"}
    named = wrong.get(connection.vendor, "doesn't follow the entry before it")
    assert faults(lead) == [f"entry 2: {named}"]


def test_facts_that_are_no_json_are_named(lead: Matter) -> None:
    damage = "UPDATE matters_facts SET data = '{' WHERE matter_id = %s"
    with pytest.raises(DatabaseError), transaction.atomic():
        run(damage, lead.pk)
    if connection.vendor == "postgresql":
        return
    run("PRAGMA ignore_check_constraints = ON")
    try:
        run(damage, lead.pk)
    finally:
        run("PRAGMA ignore_check_constraints = OFF")
    assert faults(lead) == ["fact names and values can't be read"]
