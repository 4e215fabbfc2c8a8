"""The outer portal: what it can't do it says, and what it can't read it keeps out."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.people import NOW

from bihuan.exchange import outside, public_face
from bihuan.exchange.identity import PublicIdentity
from bihuan.exchange.models import Answer, Notice, Package, Peer, Waiting
from bihuan.exchange.packages import PackageRefused, Record
from bihuan.exchange.peers import inside, peer_named, trust
from bihuan.exchange.place import given_place
from bihuan.exchange.sending import Load, write
from bihuan.exchange.taking import Outcome
from bihuan.exchange.tests.conftest import LATER, Gap
from bihuan.exchange.tests.test_way_in import filed
from bihuan.leads.tips import NotReadyError
from bihuan.matters import files
from bihuan.matters.models import Heartbeat
from bihuan.matters.refusals import Incomplete, Refused


def told_out(gap: Gap, records: Sequence[Record]) -> Outcome:
    """Records that the inner deployment signed, carried out."""
    path = gap.folder / f"told-{Package.objects.count()}.bhp"
    with gap.side("inside"):
        peer = peer_named("外网公众端")
        load = Load(kind="answers", name="x", records=records, counts={}, whole=True)
        write(load, path, peer=peer, now=LATER)
    return gap.take(path, "outside")


def rewarded(gap: Gap) -> str:
    """The code of a tip-off of which the inner side told that its reward can be claimed."""
    given = filed(gap)
    answer = Answer.objects.get()
    answer.told |= {"can_claim": True}
    answer.save()
    return given.receipt


def test_without_keys_from_inside_nothing_is_taken(gap: Gap) -> None:
    given = filed(gap)
    with gap.side("outside"):
        addition = outside.addition_of(given.receipt, "补一句")
        Notice.objects.all().delete()
        assert not outside.is_ready()
        with pytest.raises(NotReadyError):
            outside.add_prepared(addition, now=NOW)
    with pytest.raises(NotReadyError):
        filed(gap)
    assert Waiting.objects.count() == 1, "what was sent before the notice went"


def test_a_claim_waits_and_an_empty_password_does_not(gap: Gap) -> None:
    code = rewarded(gap)
    with gap.side("outside"):
        with pytest.raises(Incomplete, match="请填写领奖口令") as refusal:
            public_face.claim(code, "  ", now=NOW)
        assert set(refusal.value.fields) == {"password"}
        assert "口令加密送去核对" in public_face.claim(code, "核桃树下的大石头", now=NOW)
        with pytest.raises(Refused, match="或者已经申请过"):
            public_face.claim(code, "核桃树下的大石头", now=NOW)
    assert Waiting.objects.filter(kind="claim").count() == 1


def test_a_receipt_takes_fifty_additions(gap: Gap) -> None:
    given = filed(gap)
    key = Answer.objects.get().receipt
    rows = [Waiting(pk=n, kind="addition", receipt=key, at=NOW) for n in range(1, 50)]
    Waiting.objects.bulk_create(rows)
    with gap.side("outside"):
        fiftieth = outside.addition_of(given.receipt, "第五十句")
        outside.add_prepared(fiftieth, now=NOW)
        with pytest.raises(Refused, match="补充次数已满"):
            outside.addition_of(given.receipt, "再一句")
        with pytest.raises(Refused, match="补充次数已满"):
            outside.add_prepared(fiftieth, now=NOW)
    assert Waiting.objects.filter(kind="addition").count() == 50


def test_files_without_a_row_are_swept_where_no_desk_is(gap: Gap) -> None:
    """Yesterday's orphan goes, today's stays (it may be on its way into a row), and held ones."""
    filed(gap, words="看见的情况。" * 800)
    held = Waiting.objects.get().parts.exclude(digest="").get().digest
    with gap.side("outside"):
        orphan = files.keep(b"left by a killed process")
        assert outside.sweep(now=datetime.now(UTC)) == 0
        outside.round_alone(now=datetime.now(UTC) + timedelta(days=2))
        with pytest.raises(FileNotFoundError):
            files.read(orphan)
        assert files.read(held)
    assert set(Heartbeat.objects.values_list("name", flat=True)) >= {"clock", "worker"}


def test_beside_a_desk_the_portal_leaves_files_and_beats_alone(gap: Gap) -> None:
    Heartbeat.objects.all().delete()
    with gap.side("inside"):
        kept = files.keep(b"a desk has a worker for this")
        outside.round_alone(now=datetime.now(UTC) + timedelta(days=2))
        assert files.read(kept)
    assert not Heartbeat.objects.exists()


NO_ANSWERS = (
    Record(meta={"t": "answer"}),
    Record(meta={"t": "answer", "receipt": "xy", "matter": 1, "taken": [], "told": {}}),
    Record(meta={"t": "notice", "told": {"regions": [[1, 2]]}}),
    Record(meta={"t": "snapshot", "told": None}),
    Record(meta={}),
)


def test_what_cannot_be_read_leaves_all_as_it_was(gap: Gap) -> None:
    given = filed(gap)
    for record in NO_ANSWERS:
        with pytest.raises(PackageRefused, match="不是本版本能读的格式"):
            told_out(gap, [record])
    assert Notice.objects.get().sequence == 1
    with gap.side("outside"):
        assert outside.look_up(given.receipt).words == "已收到，等待登记"


def test_a_long_package_is_shown_whole_and_what_a_later_version_adds_is_passed_over(
    gap: Gap,
) -> None:
    told = {"words": "办理中"}
    answers = [
        Record(meta={"t": "answer", "receipt": f"{n:064x}", "matter": n, "taken": [], "told": told})
        for n in range(1, 503)
    ]
    later = Record(meta={"t": "weather"})
    counts = told_out(gap, [later, *answers]).package.counts
    assert (counts["receipts"], Answer.objects.count()) == (502, 502)


def test_another_lookup_key_is_refused_while_something_waits(gap: Gap) -> None:
    filed(gap)
    secret = gap.folder / "inside" / "secrets" / "receipts"
    before = secret.read_bytes()
    with pytest.raises(Refused, match="内网换了查询密钥"):
        told_out(gap, [Record(meta={"t": "secret"}, blob=before[::-1])])
    assert (gap.folder / "outside" / "secrets" / "receipts").read_bytes() == before


def test_an_unknown_setting_is_unset_outside(gap: Gap) -> None:
    with gap.side("outside"):
        place = given_place(NOW)
        assert place is not None
        assert not place.value("lead.no_such").is_set
        assert place.value("lead.types").is_set


def test_the_receiver_is_named_when_there_is_no_other_way_to_know(gap: Gap) -> None:
    with gap.side("inside"):
        with pytest.raises(Refused, match="没有登记这个接收方"):
            peer_named("别处")
        public = PublicIdentity(sign=bytes(32), seal=b"\1" * 32)
        city = trust(
            public, name="甲市局", role="city", fingerprint=public.fingerprint, now=NOW, region=""
        )
        with pytest.raises(Refused, match="请用 --to 写明给哪一个：外网公众端、甲市局"):
            peer_named("")
        assert peer_named("甲市局") == city


def test_an_outer_machine_takes_a_second_key_of_its_inner_one(gap: Gap) -> None:
    public = PublicIdentity(sign=bytes(32), seal=b"\2" * 32)
    with gap.side("outside"):
        first = inside()
        second = trust(
            public, name="内网工作端", role="inside", fingerprint=public.fingerprint, now=LATER,
            region="",
        )  # fmt: skip
        assert first is not None
        assert inside() == second != first
        assert Peer.objects.get(pk=first.pk).retired_at == LATER
