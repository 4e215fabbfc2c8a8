"""An informant planted in every corner of a tip-off: the whole loop later he is found nowhere.

Searched in every spelling, hashed too: the database's bytes, every file, a backup, logs, mails and
every answer that anybody got. Only the two key holders get through, with a reading logged.
"""

import hashlib
import io
import logging
import re
import sqlite3
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from PIL import Image

from bihuan.accounts.models import User
from bihuan.config.backups import write_backup
from bihuan.leads.models import Envelope, Reading, Receipt
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Matter, Outbox, PaperCopy
from bihuan.matters.moment import standing_at
from bihuan.matters.outbox import deliver
from bihuan.portal import gate
from tests.people import County
from tests.trust.places import disk, dumped, found
from tests.walks.route_table import OPERATIONS, ROUTES
from tests.walks.route_world import AT, DAY, World, fresh_allowances, settle_world, texts_of

NAME = "欧阳举贤"
PHONE = "19900004417"
MOVED_PHONE = "199-0000-4417"
PHRASE = "紫藤花架旁的磅房"
SPOT = "磅房东侧第三间宿舍"
ADDED = "我家住槐树巷二十七号院"
FILE_NAME = "我家窗口拍的.jpg"
SOUND_NAME = "班组长老范的录音.mp3"
CAMERA = "SPYCAM-7781"
OWNER = "Ouyang Juxian"
COMMENT = "拍摄人欧阳"
SONG = "范师傅口述"
PASSWORD = "七里坡的老槐树下"
WORDS = (
    f"七里坡七号井口夜班下井人数超过规定，我是{NAME}，在{PHRASE}上班，电话{PHONE}或{MOVED_PHONE}。"
)
SECRETS = (
    NAME, PHONE, MOVED_PHONE, PHRASE, SPOT, ADDED, FILE_NAME, SOUND_NAME, CAMERA, OWNER, COMMENT,
    SONG, PASSWORD,
)  # fmt: skip
HALF_MINUTE = timedelta(seconds=30)
CODE = re.compile(r'aria-label="([0-9 ]{19})"')


@dataclass
class Told:
    """Everything that anybody was answered, by address."""

    answers: dict[str, bytes] = field(default_factory=dict)

    def keep(self, what: str, answer: Any) -> Any:
        """Note an answer, packages unpacked."""
        self.answers[f"{what} {answer.status_code} {len(self.answers)}"] = texts_of(answer).encode()
        return answer


def picture() -> bytes:
    """A photo that names its camera, its owner and, in UTF-16, who took it."""
    exif = Image.Exif()
    exif[0x0110], exif[0x013B], exif[0x010E] = CAMERA, OWNER, OWNER
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + COMMENT.encode("utf-16-le")
    exif.get_ifd(0x8769)[0xA430] = OWNER
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(
        out, "JPEG", exif=exif, comment=COMMENT.encode()
    )
    assert CAMERA.encode() in out.getvalue()
    assert COMMENT.encode("utf-16-le") in out.getvalue()
    return out.getvalue()


def sound() -> bytes:
    """A recording that names its performer."""
    text = b"\x03" + SONG.encode()
    frame = b"TPE1" + len(text).to_bytes(4) + b"\0\0" + text
    return (
        b"ID3\x03\0\0\0\0\0"
        + bytes([len(frame) + 300 >> 7 & 127, len(frame) + 300 & 127])
        + (frame + bytes(300) + b"\xff\xfb\x90\x00" + bytes(400))
    )


def files() -> list[SimpleUploadedFile]:
    """The files as a telephone sends them."""
    return [
        SimpleUploadedFile(FILE_NAME, picture(), content_type="image/jpeg"),
        SimpleUploadedFile(SOUND_NAME, sound(), content_type="audio/mpeg"),
    ]


def file_tip(told: Told, **who: str) -> str:
    """Through the form; gives the receipt's code."""
    visitor = Client(raise_request_exception=False)
    sent = {
        "what": WORDS, "mine": "兴旺煤矿", "spot": SPOT, "kind": "major_hazard",
        "worker": "worker", "files": files(), "ticket": ticket(), **who,
    }  # fmt: skip
    answer = visitor.post("/tip-off", sent)
    assert answer.status_code == 200
    code = CODE.search(answer.content.decode())
    assert code
    page = answer.content.decode()
    for secret in SECRETS:
        assert secret not in page
    more = {"code": code[1], "answer": ADDED, "ticket": ticket()}
    more |= {"files": files()[0]}
    answer = told.keep("receipt add", visitor.post("/receipt/add", more))
    assert "已收到补充内容" in answer.content.decode()
    return code[1]


def take_down(told: Told, county: County) -> None:
    """What a caller says, written into the form of the office's intake."""
    clerk = Client()
    clerk.force_login(county.users["intake"])
    said = {"told_words": f"{WORDS}{SPOT}。{ADDED}", "told_name": NAME, "told_phone": PHONE}
    answer = clerk.post("/desk/m/lead/new/", {"source": "举报电话", "channel": "phone", **said})
    assert told.keep("taken down", answer).status_code == 303


def ticket() -> str:
    """A form ticket that was given out half a minute ago."""
    return gate.new_ticket(AT - HALF_MINUTE).ticket


def go_round(county: County, lead: Matter) -> None:
    """With a clean summary from registration to closing."""
    office, later = county.actor("office"), AT + DAY
    register = {
        "title": "反映七里坡七号井口夜班超定员组织生产",
        "summary": "七里坡七号井口夜班下井人数超过规定，带班领导没有下井。",
        "type": "重大事故隐患",
        "source": "网上举报",
        "site": county.sites["xingwang"].pk,
    }
    place = {"unit": county.units["coal"].pk, "locality": county.regions["north"].pk}
    findings = {
        "finding": "属实",
        "verified_facts": "现场核查，夜班下井二十六人，超过限员。",
        "measures": ["停产整顿并挂牌督办"],
        "result_penalty": "50000",
    }
    reason = {"accountability": "不涉及，企业已按规定处罚。"}
    for account, step, answers in (
        ("intake", "register", register),
        ("office", "classify", place),
        ("office", "hand_over", {"letter_source": "public"}),
        ("receiver", "acknowledge", {}),
        ("handler", "record_findings", findings),
        ("handler", "request_signature", {}),
        ("head", "sign", {}),
        ("handler", "report_back", {}),
        ("office", "accept_report", {}),
    ):
        take_step(lead.pk, step, by=county.actor(account), now=AT, answers=answers)
    for child in Matter.objects.filter(parent=lead, kind__startswith="publication_"):
        text = {"text": "群众反映该矿夜班人数超过规定，已组织核查。"}
        take_step(child.pk, "submit", by=office, now=later, answers=text)
        checked = {
            "personal_data_checked": "是", "transfer_checked": "是",
            "published_on": "2026-03-04", "medium": "县政府网站",
        }  # fmt: skip
        publisher = county.actor("publisher")
        take_step(child.pk, "release", by=publisher, now=later, answers=checked)
    take_step(lead.pk, "record_accountability", by=office, now=later, answers=reason)
    take_step(lead.pk, "close", by=office, now=later)


def pass_photos_on(world: World, lead: Matter) -> int:
    """The desk attaches every picture of the tip-off, and locks its key again."""
    desk = world.opened("intake", "account")
    parts = Envelope.objects.filter(matter=lead, purpose="account", part__contains="file-")
    for part in parts:
        path = f"/desk/matters/{to_code(lead.pk)}/original/{part.pk}/attach"
        name = f"举报照片{part.pk}.jpg"
        assert desk.post(path, {"name": name, "checked": "yes"}).status_code == 302
    desk.post("/desk/keys/lock")
    return parts.count()


def look_everywhere(world: World, told: Told, lead: Matter) -> None:
    """Every page, list, export and call, of this lead, as everybody who may."""
    code = to_code(lead.pk)
    for copy in PaperCopy.objects.filter(matter=lead):
        for form in ("docx", "pdf"):
            path = f"/desk/matters/{code}/papers/{copy.pk}.{form}"
            assert told.keep(path, world.desk("office").get(path)).status_code == 200
    look_at_attachments(world, told, lead)
    for route in (one for one in ROUTES if one.get):
        path = filled(route.path, world, code)
        for account in {route.who, "office" if route.who else ""}:
            told.keep(path, world.desk(account).get(path))
    for one in (one for one in OPERATIONS if one.body is None):
        path = filled(one.path, world, code)
        told.keep(path, world.program(one.who).get(path))
    for secret in SECRETS:
        for address, query in (("search", {"q": secret}), ("m/lead/", {"tab": "all", "q": secret})):
            answer = world.desk("office").get(f"/desk/{address}", query)
            assert code not in answer.content.decode(), secret


def filled(path: str, world: World, code: str) -> str:
    """The path, with this lead where one is named."""
    for key, value in {**world.args, "lead": code, "tip": code}.items():
        path = path.replace(f"{{{key}}}", str(value))
    return path


def look_at_attachments(world: World, told: Told, lead: Matter) -> None:
    """What was passed on, as the section that checks the lead gets it."""
    for kept in Attachment.objects.filter(matter=lead):
        path = f"/desk/matters/{to_code(lead.pk)}/files/{kept.pk}"
        for address in (path, f"{path}/view"):
            assert told.keep(address, world.desk("handler").get(address)).status_code == 200


@pytest.fixture
def world(county: County, neighbour: County, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two counties that take tip-offs, everybody with a mail address."""
    fresh_allowances(monkeypatch)
    settled = settle_world(county, neighbour)
    for account, user in county.users.items():
        user.email = f"{account}@qingshi.example"
        user.save()
    return settled


@pytest.mark.clause("SX-53-2", "AY-36-4")
def test_the_informant_is_found_nowhere(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    told = Told()
    before = set(Matter.objects.values_list("pk", flat=True))
    with caplog.at_level(logging.DEBUG):
        with standing_at(AT):
            codes = [
                file_tip(told, who="named", name=NAME, phone=PHONE, reply="yes"),
                file_tip(told, who="anonymous", phrase=PASSWORD),
            ]
            take_down(told, world.county)
            leads = list(Matter.objects.exclude(pk__in=before).filter(kind="lead").order_by("pk"))
            assert len(leads) == 3
            passed_on = sum(pass_photos_on(world, lead) for lead in leads)
            for lead in leads:
                go_round(world.county, lead)
        with standing_at(AT + 2 * DAY):
            for code in codes:
                answer = Client().post("/receipt", {"code": code})
                told.keep("receipt", answer)
            for lead in leads:
                look_everywhere(world, told, lead)
            call_command("tick", quiet=True)
            deliver(now=AT + 2 * DAY)
    backup = tmp_path.parent / f"{tmp_path.name}.zip"
    if connection.vendor == "sqlite":
        back_up(backup)
    places = {
        "the database": dumped(),
        "a file": disk(),
        "the backup": unpacked(backup),
        "the log": caplog.text.encode(),
        "standard output": "".join(capfd.readouterr()).encode(),
        "mail": "\n".join(str(one.message()) for one in mail.outbox).encode(),
        **told.answers,
    }
    assert len(told.answers) > 100
    assert mail.outbox
    assert Outbox.objects.filter(state=Outbox.State.SENT).exists()
    assert Attachment.objects.filter(matter__in=leads).count() == passed_on == 4
    own = [*SECRETS, *(code.replace(" ", "") for code in codes)]
    hits = [hit for hit in found(own, places) if "in receipt" not in hit]
    assert not hits, "\n".join(hits[:40])


@pytest.mark.clause("SX-53-2")
def test_the_key_holders_get_through(world: World) -> None:
    """Were nothing sealed at all, the search would find nothing either."""
    before = set(Matter.objects.values_list("pk", flat=True))
    with standing_at(AT):
        file_tip(Told(), who="named", name=NAME, phone=PHONE)
        lead = Matter.objects.exclude(pk__in=before).get(kind="lead")
        address = f"/desk/matters/{to_code(lead.pk)}"
        desk = world.opened("intake", "account")
        page = desk.get(f"{address}/original").content.decode()
        for secret in (PHRASE, SPOT, ADDED, PHONE):
            assert secret in page
        keeper = world.opened("custodian", "identity")
        page = keeper.post(f"{address}/identity", {"reason": "核发奖励，核对领取人"})
        for secret in (NAME, PHONE):
            assert secret in page.content.decode()
        first = Envelope.objects.get(matter=lead, purpose="identity", part="file-1")
        path = f"{address}/identity/{first.pk}"
        original = keeper.post(path, {"reason": "核发奖励，核对领取人"})
        assert CAMERA.encode() in original.content
        view = Envelope.objects.get(matter=lead, purpose="account", part="file-1")
        shown = desk.get(f"{address}/original/{view.pk}")
        assert shown["Content-Type"] == "image/jpeg"
        for secret in (CAMERA.encode(), OWNER.encode(), COMMENT.encode("utf-16-le")):
            assert secret not in shown.content
    assert Reading.objects.filter(matter=lead, purpose="identity").count() == 2
    assert Reading.objects.filter(matter=lead, purpose="account").exists()
    assert Receipt.objects.filter(matter=lead).exists()


@pytest.mark.django_db
def test_the_search_finds_what_lies_open(tmp_path: Path) -> None:
    """The control: a name in clear, encoded, hashed or zipped would be found."""
    digest = hashlib.sha256(NAME.encode()).hexdigest()
    User.objects.create(username="planted", email=f"{digest}@x.example")
    assert found([NAME], {"the database": dumped()})
    (tmp_path / "a.txt").write_bytes(PHRASE.encode("utf-16-le"))
    assert found([PHRASE], {"a file": disk()})
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", PHONE * 100)
    assert found([PHONE], {"the backup": unpacked(tmp_path / "b.zip")})


def back_up(target: Path) -> None:
    """A backup of the database as it stands: made of a copy, for nothing is committed here."""
    held: Any = connection.connection
    copy = sqlite3.connect(":memory:")
    copy.deserialize(held.serialize())
    connection.connection = copy
    try:
        write_backup(target, now=AT)
    finally:
        connection.connection = held
        copy.close()


def unpacked(backup: Path) -> bytes:
    """Every file of a backup."""
    if not backup.exists():
        return b""
    with zipfile.ZipFile(backup) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
