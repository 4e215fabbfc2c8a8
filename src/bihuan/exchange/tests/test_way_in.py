"""A tip-off taken outside becomes a lead inside: once, whole, readable by its holders alone."""

from datetime import timedelta
from typing import Any

import pytest
from tests.people import NOW

from bihuan.exchange import outside
from bihuan.exchange.models import Answer, Package, Taken, Waiting
from bihuan.exchange.packages import PackageRefused
from bihuan.exchange.tests.conftest import LATER, PASSPHRASE, Gap
from bihuan.exchange.tips_out import NothingNew
from bihuan.leads.envelopes import take_out
from bihuan.leads.keys import private_from, unlock
from bihuan.leads.models import Envelope, KeyHolder, Message, Receipt
from bihuan.leads.progress import look_up
from bihuan.leads.sealed_content import text_from
from bihuan.leads.tips import TipOff, made_ready
from bihuan.matters import files
from bihuan.matters.models import Counter, Entry, Matter
from bihuan.matters.refusals import Incomplete, Refused
from bihuan.matters.verify import verify

NAME, PHONE, PHRASE = "施阿婆", "19900001234", "夜班从北风井偷偷下人"


def tip(**changed: object) -> TipOff:
    told: dict[str, object] = {"words": f"{PHRASE}，已经三天了", "name": NAME, "phone": PHONE}
    return TipOff(**(told | changed))  # type: ignore[arg-type]


def filed(gap: Gap, *, screened: bool = False, **changed: object) -> outside.Given:
    with gap.side("outside"):
        return outside.file_ready(made_ready(tip(**changed)), now=NOW, screened=screened)


def opened(envelope: Envelope, gap: Gap, account: str) -> dict[str, str]:
    held = KeyHolder.objects.get(user=gap.county.users[account])
    session = unlock(held.key, passphrase=PASSPHRASE)
    private = private_from(session.server_part, cookie_secret=session.cookie_secret)
    with gap.side("inside"):
        return text_from(take_out(envelope, private=private))


def test_it_becomes_a_lead_with_its_receipt(gap: Gap) -> None:
    given = filed(gap, kind="major_hazard", site_id=gap.county.sites["xingwang"].pk)
    with gap.side("outside"):
        shown = outside.look_up(given.receipt)
    assert (shown.words, shown.acceptance_number) == ("已收到，等待登记", given.acceptance_number)
    assert gap.carry().package.counts == {"tip": 1}
    matter = Matter.objects.get()
    assert matter.acceptance_number == given.acceptance_number
    assert (matter.opened_at, matter.stage) == (NOW, "received")
    assert Entry.objects.get().recorded_at == LATER
    assert (matter.site, matter.category) == (gap.county.sites["xingwang"], "major_hazard")
    with gap.side("inside"):
        assert look_up(given.receipt, now=LATER).received_at == NOW
    who, words = Envelope.objects.order_by("pk")
    assert opened(who, gap, "custodian") == {"姓名": NAME, "电话": PHONE}
    assert PHRASE in opened(words, gap, "intake")["发生了什么"]
    assert verify().faults == []


def test_the_outer_side_holds_no_matter(gap: Gap) -> None:
    filed(gap)
    assert not Matter.objects.exists()
    assert not Envelope.objects.exists()


def test_a_package_is_taken_once(gap: Gap) -> None:
    filed(gap)
    path = gap.into()
    assert not gap.take(path, "inside").is_repeated
    assert gap.take(path, "inside").is_repeated
    assert gap.take(gap.into(again=True), "inside").package.counts == {"whole": 1}
    assert Matter.objects.count() == 1


def test_in_any_order_and_the_missing_one_is_named(gap: Gap) -> None:
    paths = []
    for number in range(3):
        filed(gap, words=f"{PHRASE}，第 {number} 次看见")
        paths.append(gap.into())
    assert gap.take(paths[2], "inside").missing == (1, 2)
    assert gap.take(paths[0], "inside").missing == (2,)
    assert gap.take(paths[1], "inside").missing == ()
    assert Matter.objects.count() == 3


def test_a_lost_package_is_written_again(gap: Gap) -> None:
    filed(gap)
    gap.into().unlink()
    with pytest.raises(NothingNew, match="另有 1 件"):
        gap.into()
    assert gap.take(gap.into(again=True), "inside").missing == ()
    assert Matter.objects.count() == 1


@pytest.mark.parametrize("at", [3, 200, 900, -10])
def test_a_changed_byte_changes_nothing(gap: Gap, at: int) -> None:
    filed(gap)
    path = gap.into()
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refused):
        gap.take(path, "inside")
    assert not Taken.objects.exists()
    assert not Matter.objects.exists()


def test_it_is_for_the_inner_side_alone(gap: Gap) -> None:
    filed(gap)
    path = gap.into()
    with pytest.raises(PackageRefused):
        gap.take(path, "outside")
    assert PHRASE.encode() not in path.read_bytes()


def test_one_number_with_two_contents_is_refused(gap: Gap) -> None:
    filed(gap)
    first = gap.into()
    gap.take(first, "inside")
    with gap.side("outside"):
        Package.objects.filter(is_ours=True, peer__role="inside").delete()
    filed(gap)
    with pytest.raises(Refused, match="第 1 包以前收过，内容却不同"):
        gap.take(gap.into(), "inside")


def test_too_many_wait_to_be_looked_at(gap: Gap) -> None:
    filed(gap, screened=True)
    gap.carry()
    assert Matter.objects.get().stage == "screening"


def test_what_is_not_on_the_lists_is_refused_outside(gap: Gap) -> None:
    for wrong in ({"kind": "no_such"}, {"site_id": 4_000_000}):
        with pytest.raises(Incomplete):
            filed(gap, **wrong)
    assert not Waiting.objects.exists()


def test_a_mine_that_closed_meanwhile_is_left_to_intake(gap: Gap) -> None:
    filed(gap, site_id=gap.county.sites["xingwang"].pk, kind="major_hazard")
    gap.county.sites["xingwang"].delete()
    gap.carry()
    matter = Matter.objects.get()
    assert (matter.site_id, matter.category) == (None, "major_hazard")


def test_an_addition_finds_its_lead(gap: Gap) -> None:
    given = filed(gap)
    gap.carry()
    gap.show(now=LATER)
    with gap.side("outside"):
        addition = outside.addition_of(given.receipt, "今天又看见一次")
        outside.add_prepared(addition, now=LATER + timedelta(minutes=1))
        assert [one.from_office for one in outside.look_up(given.receipt).messages] == [False]
    gap.carry(now=LATER + timedelta(minutes=2))
    message = Message.objects.get()
    assert message.matter == Matter.objects.get()
    assert message.envelope is not None
    assert opened(message.envelope, gap, "intake") == {"补充": "今天又看见一次"}


def test_an_addition_may_travel_with_its_tip(gap: Gap) -> None:
    given = filed(gap)
    with gap.side("outside"):
        outside.add_prepared(outside.addition_of(given.receipt, "补一句"), now=NOW)
    assert gap.carry().package.counts == {"tip": 1, "addition": 1}
    gap.show(now=LATER)
    assert not Waiting.objects.exists()


def test_what_was_taken_is_deleted_outside(
    gap: Gap, django_capture_on_commit_callbacks: Any
) -> None:
    big = "看见的情况。" * 800
    given = filed(gap, words=big)
    waiting = Waiting.objects.get()
    part = waiting.parts.exclude(digest="").get()
    gap.carry()
    assert Waiting.objects.exists(), "kept until the inner side has said that it is there"
    with gap.side("outside"), django_capture_on_commit_callbacks(execute=True):
        gap.show(now=LATER)
    assert not Waiting.objects.exists()
    with gap.side("outside"), pytest.raises(FileNotFoundError):
        files.read(part.digest)
    with gap.side("inside"):
        assert files.read(part.digest)
    with gap.side("outside"):
        assert outside.look_up(given.receipt).words == "已收到，等待登记"


def test_a_new_outer_machine_goes_on_behind_the_last_number(gap: Gap) -> None:
    first = filed(gap)
    gap.carry()
    with gap.side("outside"):
        Counter.objects.all().delete()
    gap.show(now=LATER)
    second = filed(gap)
    assert int(second.acceptance_number[-6:]) == int(first.acceptance_number[-6:]) + 1


def test_a_forged_receipt_reaches_no_lead(gap: Gap) -> None:
    given = filed(gap)
    gap.carry()
    with gap.side("outside"):
        addition = outside.addition_of(given.receipt, "补一句")
        outside.add_prepared(addition, now=LATER)
    Waiting.objects.filter(kind="addition").update(receipt=b"\7" * 32)
    assert gap.carry(now=LATER).package.counts == {"refused": 1}
    assert not Message.objects.exists()
    assert Receipt.objects.count() == 1
    assert Answer.objects.count() == 1
