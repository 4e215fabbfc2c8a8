"""Opening envelopes: by role, by key, with a log line, and never otherwise."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from tests.people import NOW, County

from bihuan.leads import claims, custody, messages
from bihuan.leads.evidence import IncomingFile
from bihuan.leads.key_ring import make_key, make_recovery_key
from bihuan.leads.keys import PrivateKey, WeakPassphrase, private_from, unlock
from bihuan.leads.models import Envelope, KeyHolder, Message, Reading
from bihuan.leads.progress import look_up
from bihuan.leads.recovery import private_from_print
from bihuan.leads.sealing import Purpose, Unopenable
from bihuan.leads.tests.conftest import CHEAP, PASSPHRASES
from bihuan.leads.tests.test_tip_off import CAMERA, FILE_NAME, NAME, PHONE, PHRASE, photo, planted
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused

MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(400)
REASON = "核发奖励，需核对领取人"
WHY = {"now": NOW, "reason": REASON}


@pytest.fixture
def filed(sealing_county: County) -> Filed:
    """The planted tip-off, filed."""
    return file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)


def key_of(county: County, account: str) -> PrivateKey:
    holder = KeyHolder.objects.get(user=county.users[account], is_active=True)
    opened = unlock(holder.key, passphrase=PASSPHRASES[account])
    return private_from(opened.server_part, cookie_secret=opened.cookie_secret)


@pytest.mark.clause("SX-53-2")
@pytest.mark.parametrize("account", ["intake", "office"])
def test_the_desk_reads_the_words_and_the_reading_is_logged(
    sealing_county: County, filed: Filed, account: str
) -> None:
    opened = custody.open_account(
        filed.matter,
        private=key_of(sealing_county, account),
        by=sealing_county.actor(account),
        now=NOW,
    )
    told = " ".join(line.text for line in opened.lines)
    assert PHRASE in told
    assert [file.name for file in opened.files] == ["照片1.jpeg"]
    assert opened.withheld == 0
    reading = Reading.objects.get()
    assert reading.who == sealing_county.users[account]
    assert (reading.matter_id, reading.purpose, reading.at) == (filed.matter.pk, "account", NOW)


def test_the_desk_sees_a_picture_without_the_photos_remarks(
    sealing_county: County, filed: Filed
) -> None:
    view = Envelope.objects.get(matter=filed.matter, purpose="account", part="file-1")
    file = custody.open_file(
        view.pk,
        matter=filed.matter,
        private=key_of(sealing_county, "intake"),
        by=sealing_county.actor("intake"),
        now=NOW,
    )
    assert file.data.startswith(b"\xff\xd8")
    assert CAMERA.encode() not in file.data
    assert b"Exif" not in file.data


def test_the_original_is_evidence_for_the_custodian(sealing_county: County, filed: Filed) -> None:
    original = Envelope.objects.get(matter=filed.matter, purpose="identity", part="file-1")
    file = custody.open_file(
        original.pk,
        matter=filed.matter,
        private=key_of(sealing_county, "custodian"),
        by=sealing_county.actor("custodian"),
        **WHY,
    )
    assert file.name == FILE_NAME
    assert CAMERA.encode() in file.data
    assert Reading.objects.get().reason == REASON


@pytest.mark.clause("SX-53-2", "LX-A7-1")
def test_the_custodian_sees_the_name_and_the_reason_is_logged(
    sealing_county: County, filed: Filed
) -> None:
    lines = custody.reveal_identity(
        filed.matter,
        private=key_of(sealing_county, "custodian"),
        by=sealing_county.actor("custodian"),
        **WHY,
    )
    assert {line.label: line.text for line in lines} == {"姓名": NAME, "电话": PHONE}
    assert Reading.objects.get().reason == REASON


@pytest.mark.clause("SX-53-2", "AY-36-4")
@pytest.mark.parametrize(
    ("account", "refusal"),
    [
        ("intake", NotYours),
        ("office", NotYours),
        ("leader", NotYours),
        ("publisher", NotYours),
        ("cashier", NotYours),
        ("handler", NotFound),
        ("firm", NotFound),
        ("system", NotFound),
        ("security", NotFound),
        ("audit", NotFound),
    ],
)
def test_nobody_else_reaches_the_identity(
    sealing_county: County, filed: Filed, account: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        custody.reveal_identity(
            filed.matter,
            private=key_of(sealing_county, "custodian"),
            by=sealing_county.actor(account),
            **WHY,
        )
    assert not Reading.objects.exists()


@pytest.mark.parametrize("account", ["custodian", "leader", "publisher", "cashier"])
def test_others_in_the_county_do_not_read_the_words(
    sealing_county: County, filed: Filed, account: str
) -> None:
    with pytest.raises(NotYours):
        custody.open_account(
            filed.matter,
            private=key_of(sealing_county, "intake"),
            by=sealing_county.actor(account),
            now=NOW,
        )


def test_a_neighbours_desk_finds_nothing(
    sealing_county: County, filed: Filed, neighbour: County
) -> None:
    with pytest.raises(NotFound):
        custody.open_account(
            filed.matter,
            private=key_of(sealing_county, "intake"),
            by=neighbour.actor("intake"),
            now=NOW,
        )


def test_a_wrong_key_opens_nothing_but_the_try_is_logged(
    sealing_county: County, filed: Filed
) -> None:
    with pytest.raises(Unopenable):
        custody.reveal_identity(
            filed.matter,
            private=key_of(sealing_county, "intake"),
            by=sealing_county.actor("custodian"),
            **WHY,
        )
    assert Reading.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "看看", "因" * 201])
def test_a_reveal_needs_a_reason(sealing_county: County, filed: Filed, reason: str) -> None:
    with pytest.raises(Incomplete, match="调阅事由"):
        custody.reveal_identity(
            filed.matter,
            private=key_of(sealing_county, "custodian"),
            by=sealing_county.actor("custodian"),
            reason=reason,
            now=NOW,
        )
    assert not Reading.objects.exists()


def test_readings_stay_as_written(sealing_county: County, filed: Filed) -> None:
    custody.open_account(
        filed.matter,
        private=key_of(sealing_county, "intake"),
        by=sealing_county.actor("intake"),
        now=NOW,
    )
    with pytest.raises(TypeError, match="append-only"):
        Reading.objects.all().delete()
    with pytest.raises(TypeError, match="append-only"):
        Reading.objects.update(reason="x")
    for statement in ("DELETE FROM leads_reading", "UPDATE leads_reading SET reason = 'x'"):
        with (
            pytest.raises(Error, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Reading.objects.count() == 1


def test_a_recording_stays_with_the_custodian_until_released(sealing_county: County) -> None:
    tip = TipOff(words="夜班下井人数超过规定", files=(IncomingFile(name="录音.mp3", data=MP3),))
    matter = file_tip(tip, now=NOW, region_id=sealing_county.region.pk).matter
    desk = {"private": key_of(sealing_county, "intake"), "by": sealing_county.actor("intake")}
    before = custody.open_account(matter, now=NOW, **desk)
    assert (before.files, before.withheld) == ((), 1)
    recording = Envelope.objects.get(matter=matter, purpose="identity")
    with pytest.raises(NotYours):
        custody.release_file(recording.pk, matter=matter, **desk, **WHY)
    custodian = {
        "private": key_of(sealing_county, "custodian"),
        "by": sealing_county.actor("custodian"),
    }
    released = custody.release_file(recording.pk, matter=matter, **custodian, **WHY)
    after = custody.open_account(matter, now=NOW, **desk)
    assert [file.mime for file in after.files] == ["audio/mpeg"]
    assert after.withheld == 0
    assert custody.open_file(released.pk, matter=matter, now=NOW, **desk).data == MP3
    assert custody.release_file(recording.pk, matter=matter, **custodian, **WHY) == released
    assert list(Reading.objects.order_by("id").values_list("purpose", "part")) == [
        ("account", "all"),
        ("identity", recording.part),
        ("account", "all"),
        ("account", recording.part),
    ]


def test_the_printed_key_opens_what_is_sealed_after_it(sealing_county: County) -> None:
    text = make_recovery_key(by=sealing_county.actor("custodian"), now=NOW)
    matter = file_tip(planted(), now=NOW, region_id=sealing_county.region.pk).matter
    lines = custody.reveal_identity(
        matter,
        private=private_from_print(text),
        by=sealing_county.actor("custodian"),
        **WHY,
    )
    assert NAME in [line.text for line in lines]


def test_a_second_custodian_opens_it_too(sealing_county: County) -> None:
    leader = sealing_county.users["leader"]
    leader.grants.create(
        role="custodian",
        unit=sealing_county.units["bureau"],
        region=sealing_county.region,
        from_on=NOW.date(),
    )
    second = sealing_county.actor("leader")
    words = "第二接收人自己记得的一句口令"
    make_key(Purpose.IDENTITY, by=second, now=NOW, passphrase=words, again=words, cost=CHEAP)
    matter = file_tip(planted(), now=NOW, region_id=sealing_county.region.pk).matter
    holder = KeyHolder.objects.get(user=leader)
    opened = unlock(holder.key, passphrase=words)
    private = private_from(opened.server_part, cookie_secret=opened.cookie_secret)
    assert custody.reveal_identity(matter, private=private, by=second, **WHY)


def test_keys_are_made_by_their_role_only(sealing_county: County) -> None:
    words = "只有我自己记得的一句话而已"
    with pytest.raises(NotYours):
        make_key(
            Purpose.IDENTITY,
            by=sealing_county.actor("intake"),
            now=NOW,
            passphrase=words,
            again=words,
        )
    custodian = sealing_county.actor("custodian")
    with pytest.raises(Refused, match="不一致"):
        make_key(Purpose.IDENTITY, by=custodian, now=NOW, passphrase=words, again=words + "。")
    with pytest.raises(WeakPassphrase):
        make_key(Purpose.IDENTITY, by=custodian, now=NOW, passphrase="短", again="短")
    with pytest.raises(NotYours):
        make_recovery_key(by=sealing_county.actor("system"), now=NOW)


def test_a_question_and_a_sealed_answer(sealing_county: County, filed: Filed) -> None:
    messages.ask(
        filed.matter.pk,
        "超员发生在哪个班次，能否补充照片？",
        by=sealing_county.actor("intake"),
        now=NOW,
    )
    assert look_up(filed.receipt, now=NOW).messages[0].from_office
    answer = f"夜班，我在{PHRASE}亲眼看到"
    later = NOW + timedelta(hours=1)
    new = (IncomingFile(name="b.jpg", data=photo()),)
    messages.answer(filed.receipt, answer, now=later, files=new)
    kept = Message.objects.get(direction="from_reporter")
    assert kept.text == ""
    assert answer.encode() not in bytes(kept.envelope.inline)  # type: ignore[union-attr]
    opened = custody.open_account(
        filed.matter,
        private=key_of(sealing_county, "intake"),
        by=sealing_county.actor("intake"),
        now=later,
    )
    assert answer in [line.text for line in opened.answers]
    assert len(opened.files) == 2


@pytest.mark.parametrize(
    ("account", "text", "refusal", "words"),
    [
        ("intake", "", Incomplete, "请写下内容"),
        ("intake", "问" * 501, Incomplete, "最多 500 字"),
        ("intake", "请打19900001234联系", Incomplete, "电话"),
        ("intake", "刘建国在哪个班次？", Incomplete, "姓名"),
        ("publisher", "超员发生在哪个班次？", NotYours, "接件员"),
        ("handler", "超员发生在哪个班次？", NotFound, "没有找到"),
    ],
)
def test_questions_that_are_refused(
    sealing_county: County,
    filed: Filed,
    account: str,
    text: str,
    refusal: type[Refused],
    words: str,
) -> None:
    with pytest.raises(refusal, match=words):
        messages.ask(filed.matter.pk, text, by=sealing_county.actor(account), now=NOW)
    assert not Message.objects.exists()


def test_no_question_where_there_is_no_receipt(sealing_county: County) -> None:
    lead = open_matter(
        "lead",
        by=sealing_county.actor("intake"),
        now=NOW,
        answers={"source": "来电", "channel": "phone", "reporter_kind": "public"},
        region_id=sealing_county.region.pk,
    )
    with pytest.raises(Refused, match="没有查询码"):
        messages.ask(lead.pk, "在哪个班次？", by=sealing_county.actor("intake"), now=NOW)


CLAIM = "七里坡的老槐树下"


@pytest.fixture
def rewarded(sealing_county: County) -> Filed:
    """An anonymous tip-off whose reward is decided."""
    tip = TipOff(words="夜班下井人数超过规定", claim_password=CLAIM)
    filed = file_tip(tip, now=NOW, region_id=sealing_county.region.pk)
    settle_reward(sealing_county, filed.matter)
    return filed


def settle_reward(county: County, lead: Matter) -> Matter:
    """Bring a lead's reward to 待领取, as the office and the leader do."""
    office = county.actor("office")
    register = {
        "title": "反映兴旺煤矿夜班超定员组织生产",
        "summary": "夜班下井人数超过规定。",
        "type": "major_hazard",
        "source": "网上举报",
    }
    take_step(lead.pk, "register", by=county.actor("intake"), now=NOW, answers=register)
    place = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    take_step(lead.pk, "classify", by=office, now=NOW, answers=place)
    take_step(lead.pk, "hand_over", by=office, now=NOW, answers={"letter_source": "public"})
    take_step(lead.pk, "acknowledge", by=county.actor("receiver"), now=NOW)
    findings = {
        "finding": "属实",
        "verified_facts": "现场核查，夜班下井人数超过限员。",
        "measures": ["停产整顿并挂牌督办"],
    }
    take_step(lead.pk, "record_findings", by=county.actor("handler"), now=NOW, answers=findings)
    take_step(lead.pk, "request_signature", by=county.actor("handler"), now=NOW)
    take_step(lead.pk, "sign", by=county.actor("head"), now=NOW)
    take_step(lead.pk, "report_back", by=county.actor("handler"), now=NOW)
    take_step(lead.pk, "accept_report", by=office, now=NOW)
    later = {"reason": "等待复核后一并公开"}
    for child in Matter.objects.filter(parent=lead, kind__startswith="publication_"):
        take_step(child.pk, "defer", by=office, now=NOW, answers=later)
    done = {"accountability": "不涉及，企业已按规定处罚。"}
    take_step(lead.pk, "record_accountability", by=office, now=NOW, answers=done)
    take_step(lead.pk, "close", by=office, now=NOW)
    reward = Matter.objects.get(parent=lead, kind="reward")
    proposal = {"rule_cited": "县举报奖励办法第六条", "proposed_amount": "5000"}
    take_step(reward.pk, "propose", by=office, now=NOW, answers=proposal)
    decision = {"amount": "5000", "decision": "同意"}
    return take_step(reward.pk, "decide", by=county.actor("leader"), now=NOW, answers=decision)


@pytest.mark.clause("AY-36-2")
def test_a_claim_is_made_once_without_a_name(rewarded: Filed) -> None:
    assert look_up(rewarded.receipt, now=NOW).can_claim
    reward = claims.claim(rewarded.receipt, CLAIM, now=NOW)
    assert reward.stage == "claimed"
    assert claims.is_claimant(reward.pk, rewarded.receipt, CLAIM, now=NOW)
    assert not look_up(rewarded.receipt, now=NOW).can_claim
    with pytest.raises(Refused, match="只能使用一次"):
        claims.claim(rewarded.receipt, CLAIM, now=NOW)


def test_a_wrong_password_claims_nothing_and_tries_run_out(rewarded: Filed) -> None:
    for _ in range(claims.TRIES_PER_HOUR):
        with pytest.raises(Incomplete, match="口令不对"):
            claims.claim(rewarded.receipt, "别人的口令猜一猜", now=NOW)
    with pytest.raises(Refused, match="一小时后"):
        claims.claim(rewarded.receipt, CLAIM, now=NOW)
    assert Matter.objects.get(parent=rewarded.matter, kind="reward").stage == "approved"


def test_claims_that_are_refused(sealing_county: County, filed: Filed) -> None:
    with pytest.raises(Refused, match="没有设领奖口令"):
        claims.claim(filed.receipt, CLAIM, now=NOW)
    tip = TipOff(words="夜班下井人数超过规定", claim_password=CLAIM)
    early = file_tip(tip, now=NOW, region_id=sealing_county.region.pk)
    with pytest.raises(Refused, match="还没有决定"):
        claims.claim(early.receipt, CLAIM, now=NOW)
