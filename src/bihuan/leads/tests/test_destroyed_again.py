"""An older backup brings back what was destroyed; the list beside it destroys it again."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from tests.people import County

from bihuan.leads.models import Envelope
from bihuan.leads.tests.retained import LATER, closed_tip, destroy, set_period
from bihuan.matters.disposing import DESTROYED_LIST, destroy_restored, remove_destroyed
from bihuan.matters.models import Matter, Tombstone
from bihuan.matters.verify import verify


def listed(settings: Settings) -> list[dict[str, object]]:
    path = Path(settings.HOME) / DESTROYED_LIST
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_list_tells_what_was_destroyed_and_nothing_of_it(
    sealing_county: County, settings: Settings
) -> None:
    set_period(sealing_county, "account_days")
    filed = closed_tip(sealing_county)
    destroy(sealing_county, "lead_account")
    remove_destroyed(now=LATER)
    told = listed(settings)
    assert {line["matter"] for line in told} == {filed.matter.pk}
    assert {str(line["what"]) for line in told} == {
        "account words",
        "account file-1",
        "identity file-1",
    }
    assert set(told[0]) == {"at", "digest", "matter", "retention", "size", "what"}
    assert (Path(settings.HOME) / DESTROYED_LIST).stat().st_mode & 0o777 == 0o600


def test_a_restored_identity_goes_again(sealing_county: County, settings: Settings) -> None:
    """The database is the older one: no disposal, no tombstone, the envelope whole."""
    filed = closed_tip(sealing_county)
    other = closed_tip(sealing_county)
    line = {"matter": filed.matter.pk, "retention": "lead_identity", "what": "identity who"}
    gone = {"matter": 1, "retention": "lead_identity", "what": "identity who"}
    path = Path(settings.HOME) / DESTROYED_LIST
    text = "\n".join(json.dumps(one) for one in (line, line, gone))
    path.write_text(f'{text}\n{{"matter": 12', "utf-8")  # the last one was cut off
    assert destroy_restored(now=LATER) == 1
    assert Envelope.objects.get(matter=filed.matter, part="who").destroyed_at == LATER
    assert Envelope.objects.get(matter=other.matter, part="who").destroyed_at is None
    assert Tombstone.objects.get().what == "identity who"
    assert Matter.objects.get(kind="disposal").stage == "destroyed"
    assert destroy_restored(now=LATER) == 0
    assert verify(files=True).faults == []


def test_half_a_line_does_not_take_the_next_with_it(
    sealing_county: County, settings: Settings
) -> None:
    (Path(settings.HOME) / DESTROYED_LIST).write_text('{"matter": 12', "utf-8")
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    destroy(sealing_county)
    remove_destroyed(now=LATER)
    lines = (Path(settings.HOME) / DESTROYED_LIST).read_text("utf-8").splitlines()
    assert [json.loads(line)["what"] for line in lines[1:]] == ["identity who"]


@pytest.mark.once
def test_without_a_list_nothing_happens(sealing_county: County) -> None:
    closed_tip(sealing_county)
    assert destroy_restored(now=LATER) == 0
