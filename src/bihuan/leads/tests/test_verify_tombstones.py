"""Verify knows of tombstones, and still names what went without one."""

import pytest
from django.db import connection
from tests.people import County

from bihuan.leads.models import Envelope
from bihuan.leads.tests.retained import LATER, closed_tip, destroy, set_period
from bihuan.matters import files
from bihuan.matters.disposing import remove_destroyed
from bihuan.matters.models import Tombstone
from bihuan.matters.verify import verify
from bihuan.matters.writing import engine_writes


def faults() -> str:
    return "\n".join(verify(files=True).faults)


def test_an_envelope_emptied_without_a_tombstone_is_named(sealing_county: County) -> None:
    filed = closed_tip(sealing_county)
    assert faults() == ""
    Envelope.objects.filter(part="who").update(inline=b"", destroyed_at=LATER)
    assert (
        faults() == f"matter {filed.matter.pk}: sealed 'identity who' is gone without a tombstone"
    )


def test_a_sealed_file_that_is_gone_is_named(sealing_county: County) -> None:
    filed = closed_tip(sealing_county)
    digest = Envelope.objects.exclude(digest="").order_by("id").values_list("digest", flat=True)[0]
    files.remove(digest)
    assert faults() == f"matter {filed.matter.pk}: file {digest} is gone or was changed"


def test_a_tombstone_that_no_trail_tells_of_is_named(sealing_county: County) -> None:
    """Whoever empties an envelope past the engine can't cover it with a row of his own."""
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    disposal = destroy(sealing_county)
    other = closed_tip(sealing_county)
    Envelope.objects.filter(matter=other.matter, part="who").update(inline=b"", destroyed_at=LATER)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO matters_tombstone (matter_id, disposal_id, retention, what, digest, size,"
            " file, destroyed_at) VALUES (%s, %s, 'lead_identity', 'identity who', '', 1, '', %s)",
            [other.matter.pk, disposal.pk, LATER],
        )
    assert faults() == f"matter {disposal.pk}: a tombstone was added past the trail"


def test_a_file_that_lies_there_again_is_named(sealing_county: County) -> None:
    set_period(sealing_county, "account_days")
    filed = closed_tip(sealing_county)
    digest = Envelope.objects.exclude(digest="").order_by("id").values_list("digest", flat=True)[0]
    kept = files.read(digest)
    destroy(sealing_county, "lead_account")
    remove_destroyed(now=LATER)
    assert faults() == ""
    files.keep(kept)
    assert faults() == f"matter {filed.matter.pk}: destroyed file {digest} lies in the folder again"


def test_what_is_there_in_spite_of_its_tombstone_is_named(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    sealed = bytes(Envelope.objects.get(matter=filed.matter, part="who").inline)
    destroy(sealing_county)
    Envelope.objects.filter(part="who").update(inline=sealed, destroyed_at=None)
    named = f"matter {filed.matter.pk}: sealed 'identity who' is there in spite of its tombstone"
    assert faults() == named


def test_a_tombstone_that_was_taken_away_is_named(sealing_county: County) -> None:
    """Somebody with the database in his hands: its triggers are off."""
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    disposal = destroy(sealing_county)
    off = ["DROP TRIGGER tombstone_stays"]
    if connection.vendor == "postgresql":  # what the table still has to check comes first
        disable = "ALTER TABLE matters_tombstone DISABLE TRIGGER ALL"
        off = ["SET CONSTRAINTS ALL IMMEDIATE", disable]
    with connection.cursor() as cursor:
        for statement in (*off, "DELETE FROM matters_tombstone"):
            cursor.execute(statement)
    assert faults().splitlines() == [
        f"matter {disposal.pk}: a tombstone is gone or was changed past the trail",
        f"matter {filed.matter.pk}: sealed 'identity who' is gone without a tombstone",
    ]


def test_nobody_takes_a_tombstone_away(sealing_county: County) -> None:
    """Not within the engine either."""
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    destroy(sealing_county)
    with engine_writes(), pytest.raises(TypeError, match="tombstones stay"):
        Tombstone.objects.all().delete()
    assert str(Tombstone.objects.get()) == f"identity who of {filed.matter.pk}"


@pytest.mark.parametrize("act", ["DELETE FROM", "UPDATE"])
def test_the_database_keeps_tombstones(sealing_county: County, act: str) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    destroy(sealing_county)
    assert Tombstone.objects.count() == 1
    change = " SET what = 'x'" if act == "UPDATE" else ""
    with pytest.raises(Exception, match="tombstones stay"), connection.cursor() as cursor:
        cursor.execute(f"{act} matters_tombstone{change}")
