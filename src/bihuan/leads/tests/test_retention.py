"""到期清理: what is due is proposed, two persons decide, and then it is gone, but not unseen."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.people import NOW, SINCE, County

from bihuan.accounts.models import Grant
from bihuan.leads.models import Envelope, Message, Reading, Receipt
from bihuan.leads.progress import look_up
from bihuan.leads.receipt_book import UnknownReceiptError
from bihuan.leads.tests.retained import (
    LATER,
    WHY,
    closed_tip,
    decide,
    destroy,
    proposed,
    set_period,
)
from bihuan.leads.tests.test_tip_off import whole_database
from bihuan.matters import files
from bihuan.matters.disposing import find_due, remove_destroyed
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter, Tombstone
from bihuan.matters.refusals import NotFound, NotYours, Refused
from bihuan.matters.verify import verify

CONFIRM = "confirm_destruction"


def test_nothing_is_proposed_until_somebody_sets_a_period(sealing_county: County) -> None:
    closed_tip(sealing_county)
    assert find_due(now=LATER) == 0
    assert not Matter.objects.filter(kind="disposal").exists()


def test_it_is_due_on_the_day_after_the_last_day_of_keeping(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    assert find_due(now=LATER - timedelta(days=1)) == 0
    assert find_due(now=LATER) == 1
    assert find_due(now=LATER) == 0  # the day's look is over
    assert find_due(now=LATER + timedelta(days=1)) == 0  # and what is open isn't proposed again


def test_two_persons_destroy_the_identity_and_the_tombstone_stays(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    sealed = bytes(Envelope.objects.get(matter=filed.matter, part="who").inline)
    disposal = destroy(sealing_county)
    assert (disposal.stage, disposal.is_open) == ("destroyed", False)
    envelope = Envelope.objects.get(matter=filed.matter, part="who")
    assert (bytes(envelope.inline), envelope.digest, envelope.destroyed_at) == (b"", "", LATER)
    assert sealed[20:200] not in whole_database()
    stone = Tombstone.objects.get(matter=filed.matter)
    assert (stone.what, stone.size, stone.disposal_id) == ("identity who", len(sealed), disposal.pk)
    assert verify(files=True).faults == []


def test_the_account_goes_with_its_files_and_the_questions(
    sealing_county: County, tmp_path: Path
) -> None:
    set_period(sealing_county, "account_days")
    filed = closed_tip(sealing_county)
    Message.objects.create(
        matter=filed.matter, direction="from_office", text="磅房在东侧吗", at=NOW
    )
    kept = Envelope.objects.filter(matter=filed.matter).exclude(digest="")
    digests = list(kept.order_by("id").values_list("digest", flat=True))
    assert digests
    destroy(sealing_county, "lead_account")
    assert files.size(digests[0]) > 0  # files go after the commit
    assert remove_destroyed(now=LATER) > 0
    assert [files.size(digest) for digest in digests] == [0] * len(digests)
    assert not list((tmp_path / "files").rglob(digests[0]))
    assert "磅房在东侧吗".encode() not in whole_database()
    assert Envelope.objects.get(matter=filed.matter, part="who").destroyed_at is None
    assert verify(files=True).faults == []


def test_a_killed_round_is_finished_by_the_next(sealing_county: County) -> None:
    """Between the commit and the files there is only the row that says what is left to do."""
    set_period(sealing_county, "account_days")
    filed = closed_tip(sealing_county)
    digest = Envelope.objects.filter(matter=filed.matter).exclude(digest="").first().digest  # type: ignore[union-attr]
    destroy(sealing_county, "lead_account")
    files.remove(digest)  # a round that was killed after this file
    assert remove_destroyed(now=LATER) == Tombstone.objects.count()
    assert remove_destroyed(now=LATER) == 0
    assert not Tombstone.objects.filter(gone_at=None).exists()


def test_the_reporter_is_told_the_truth(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days", "receipt_days")
    filed = closed_tip(sealing_county)
    destroy(sealing_county)
    told = look_up(filed.receipt, now=LATER).destroyed
    assert told == ("您留下的姓名和电话已于 2026-04-01 按规定销毁，不能再打开。",)
    destroy(sealing_county, "lead_receipt")
    assert not Receipt.objects.exists()
    with pytest.raises(UnknownReceiptError, match="保管期满"):
        look_up(filed.receipt, now=LATER)


def test_the_second_person_is_another_one(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    disposal = proposed()
    for account in ("intake", "office", "leader", "publisher", "cashier"):
        with pytest.raises(NotYours):
            take_step(
                disposal.pk, "decide", by=sealing_county.actor(account), now=LATER, answers=WHY
            )
    Grant.objects.create(
        user=sealing_county.users["custodian"],
        role="leader",
        unit=sealing_county.units["bureau"],
        region=sealing_county.region,
        from_on=SINCE,
    )
    decide(sealing_county, disposal)
    with pytest.raises(NotYours, match="另一人"):
        take_step(disposal.pk, CONFIRM, by=sealing_county.actor("custodian"), now=LATER)
    assert Envelope.objects.get(part="who").destroyed_at is None


def test_pressed_twice_it_is_destroyed_once(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    disposal = destroy(sealing_county)
    with pytest.raises(Refused, match="已销毁"):
        take_step(disposal.pk, CONFIRM, by=sealing_county.actor("leader"), now=LATER)
    assert Tombstone.objects.count() == 1


@pytest.mark.parametrize("account", ["custodian", "leader"])
def test_a_neighbour_and_a_unit_do_not_find_it(
    sealing_county: County, neighbour: County, account: str
) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    disposal = proposed()
    for by in (neighbour.actor(account), sealing_county.actor("handler")):
        with pytest.raises(NotFound):
            take_step(disposal.pk, "decide", by=by, now=LATER, answers=WHY)


def test_what_came_in_since_the_decision_is_not_destroyed_unseen(sealing_county: County) -> None:
    set_period(sealing_county, "account_days")
    filed = closed_tip(sealing_county)
    disposal = proposed("lead_account")
    decide(sealing_county, disposal)
    Message.objects.create(matter=filed.matter, direction="from_office", text="又问一句", at=LATER)
    with pytest.raises(Refused, match="又有新的内容"):
        take_step(disposal.pk, CONFIRM, by=sealing_county.actor("leader"), now=LATER)


def test_a_longer_period_ends_the_proposal(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    disposal = proposed()
    set_period(sealing_county, "identity_days", days=3650)
    with pytest.raises(Refused, match="没有届满"):
        decide(sealing_county, disposal)
    find_due(now=LATER + timedelta(days=1))
    disposal.refresh_from_db()
    assert disposal.stage == "ceased"


def test_kept_until_a_day_it_is_proposed_again_then(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    closed_tip(sealing_county)
    disposal = proposed()
    until = (LATER + timedelta(days=5)).date().isoformat()
    take_step(
        disposal.pk,
        "keep_on",
        by=sealing_county.actor("leader"),
        now=LATER,
        answers=WHY | {"keep_until": until},
    )
    assert find_due(now=LATER + timedelta(days=4)) == 0
    assert find_due(now=LATER + timedelta(days=5)) == 1


def test_the_log_of_openings_stays(sealing_county: County) -> None:
    set_period(sealing_county, "identity_days")
    filed = closed_tip(sealing_county)
    Reading.objects.create(
        who=sealing_county.users["custodian"],
        matter=filed.matter,
        purpose="identity",
        part="who",
        reason="核发奖励",
        at=NOW,
    )
    destroy(sealing_county)
    assert Reading.objects.count() == 1
