"""An outer machine that was broken into can't make the inner one take what isn't right."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.people import NOW

from bihuan.exchange.models import Package, Peer, Taken
from bihuan.exchange.packages import PackageRefused, Record
from bihuan.exchange.peers import peer_named
from bihuan.exchange.sending import Load, write
from bihuan.exchange.taking import Outcome
from bihuan.exchange.tests.conftest import LATER, Gap
from bihuan.exchange.tests.test_way_in import filed
from bihuan.leads.keys import PrivateKey
from bihuan.leads.models import Envelope, Message, Receipt
from bihuan.leads.sealing import seal
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Refused
from bihuan.places.models import Unit

STRANGER = PrivateKey(bytes(range(2, 34)))
SEALED = seal(b"x", recipients=[STRANGER.public], context=b"x")
UNREADABLE = "不是本版本能读的格式"


def item(kind: str = "tip", **changed: object) -> Record:
    told: dict[str, Any] = {
        "t": kind, "id": 77, "receipt": "07" * 32, "at": NOW.isoformat(), "told": {},
    }  # fmt: skip
    return Record(meta=told | changed)


def part(blob: bytes = SEALED, *, purpose: str = "account", name: str = "words") -> Record:
    return Record(meta={"t": "part", "purpose": purpose, "part": name}, blob=blob)


def sent_in(gap: Gap, records: Sequence[Record], *, kind: str = "tips") -> Outcome:
    """Records that the outer machine signed, carried in."""
    path = gap.folder / f"forged-{Package.objects.count()}.bhp"
    with gap.side("outside"):
        peer = peer_named("内网工作端")
        write(Load(kind=kind, name="x", records=records, counts={}), path, peer=peer, now=LATER)
    return gap.take(path, "inside")


NO_ITEMS: tuple[list[Record], ...] = (
    [part()],
    [item(), *[part()] * 21],
    [item(id="no number")],
    [item(id=0)],
    [item(id=1 << 63)],
    [item(receipt="07")],
    [item(at="2026-03-01T09:00:00")],
    [item(kind="order")],
    [item(told=None)],
    [item(), part(purpose="recovery-of-all")],
    [item(), part(name="../words")],
    [item(), part(b"not sealed at all")],
)


def test_what_is_no_item_is_refused(gap: Gap) -> None:
    for records in NO_ITEMS:
        with pytest.raises(PackageRefused, match=UNREADABLE):
            sent_in(gap, records)
    assert not Taken.objects.exists()
    assert not Matter.objects.exists()


def test_an_item_names_no_matter_that_is_there(gap: Gap) -> None:
    filed(gap)
    gap.carry()
    lead, receipt = Matter.objects.get(), Receipt.objects.get()
    Taken.objects.all().delete()
    same = [item(id=lead.pk), item(id=78, receipt=bytes(receipt.key).hex())]
    assert sent_in(gap, same).package.counts == {"refused": 2}
    assert Matter.objects.get() == lead
    assert set(Taken.objects.values_list("outcome", flat=True)) == {"编号与已有事项相同，没有收"}


def test_two_parts_of_one_name_are_refused(gap: Gap) -> None:
    with pytest.raises(PackageRefused, match=UNREADABLE):
        sent_in(gap, [item("tip"), part(), part()])
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("names", [(), ("other",), ("words",)])
def test_an_addition_of_other_than_its_own_words_is_refused(
    gap: Gap, names: tuple[str, ...]
) -> None:
    filed(gap)
    gap.carry()
    key = bytes(Receipt.objects.get().key).hex()
    before = Envelope.objects.count()
    with pytest.raises(PackageRefused, match=UNREADABLE):
        sent_in(gap, [item("addition", receipt=key), *(part(name=one) for one in names)])
    assert not Message.objects.exists()
    assert Envelope.objects.count() == before


def test_a_claim_that_cannot_be_opened_is_told_to_the_claimant(gap: Gap) -> None:
    filed(gap)
    gap.carry()
    key = bytes(Receipt.objects.get().key).hex()
    claims = [
        item("claim", id=1, receipt=key), part(purpose="", name="claim"),
        item("claim", id=2, receipt=key),
        item("claim", id=3), part(purpose="", name="claim"),
    ]  # fmt: skip
    assert sent_in(gap, claims).package.counts == {"claim": 2, "refused": 1}
    told = dict(Taken.objects.filter(kind="claim").values_list("pk", "outcome"))
    assert told[1] == told[2] == "领取申请打不开，请再提交一次。"
    assert told[3] == "查询码不在本系统，没有收"


def test_without_an_office_nothing_is_taken_or_written(gap: Gap) -> None:
    filed(gap)
    Unit.objects.filter(kind=Unit.Kind.OFFICE).update(is_active=False)
    with pytest.raises(Refused, match="还没有设置受理单位"):
        gap.carry()
    assert not Package.objects.filter(peer__role="outside", is_ours=False).exists()
    with pytest.raises(Refused, match="没有可以带到外网的内容"):
        gap.out()


def test_a_peer_writes_its_own_kind_alone(gap: Gap) -> None:
    with pytest.raises(PackageRefused, match="登记为外网公众端，这个包却不是它该写的那一种"):
        sent_in(gap, [], kind="answers")


def test_a_package_for_another_is_refused(gap: Gap) -> None:
    filed(gap)
    path = gap.into()
    (gap.folder / "inside" / "secrets" / "exchange").unlink()
    with pytest.raises(PackageRefused, match="不是发给本系统的"):
        gap.take(path, "inside")


def test_a_package_behind_another_than_the_taken_one_is_refused(gap: Gap) -> None:
    filed(gap)
    gap.carry()
    Package.objects.filter(is_ours=True, peer__role=Peer.Role.INSIDE).update(digest="00" * 32)
    filed(gap)
    with pytest.raises(PackageRefused, match="第 2 包与已收的前一包接不上"):
        gap.carry()
    assert Matter.objects.count() == 1


def test_a_file_that_stands_there_is_not_written_over(gap: Gap) -> None:
    filed(gap)
    path = gap.folder / f"{gap.written + 1}.bhp"
    path.write_text("别的文件", "utf-8")
    with pytest.raises(Refused, match=rf"已有文件 {path.name}，没有覆盖"):
        gap.into()
    assert path.read_text("utf-8") == "别的文件"


def test_a_second_export_at_the_same_time_leaves_no_file(gap: Gap) -> None:
    path = gap.folder / "late.bhp"
    with gap.side("outside"):
        peer = peer_named("内网工作端")

        def meanwhile(sequence: int) -> None:
            Package.objects.create(
                peer=peer, is_ours=True, sequence=sequence, digest="", made_at=NOW, done_at=NOW
            )

        load = Load(kind="tips", name="x", records=[], counts={}, mark=meanwhile)
        with pytest.raises(Refused, match="同时有另一个导出在进行"):
            write(load, path, peer=peer, now=NOW)
    assert not list(gap.folder.glob("*late*"))
