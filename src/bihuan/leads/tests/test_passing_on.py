"""A photo of a tip-off becomes an attachment: looked at, re-encoded, once, by who may open it."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageCms, PngImagePlugin
from tests.people import NOW, County

from bihuan.leads import messages, unlocking
from bihuan.leads.allowance import Allowance
from bihuan.leads.envelopes import put
from bihuan.leads.evidence import IncomingFile
from bihuan.leads.key_ring import key_ring_of
from bihuan.leads.models import Envelope, Reading
from bihuan.leads.passing_on import CHECK
from bihuan.leads.sealed_content import StoredFile, file_bytes
from bihuan.leads.sealing import Purpose
from bihuan.leads.tests.test_custody import MP3
from bihuan.leads.tests.test_custody_pages import signed_in
from bihuan.leads.tests.test_tip_off import CAMERA, FILE_NAME, PHRASE, planted
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters import files
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Entry, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.verify import verify

DEFAULT = "举报照片1.jpg"
TICKED = {"name": DEFAULT, "checked": "yes"}
REGISTER = {
    "title": "反映兴旺煤矿夜班超定员组织生产",
    "summary": "夜班下井人数超过规定。",
    "type": "major_hazard",
    "source": "网上举报",
}
MARKS = (b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com", b"xpacket", b"Photoshop")


@pytest.fixture(autouse=True)
def at_nine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every request stands at nine, with tries that nobody used up before."""
    monkeypatch.setattr(unlocking, "_tries", Allowance(per_hour=unlocking.TRIES_PER_HOUR))
    with standing_at(NOW):
        yield


@pytest.fixture
def filed(sealing_county: County) -> Filed:
    """The planted tip-off with its photo."""
    return file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)


def sealed_view(matter: Matter, part: str = "file-1") -> Envelope:
    return Envelope.objects.get(matter=matter, purpose="account", part=part)


def address_of(matter: Matter, part: str = "file-1") -> str:
    return f"/desk/matters/{to_code(matter.pk)}/original/{sealed_view(matter, part).pk}/attach"


def hand_over(county: County, matter: Matter) -> None:
    """As far as the section that checks the lead."""
    office = county.actor("office")
    place = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    take_step(matter.pk, "register", by=county.actor("intake"), now=NOW, answers=REGISTER)
    take_step(matter.pk, "classify", by=office, now=NOW, answers=place)
    take_step(matter.pk, "hand_over", by=office, now=NOW, answers={"letter_source": "public"})
    take_step(matter.pk, "acknowledge", by=county.actor("receiver"), now=NOW)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("account", ["intake", "office"])
def test_a_photo_is_looked_at_and_reaches_the_handler(
    sealing_county: County, filed: Filed, account: str
) -> None:
    client = signed_in(sealing_county, account, opens="account")
    matter = filed.matter
    page = text_of(client.get(address_of(matter)))
    assert "data:image/jpeg;base64," in page
    assert CHECK in page
    assert f'value="{DEFAULT}"' in page
    assert client.post(address_of(matter), TICKED).status_code == 302
    kept = Attachment.objects.get(matter=matter)
    assert (kept.name, kept.uploaded_by) == (DEFAULT, sealing_county.users[account])
    assert sealed_view(matter)
    hand_over(sealing_county, matter)
    lead = f"/desk/matters/{to_code(matter.pk)}/"
    for reader in ("receiver", "handler", "office"):
        seen = text_of(signed_in(sealing_county, reader).get(lead))
        assert DEFAULT in seen
        assert "看过密封的照片，确认画面里没有能认出举报人的内容，存为附件" in seen
    handler = signed_in(sealing_county, "handler")
    shown = handler.get(f"{lead}files/{kept.pk}/view")
    assert shown["Content-Type"] == "image/jpeg"


def test_nothing_but_pixels_leaves(sealing_county: County, filed: Filed) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    client.post(address_of(filed.matter), TICKED)
    kept = Attachment.objects.get(matter=filed.matter)
    sealed = client.get(address_of(filed.matter).removesuffix("/attach")).content
    for digest in (kept.digest, kept.view_digest):
        data = files.read(digest)
        assert data != sealed
        for mark in (CAMERA.encode(), FILE_NAME.encode(), *MARKS):
            assert mark not in data
        with Image.open(io.BytesIO(data)) as picture:
            assert not picture.getexif()
            assert not {"icc_profile", "comment", "xmp", "exif", "photoshop"} & picture.info.keys()
            assert picture.size == (320, 240)


def test_a_see_through_picture_keeps_no_text_either(sealing_county: County) -> None:
    out, told = io.BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("Author", PHRASE)
    told.add_itxt("XML:com.adobe.xmp", PHRASE)
    Image.new("RGBA", (40, 30), (200, 10, 10, 90)).save(out, "PNG", pnginfo=told)
    tip = TipOff(
        words="夜班下井人数超过规定", files=(IncomingFile(name=FILE_NAME, data=out.getvalue()),)
    )
    matter = file_tip(tip, now=NOW, region_id=sealing_county.region.pk).matter
    client = signed_in(sealing_county, "intake", opens="account")
    client.post(address_of(matter), TICKED)
    kept = Attachment.objects.get(matter=matter)
    assert kept.name == "举报照片1.png"
    with Image.open(io.BytesIO(files.read(kept.digest))) as picture:
        assert not picture.info
        assert picture.mode == "RGBA"


def test_even_a_photo_that_was_sealed_with_its_remarks_leaves_without(
    sealing_county: County, filed: Filed
) -> None:
    """Were the sealed picture not clean, the copy would be: it is encoded anew."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0110] = CAMERA
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.effect_noise((64, 48), 60).convert("RGB").save(
        out, "JPEG", exif=exif, icc_profile=profile, comment=CAMERA.encode(),
        xmp=b"http://ns.adobe.com/xap/1.0/" + CAMERA.encode(),
    )  # fmt: skip
    raw = out.getvalue()
    assert raw.count(CAMERA.encode()) == 3
    put(
        file_bytes(StoredFile(name="照片9.jpeg", mime="image/jpeg", data=raw)),
        purpose=Purpose.ACCOUNT,
        matter=filed.matter,
        part="file-9",
        ring=key_ring_of(filed.matter, now=NOW),
        now=NOW,
    )
    client = signed_in(sealing_county, "intake", opens="account")
    assert client.post(address_of(filed.matter, "file-9"), TICKED).status_code == 302
    kept = Attachment.objects.get(matter=filed.matter)
    for digest in (kept.digest, kept.view_digest):
        assert not [mark for mark in (CAMERA.encode(), *MARKS) if mark in files.read(digest)]


def test_sent_twice_or_by_two_it_is_one(sealing_county: County, filed: Filed) -> None:
    address = address_of(filed.matter)
    first = signed_in(sealing_county, "intake", opens="account")
    second = signed_in(sealing_county, "office", opens="account")
    for client, name in ((first, DEFAULT), (first, DEFAULT), (second, "井口照片")):
        assert client.post(address, TICKED | {"name": name}).status_code == 302
    assert Attachment.objects.get(matter=filed.matter).name == DEFAULT
    assert Entry.objects.filter(matter_id=filed.matter.pk, step="attach").count() == 1
    page = text_of(second.get(address))
    assert f"已存为附件“{DEFAULT}”" in page
    assert "checked" not in page
    beside = text_of(second.get(f"/desk/matters/{to_code(filed.matter.pk)}/original"))
    assert f"已存为附件“{DEFAULT}”" in beside
    assert "/attach" not in beside


def test_the_reading_is_logged_once_for_each_act(sealing_county: County, filed: Filed) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    address = address_of(filed.matter)
    client.get(address)
    assert [one.reason for one in Reading.objects.order_by("id")] == ["办理线索"]
    client.post(address, TICKED)
    client.post(address, TICKED)
    client.get(address)
    told = list(Reading.objects.order_by("id").values_list("reason", "part", "purpose"))
    assert told[1:] == [("存为附件", "file-1", "account")]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": DEFAULT}, "再勾选"),
        ({"checked": "yes", "name": "  "}, "请写附件名称"),
        ({"checked": "yes", "name": "照" * 41}, "最多 40 字"),
        ({"checked": "yes", "name": "19900001234发来的"}, "像是电话"),
        ({"checked": "yes", "name": "刘建国拍的照片"}, "像是姓名"),
        ({}, "再勾选"),
    ],
)
def test_without_tick_or_neutral_name_nothing_is_attached(
    sealing_county: County, filed: Filed, sent: dict[str, str], words: str
) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    answer = client.post(address_of(filed.matter), sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert words in page
    assert "data:image/jpeg;base64," in page
    assert ("checked>" in page) is ("checked" in sent)
    assert not Attachment.objects.exists()
    assert not Reading.objects.filter(reason="存为附件").exists()


def test_a_locked_key_opens_and_attaches_nothing(sealing_county: County, filed: Filed) -> None:
    client = signed_in(sealing_county, "intake")
    for answer in (
        client.get(address_of(filed.matter)),
        client.post(address_of(filed.matter), TICKED),
    ):
        assert answer.status_code == 403
        assert "密钥还没有打开" in text_of(answer)
    assert not Attachment.objects.exists()
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("account", "status"),
    [
        ("publisher", 403), ("leader", 403), ("custodian", 403),
        ("receiver", 404), ("handler", 404), ("firm", 404),
    ],
)  # fmt: skip
def test_others_pass_nothing_on(
    sealing_county: County, filed: Filed, account: str, status: int
) -> None:
    client = signed_in(sealing_county, account)
    assert client.get(address_of(filed.matter)).status_code == status
    assert client.post(address_of(filed.matter), TICKED).status_code == status
    assert not Attachment.objects.exists()
    assert not Reading.objects.exists()


@pytest.mark.parametrize("account", ["receiver", "handler"])
def test_the_section_that_has_the_lead_passes_nothing_on(
    sealing_county: County, filed: Filed, account: str
) -> None:
    hand_over(sealing_county, filed.matter)
    client = signed_in(sealing_county, account)
    assert client.get(address_of(filed.matter)).status_code == 403
    assert client.post(address_of(filed.matter), TICKED).status_code == 403
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("account", ["intake", "office", "receiver"])
def test_a_neighbour_finds_nothing(
    sealing_county: County, neighbour: County, filed: Filed, account: str
) -> None:
    client = signed_in(neighbour, account)
    assert client.get(address_of(filed.matter)).status_code == 404
    assert client.post(address_of(filed.matter), TICKED).status_code == 404
    assert not Attachment.objects.exists()


def test_originals_and_recordings_are_not_offered(sealing_county: County) -> None:
    tip = TipOff(words="夜班下井人数超过规定", files=(IncomingFile(name="范的录音.mp3", data=MP3),))
    matter = file_tip(tip, now=NOW, region_id=sealing_county.region.pk).matter
    held = Envelope.objects.get(matter=matter, purpose="identity", part="file-1")
    keeper = signed_in(sealing_county, "custodian", opens="identity")
    place = f"/desk/matters/{to_code(matter.pk)}"
    released = {"reason": "核查需要听录音", "act": "release"}
    assert keeper.post(f"{place}/identity/{held.pk}", released).status_code == 302
    client = signed_in(sealing_county, "intake", opens="account")
    assert client.post(f"{place}/original/{held.pk}/attach", TICKED).status_code == 404
    assert client.post(address_of(matter), TICKED).status_code == 404
    assert client.get(address_of(matter)).status_code == 404
    panel = text_of(client.get(f"{place}/original"))
    assert "录音录像" in panel
    assert "存为附件" not in panel
    assert not Attachment.objects.exists()


def test_a_closed_lead_takes_no_more(sealing_county: County, filed: Filed) -> None:
    reason = {"reason": "不属于矿山安全生产问题"}
    by = sealing_county.actor("intake")
    take_step(filed.matter.pk, "dismiss", by=by, now=NOW, answers=reason)
    client = signed_in(sealing_county, "intake", opens="account")
    answer = client.post(address_of(filed.matter), TICKED)
    assert answer.status_code == 409
    assert "不再存为附件" in text_of(answer)
    assert "/attach" not in text_of(
        client.get(f"/desk/matters/{to_code(filed.matter.pk)}/original")
    )
    assert not Attachment.objects.exists()


def test_an_added_photo_has_the_next_number(sealing_county: County, filed: Filed) -> None:
    more = planted().files
    messages.answer(filed.receipt, "补一张照片", now=NOW, files=more)
    client = signed_in(sealing_county, "intake", opens="account")
    page = text_of(client.get(address_of(filed.matter, "answer-1-file-1")))
    assert 'value="举报照片2.jpg"' in page


def test_beside_the_form_pictures_open_in_a_page_of_their_own(
    sealing_county: County, filed: Filed
) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    page = text_of(client.get(f"/desk/matters/{to_code(filed.matter.pk)}/steps/register/"))
    for address in (address_of(filed.matter), address_of(filed.matter).removesuffix("/attach")):
        assert f'href="{address}" target="_blank" rel="noopener"' in page
    assert "已打开" in page
    assert "密封件" not in page.partition("举报原文</h2>")[2].partition("</section>")[0]


def test_the_trail_vouches_for_it(sealing_county: County, filed: Filed) -> None:
    client = signed_in(sealing_county, "intake", opens="account")
    client.post(address_of(filed.matter), TICKED)
    assert not verify(files=True).faults


def test_a_stranger_is_sent_to_the_sign_in(sealing_county: County, filed: Filed) -> None:
    assert Client().get(address_of(filed.matter))["Location"].startswith("/desk/sign-in")
