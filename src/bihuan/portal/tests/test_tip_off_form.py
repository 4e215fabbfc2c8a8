"""A citizen fills in the form: receipt once, nothing kept on the way, every refusal in words."""

import hashlib
import html
import io
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.people import NOW, County

from bihuan.documents import uploads
from bihuan.exchange.place import portal_place
from bihuan.leads.models import Envelope, Receipt
from bihuan.leads.public_counters import TIPS_PER_HOUR
from bihuan.leads.tips import PASSWORD_MIN
from bihuan.matters.models import Facts, Matter
from bihuan.matters.moment import standing_at
from bihuan.portal import gate
from bihuan.portal.receipt_picture import qr_drawing, receipt_image
from bihuan.portal.tests.conftest import LATER, ticket, typed
from bihuan.portal.tip_form import Typed, tip_of

CODE = re.compile(r'class="code" role="img" aria-label="([0-9 ]{19})"')
PAGE_BYTES_MAX = 100_000
PATHS = ("/tip-off", "/receipt")


def test_form_asks_without_cookie_or_script_inline(portal: County, visitor: Client) -> None:
    page = visitor.get("/tip-off")
    text = page.content.decode()
    assert page.status_code == 200
    assert not page.cookies
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    for words in ("发生了什么", "在哪里", "什么时候", "说不准", "匿名", "领奖口令", "快速离开"):
        assert words in text
    assert '<option value="兴旺煤矿">' in text
    assert "南山镇" in text
    assert " style=" not in text
    assert "<script>" not in text


def test_page_and_what_it_loads_are_small(portal: County, visitor: Client) -> None:
    ui = Path(__file__).parents[2] / "ui" / "static" / "ui"
    own = (Path(__file__).parents[1] / "static" / "portal").glob("*.js")
    loaded = [ui / "app.css", ui / "app.js", ui / "mark.svg", *own]
    sizes = [path.stat().st_size for path in loaded]
    assert len(visitor.get("/tip-off").content) + sum(sizes) < PAGE_BYTES_MAX


@pytest.mark.clause("AY-36-4", "SX-53-2")
def test_anonymous_tip_off_gets_its_receipt_once(portal: County, visitor: Client) -> None:
    sent = typed(kind="major_hazard", worker="worker", phrase="七里坡的老槐树下")
    answer = visitor.post("/tip-off", sent)
    found = CODE.search(answer.content.decode())
    assert answer.status_code == 200
    assert found
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    lead = Matter.objects.get()
    assert lead.site == portal.sites["xingwang"]
    facts = Facts.objects.get(matter=lead).data
    assert (facts["type"], facts["reporter_kind"]) == ("major_hazard", "worker")
    assert Matter.objects.count() == 1
    looked = visitor.post("/receipt", {"code": found[1]})
    assert "已收到，等待登记" in looked.content.decode()


def test_the_form_says_beforehand_what_is_published_and_when(
    portal: County, visitor: Client
) -> None:
    text = visitor.get("/tip-off").content.decode()
    told = text[text.index("会公开什么") : text.index(">提交举报<")]
    for words in ("登记后5 日内公开问题清单", "办结后5 日内", "群众举报", "姓名、电话、原话"):
        assert words in told
    after = text[text.index("举报以后") :]
    for label in ("登记后 5 日内", "有进展后 5 日内", "办结后 5 日内"):
        assert label in after
    assert told.count("群众举报") == visitor.get("/privacy").content.decode().count("群众举报")


@pytest.mark.parametrize(("sent", "kept"), [({"few_know": "yes"}, True), ({}, None)])
def test_few_people_know_is_kept_where_it_was_said(
    portal: County, visitor: Client, sent: dict[str, str], kept: bool | None
) -> None:
    visitor.post("/tip-off", typed(**sent))
    assert Facts.objects.get().data.get("few_know") is kept


def test_named_tip_off_with_photo(portal: County, visitor: Client) -> None:
    photo = SimpleUploadedFile("a.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(300))
    sent = typed(who="named", name="欧阳举贤", phone="19900004417", files=photo, reply="yes")
    assert CODE.search(visitor.post("/tip-off", sent).content.decode())
    assert Envelope.objects.filter(purpose="identity").count() == 2
    assert Facts.objects.get().data["reporter_reachable"] is True


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"what": "人太多"}, "请至少写 10 个字"),
        ({"what": "多" * 5012}, "“发生了什么”最多 5000 字，现有 5012 字，多了 12 字"),
        ({"mine": ""}, "附近的村、路口"),
        ({"when": "past", "day": "2026-03-02"}, "“日期”不能晚于今天"),
        ({"when": "past", "day": "昨天"}, "“日期”不能晚于今天"),
        ({"who": "named", "name": "", "phone": "19900004417"}, "请写“姓名”"),
        ({"who": "named", "name": "欧阳举贤", "phone": "没有"}, "“电话”请写 11 位"),
        ({"who": "named", "name": "欧阳举贤", "phone": "1990000441"}, "现在是 10 位"),
        ({"phrase": "短口令"}, "口令至少 8 个字符"),
        ({"phrase": "--------"}, "空格和横线不算"),
        ({"phrase": " 1 2 3 4 5"}, "口令至少 8 个字符"),
        ({"kind": "nonsense"}, "属于哪一类"),
        ({"worker": "firm"}, "群众或职工"),
    ],
)
def test_refused_form_says_why_and_keeps_what_was_typed(
    portal: County, visitor: Client, changed: dict[str, object], words: str
) -> None:
    sent = typed(spot="东侧磅房", **({"town": ""} | changed))
    if changed == {"mine": ""}:
        sent["spot"] = ""
    answer = visitor.post("/tip-off", sent)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    kept = "口令要重新填，其余都在" if "phrase" in changed else "已填的内容都在"
    assert kept in text
    assert str(sent["what"])[:100] in text
    assert not Matter.objects.exists()
    assert "七里坡" not in text


def test_mended_form_does_not_wait_again(portal: County, visitor: Client) -> None:
    first = ticket()
    answer = visitor.post("/tip-off", typed(mine="", ticket=first, phrase="七里坡的老槐树下"))
    text = answer.content.decode()
    assert f'name="ticket" value="{first}"' in text
    assert "再填一次领奖口令" in text
    assert CODE.search(visitor.post("/tip-off", typed(ticket=first)).content.decode())


def test_full_width_digits_are_a_number(portal: County, visitor: Client) -> None:
    sent = typed(who="named", name="欧阳举贤", phone="１９９　００００　４４１７")
    assert CODE.search(visitor.post("/tip-off", sent).content.decode())


def test_what_is_lost_is_named_and_nothing_else(portal: County, visitor: Client) -> None:
    kept, filled = "已填的内容都在", {"phrase": "七里坡的老槐树下"}

    def told(**changed: object) -> str:
        photo = {"files": SimpleUploadedFile("a.jpg", b"x")} if changed.pop("photo", 0) else {}
        return visitor.post("/tip-off", typed(mine="", **photo, **changed)).content.decode()

    assert "还差 1 处，已填的内容都在<" in told()
    assert "文件要重新填，其余都在<" in told(photo=True)
    both = told(photo=True, **filled)
    assert "文件、口令要重新填，其余都在<" in both
    assert kept not in both
    sent = typed(mine="", **filled)
    scripted = visitor.post("/tip-off", sent, headers={"X-Fields": "kept"}).content.decode()
    assert "还差 1 处，已填的内容都在<" in scripted
    assert "要重新填" not in scripted
    assert "不会留在页面上" not in scripted


def test_titles_say_nothing_in_a_history(portal: County, visitor: Client) -> None:
    sent = typed()
    receipt = visitor.post("/tip-off", sent).content.decode()
    found = CODE.search(receipt)
    assert found
    with standing_at(LATER + timedelta(hours=1)):
        shown = visitor.post("/tip-off", sent).content.decode()
    progress = visitor.post("/receipt", {"code": found[1]}).content.decode()
    pages = [receipt, shown, progress, *(visitor.get(path).content.decode() for path in PATHS)]
    titles = {title for page in pages for title in re.findall("<title>(.*?)</title>", page)}
    assert titles == {"公众服务 · 青石县应急管理局"}
    assert all("快速离开" in page for page in pages)


def test_the_picture_of_the_code_holds_digits_only(portal: County, visitor: Client) -> None:
    text = visitor.post("/tip-off", typed()).content.decode()
    found = CODE.search(text)
    assert found
    digits = found[1].replace(" ", "")
    assert str(qr_drawing(digits)) in text
    assert receipt_image(digits, code=found[1]) in html.unescape(text)


def test_form_forgets_what_was_typed(portal: County, visitor: Client) -> None:
    assert 'id="tip-off" enctype="multipart/form-data" autocomplete="off"' in (
        visitor.get("/tip-off").content.decode()
    )


def test_password_is_never_sent_back(portal: County, visitor: Client) -> None:
    answer = visitor.post("/tip-off", typed(what="人太多", phrase="七里坡的老槐树下"))
    assert "七里坡" not in answer.content.decode()


def test_tickets_too_early_old_forged_are_asked_again(portal: County, visitor: Client) -> None:
    early = gate.new_ticket(LATER - timedelta(seconds=3)).ticket
    old = gate.new_ticket(LATER - timedelta(hours=25)).ticket
    for bad, words in ((early, "太快"), (old, "太久"), ("forged", "失效"), ("", "失效")):
        answer = visitor.post("/tip-off", typed(ticket=bad))
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "还没有提交，已填的内容都在" in answer.content.decode()
        assert "还差" not in answer.content.decode()
    assert not Matter.objects.exists()


def test_a_form_that_came_too_fast_is_told_everything(portal: County, visitor: Client) -> None:
    early = gate.new_ticket(LATER - timedelta(seconds=3)).ticket
    paper = SimpleUploadedFile("通知.docx", b"PK\x03\x04 no picture")
    sent = typed(ticket=early, what="多" * 5012, phrase="短口令", files=paper)
    page = visitor.post("/tip-off", sent).content.decode()
    told = ("提交得太快", "多了 12 字", "领奖口令至少 8 个字符", "“通知.docx”不是能收的")
    assert [words for words in told if words not in page] == []


def test_a_long_text_can_be_typed_and_lines_count_once(portal: County, visitor: Client) -> None:
    form = visitor.get("/tip-off").content.decode()
    area = form[form.index('<textarea id="f-what"') :].partition(">")[0]
    assert "maxlength" not in area
    assert 'data-most="5000"' in area
    sent = typed(what="多\r\n" * 2499 + "多")
    assert CODE.search(visitor.post("/tip-off", sent).content.decode())


def test_over_the_allowance_is_taken_into_screening(portal: County, visitor: Client) -> None:
    for _ in range(TIPS_PER_HOUR + 1):
        assert CODE.search(visitor.post("/tip-off", typed()).content.decode())
    stages = list(Matter.objects.order_by("id").values_list("stage", flat=True))
    assert stages == ["received"] * TIPS_PER_HOUR + ["screening"]


def test_proved_work_raises_the_allowance(portal: County, visitor: Client) -> None:
    for _ in range(TIPS_PER_HOUR):
        visitor.post("/tip-off", typed())
    form = gate.new_ticket(NOW)
    nonce = 0
    while int.from_bytes(hashlib.sha256(f"{form.challenge}.{nonce}".encode()).digest()) >> 240:
        nonce += 1
    visitor.post("/tip-off", typed(challenge=form.challenge, work=str(nonce)))
    assert Matter.objects.order_by("-id")[0].stage == "received"


def test_without_keys_the_portal_says_so(county: County, visitor: Client) -> None:
    answer = visitor.post("/tip-off", typed())
    assert answer.status_code == 503
    assert "举报电话" in answer.content.decode()
    assert not Receipt.objects.exists()


def test_before_an_office_is_set_up(db: None, visitor: Client) -> None:
    assert visitor.get("/tip-off").status_code == 503


@pytest.mark.clause("LX-W5-6")
def test_at_three_in_the_night(portal: County, visitor: Client) -> None:
    night = NOW.replace(hour=19)
    with standing_at(night):
        form = gate.new_ticket(night - timedelta(minutes=1)).ticket
        visitor.post("/tip-off", typed(ticket=form))
    assert Facts.objects.get().data["received_at"].startswith("2026-03-02T03:00")


def test_too_many_bytes_are_dropped_and_told(
    portal: County, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bihuan.portal.uploading.TOTAL_BYTES_MAX", 2000)
    photo = SimpleUploadedFile("a.jpg", bytes(3000))
    answer = visitor.post("/tip-off", typed(files=photo))
    assert answer.status_code == 422
    assert "没有收下" in answer.content.decode()


def test_uploads_never_touch_the_disk(
    portal: County, visitor: Client, tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "gone")  # type: ignore[attr-defined]
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10  # type: ignore[attr-defined]
    recording = SimpleUploadedFile("a.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(4000))
    assert CODE.search(visitor.post("/tip-off", typed(files=recording)).content.decode())


def test_no_address_reaches_log_or_disk(
    portal: County, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    address = "203.0.113.77"
    visitor = Client(REMOTE_ADDR=address)
    with caplog.at_level(logging.DEBUG):
        visitor.post("/tip-off", typed())
        visitor.post("/tip-off", typed(what="短"))
        visitor.post("/receipt", {"code": "1"})
    assert address not in caplog.text
    disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert address.encode() not in disk


def test_leaving_the_receipt_leads_to_the_look_up_without_the_code(
    portal: County, visitor: Client
) -> None:
    answer = visitor.post("/receipt/kept", {"kept": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/receipt")


def test_the_claim_password_says_beforehand_what_it_needs(portal: County, visitor: Client) -> None:
    text = visitor.get("/tip-off").content.decode()
    hint = re.search(r'id="f-phrase-hint">([^<]*)<', text)
    assert hint
    assert f"至少 {PASSWORD_MIN} 个字符" in re.sub(r"\s+", " ", hint[1])
    assert "领奖" in hint[1]


def test_statements_can_be_read(portal: County, visitor: Client) -> None:
    assert "网络地址" in visitor.get("/privacy").content.decode()
    assert "键盘" in visitor.get("/accessibility").content.decode()
    assert ticket()


def test_a_file_is_called_by_its_name_in_the_answer_alone(
    portal: County,
    visitor: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(uploads.BYTES_MAX, "image", 100)
    stream = io.BytesIO()
    Image.new("RGB", (9, 9)).save(stream, "PNG")
    large = SimpleUploadedFile("井口磅房.png", stream.getvalue() + bytes(100))
    with caplog.at_level(logging.DEBUG):
        page = visitor.post("/tip-off", typed(files=large)).content.decode()
        paper = SimpleUploadedFile("井口磅房.wps", b"\xd0\xcf\x11\xe0")
        refused = visitor.post("/tip-off", typed(files=paper)).content.decode()
    assert "“井口磅房.png”：文件有 0.1 MB" in page
    assert "“井口磅房.wps”不是能收的照片、视频或录音" in refused
    assert "ofd" not in refused
    assert "第 1 个" not in page + refused
    assert "井口磅房" not in caplog.text


def test_the_form_promises_what_is_taken(portal: County, visitor: Client) -> None:
    form = visitor.get("/tip-off").content.decode()
    assert "照片每张不超过 30 MB，视频、录音每个不超过 50 MB" in form
    assert 'accept="image/*,video/*,audio/*"' in form


def test_nothing_is_said_of_when_where_nobody_said_it(portal: County, visitor: Client) -> None:
    form = visitor.get("/tip-off").content.decode()
    picks = form[form.index('id="f-when"') : form.index('id="f-day"')]
    assert "checked" not in picks
    place = portal_place(LATER)
    assert place is not None
    for sent, happened in (
        ({}, "没有说明"),
        ({"shift": "night"}, "夜班"),
        ({"when": "today"}, "今天"),
    ):
        tip = tip_of(Typed(values=sent), place=place, now=LATER, files=())
        assert tip.happened == happened
