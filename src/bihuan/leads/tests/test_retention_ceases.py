"""What was proposed for destruction ends by itself when it is no longer due, whoever decided."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.desk.tests import seeded
from bihuan.leads.models import Envelope
from bihuan.leads.tests.retained import (
    LATER,
    closed_tip,
    decide,
    proposed,
    set_period,
)
from bihuan.matters import disposing
from bihuan.matters.declarations import catalog
from bihuan.matters.disposals import destroy, due_since
from bihuan.matters.disposing import BEAT, MORE, destroy_listed, find_due
from bihuan.matters.engine import lock, take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Facts, Heartbeat, Matter, OpenDisposal, Tombstone
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.matters.writing import engine_writes
from bihuan.regulations.packs import set_value

TOMORROW = LATER + timedelta(days=1)
ENDED = "保管期限已改或事项又在办理，不再提出清理。"


@pytest.fixture
def disposal(sealing_county: County) -> Matter:
    """The identity of a closed lead, proposed for destruction."""
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    return proposed()


def undeclare(disposal: Matter) -> None:
    """As after an update that dropped the class: the row and the fact name what nobody knows."""
    with engine_writes():
        OpenDisposal.objects.filter(disposal=disposal).update(retention="lead_telegram")
        facts = Facts.objects.get(pk=disposal.pk)
        facts.data["retention"] = "lead_telegram"
        facts.save()


def test_a_period_that_was_taken_back_ends_the_proposal(
    sealing_county: County, disposal: Matter
) -> None:
    """Unset means kept for good, also for what was found before."""
    set_value(
        "retention.identity_days",
        region=sealing_county.region,
        value=None,
        reason="局务会撤销",
        by=sealing_county.users["office_head"],
        now=LATER,
    )
    with pytest.raises(Refused, match="没有届满"):
        decide(sealing_county, disposal)
    find_due(now=TOMORROW)
    disposal.refresh_from_db()
    assert (disposal.stage, disposal.is_open) == ("ceased", False)
    assert not OpenDisposal.objects.exists()
    assert Envelope.objects.get(part="who").destroyed_at is None


def test_a_matter_that_is_taken_up_again_is_not_due(county: County) -> None:
    set_period(county, "file_days")
    word = catalog().retention("lead_files")
    assert word is not None
    lead = seeded.closed(county)
    with engine_writes():  # what still runs beside it would keep its data as well
        Matter.objects.filter(parent=lead, is_open=True).update(is_open=False)
    on = (LATER + timedelta(days=60)).date()
    assert due_since(lead, word, on=on) is not None
    why = {"reason": "又有新的反映"}
    again = take_step(lead.pk, "reopen", by=county.actor("leader"), now=LATER, answers=why)
    assert due_since(again, word, on=on) is None


def test_a_class_that_is_no_longer_declared_is_withdrawn(
    sealing_county: County, disposal: Matter, client: Client
) -> None:
    undeclare(disposal)
    with pytest.raises(Refused, match="没有届满"):
        decide(sealing_county, disposal)
    client.force_login(sealing_county.users["custodian"])
    url = f"/desk/matters/{to_code(disposal.pk)}/"
    with standing_at(LATER):
        assert "保管期限现在没有届满" in client.get(url).content.decode()
        assert client.get("/desk/retention").status_code == 200
    find_due(now=TOMORROW)
    disposal.refresh_from_db()
    assert disposal.stage == "ceased"
    with standing_at(TOMORROW):
        assert ENDED in client.get(url).content.decode()
    assert Envelope.objects.get(part="who").destroyed_at is None


def test_a_class_that_went_since_the_decision_is_not_destroyed(
    sealing_county: County, disposal: Matter
) -> None:
    """Confirming is refused; and the effect itself, past the guard, destroys nothing either."""
    decide(sealing_county, disposal)
    undeclare(disposal)
    leader = sealing_county.actor("leader")
    with pytest.raises(Refused, match="没有届满"):
        take_step(disposal.pk, "confirm_destruction", by=leader, now=LATER)
    with engine_writes():
        case = lock(disposal.pk, by=leader, now=LATER)
        with pytest.raises(Refused, match="由系统撤销"):
            destroy(case)
    assert not Tombstone.objects.exists()
    find_due(now=TOMORROW)
    disposal.refresh_from_db()
    assert disposal.stage == "ceased"


def test_a_listed_class_that_is_no_longer_declared_is_passed_over(
    sealing_county: County, tmp_path: Path
) -> None:
    filed = closed_tip(sealing_county)
    path = tmp_path / "brought.jsonl"
    line = '{{"matter": {}, "retention": "{}", "what": "identity who"}}\n'
    words = (line.format(filed.matter.pk, key) for key in ("lead_telegram", "lead_identity"))
    path.write_text("".join(words), "utf-8")
    assert destroy_listed(path, now=LATER) == 1
    assert [one.retention for one in Tombstone.objects.all()] == ["lead_identity"]


def test_a_full_batch_goes_on_in_the_next_round(
    sealing_county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposing, "BATCH", 1)
    set_period(sealing_county, "identity_days")
    for _ in range(2):
        closed_tip(sealing_county)
    assert find_due(now=LATER) == 1
    assert MORE in Heartbeat.objects.get(name=BEAT).note
    assert find_due(now=LATER) == 1
    assert Matter.objects.filter(kind="disposal").count() == 2


def test_what_another_process_proposed_meanwhile_is_not_proposed_twice(
    sealing_county: County, disposal: Matter
) -> None:
    """Both had found the matter due; the second looks once more under its lock."""
    about = disposal.parent
    word = catalog().retention("lead_identity")
    assert about is not None
    assert word is not None
    assert not disposing._propose(about, word, now=LATER)  # noqa: SLF001 - the race itself
    assert Matter.objects.filter(kind="disposal").count() == 1
    assert str(OpenDisposal.objects.get()) == f"lead_identity of {about.pk}"


def test_a_matter_taken_up_meanwhile_is_not_proposed(sealing_county: County) -> None:
    filed = closed_tip(sealing_county)
    word = catalog().retention("lead_identity")
    assert word is not None
    assert not disposing._propose(filed.matter, word, now=NOW)  # noqa: SLF001 - not due any more
    assert not OpenDisposal.objects.exists()
