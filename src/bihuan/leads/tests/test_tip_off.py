"""A tip-off comes in: what is opened, what is sealed, what is refused."""

import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from PIL import Image
from tests.people import NOW, County

from bihuan.leads.evidence import IncomingFile
from bihuan.leads.models import Envelope, Receipt
from bihuan.leads.progress import look_up
from bihuan.leads.receipt_book import UnknownReceiptError
from bihuan.leads.tips import NotReadyError, TipOff, file_tip
from bihuan.matters.models import Facts, Matter, Outbox, SearchText
from bihuan.matters.refusals import Incomplete
from bihuan.matters.search import find

NAME = "欧阳举贤"
PHONE = "19900004417"
PHRASE = "紫藤花架旁的磅房"
FILE_NAME = "我家窗口拍的.jpg"
CAMERA = "SPYCAM-7781"
AT_NIGHT = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)  # 03:00 on 2 March in Shanghai


def photo() -> bytes:
    """A photo that names its camera."""
    exif = Image.Exif()
    exif[0x0110] = CAMERA
    out = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(out, "JPEG", exif=exif)
    assert CAMERA.encode() in out.getvalue()
    return out.getvalue()


def planted() -> TipOff:
    return TipOff(
        words=f"夜班超定员，我是{NAME}，在{PHRASE}上班，电话{PHONE}。",
        place=f"{PHRASE}东侧",
        happened="2026-02-27 夜班",
        kind="major_hazard",
        name=NAME,
        phone=PHONE,
        wants_reply=True,
        reporter_kind="worker",
        files=(IncomingFile(name=FILE_NAME, data=photo()),),
    )


def whole_database() -> bytes:
    """Every column of every table, as bytes."""
    pieces: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if "searchindex" in table:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  the names are the database's own
            for row in cursor.fetchall():
                pieces += [
                    bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
                ]
    return b"\n".join(pieces)


@pytest.mark.clause("SX-53-2", "AY-36-4")
def test_planted_informant_is_nowhere(
    sealing_county: County, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        filed = file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)
    database = whole_database()
    disk = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())  # type: ignore[attr-defined]
    logs = "\n".join(record.getMessage() for record in caplog.records).encode()
    secrets = (
        NAME,
        PHONE,
        PHRASE,
        FILE_NAME,
        CAMERA,
        filed.receipt,
        filed.receipt.replace(" ", ""),
    )
    for secret in secrets:
        for form in (secret.encode(), secret.encode("utf-16-le"), repr(secret.encode()).encode()):
            assert form not in database
            assert form not in disk
            assert form not in logs
    assert len(disk) > 10_000
    assert Envelope.objects.filter(matter=filed.matter).count() == 4


@pytest.mark.clause("AY-36-4", "LX-W2-1")
@pytest.mark.parametrize("reporter", ["public", "worker"])
def test_anonymous_major_hazard_gets_a_number_at_once(
    sealing_county: County, reporter: str
) -> None:
    tip = TipOff(words="综采面瓦斯超限仍在割煤作业", kind="major_hazard", reporter_kind=reporter)
    filed = file_tip(tip, now=NOW, region_id=sealing_county.region.pk)
    facts = Facts.objects.get(matter=filed.matter).data
    assert filed.acceptance_number
    assert facts["reporter_kind"] == reporter
    assert facts["type"] == "major_hazard"
    assert not Envelope.objects.filter(purpose="identity").exists()


@pytest.mark.clause("LX-W5-6", "LX-W2-1")
def test_tip_at_three_in_the_night_keeps_its_time(sealing_county: County) -> None:
    tip = TipOff(words="正在违规放炮，没有撤人")
    filed = file_tip(tip, now=AT_NIGHT, region_id=sealing_county.region.pk)
    facts = Facts.objects.get(matter=filed.matter).data
    assert facts["received_at"].startswith("2026-03-02T03:00")
    assert facts["listed_on"] == "2026-03-02"
    assert facts["reporter_kind"] == "anonymous"


@pytest.mark.clause("AY-36-2")
@pytest.mark.parametrize(
    ("given", "reachable"),
    [({}, False), ({"claim_password": "七里坡的老槐树下"}, True), ({"name": NAME}, True)],
)
def test_reachable_by_name_or_claim_password(
    sealing_county: County, given: dict[str, str], reachable: bool
) -> None:
    tip = TipOff(words="夜班下井人数超过规定", **given)
    filed = file_tip(tip, now=NOW, region_id=sealing_county.region.pk)
    assert Facts.objects.get(matter=filed.matter).data["reporter_reachable"] is reachable


def test_over_the_allowance_goes_to_screening(sealing_county: County) -> None:
    tip = TipOff(words="夜班下井人数超过规定")
    filed = file_tip(tip, now=NOW, region_id=sealing_county.region.pk, screened=True)
    assert filed.matter.stage == "screening"
    assert filed.acceptance_number
    assert look_up(filed.receipt, now=NOW).words == "已收到，等待登记"


def test_site_is_kept_and_its_firm_sees_nothing(sealing_county: County) -> None:
    site = sealing_county.sites["qingshiling"]
    tip = TipOff(words="夜班下井人数超过规定", site_id=site.pk)
    filed = file_tip(tip, now=NOW, region_id=sealing_county.region.pk)
    assert filed.matter.site_id == site.pk
    assert filed.matter.recusals.filter(unit=sealing_county.units["firm"]).exists()


@pytest.mark.parametrize(
    ("fields", "key", "words"),
    [
        ({"words": "人太多"}, "what", "至少写 10 个字"),
        ({"words": "多" * 5001}, "what", "最多 5000 字"),
        ({"words": "夜班下井人数超过规定", "claim_password": "短口令"}, "phrase", "至少 8"),
        ({"words": "夜班下井人数超过规定", "reporter_kind": "firm"}, "worker", "群众或职工"),
        (
            {"words": "夜班下井人数超过规定", "files": (IncomingFile(name="a", data=b"MZ tool"),)},
            "files",
            "“a”不是能收的照片、视频或录音。照片收 jpg",
        ),
        (
            {"words": "夜班下井人数超过规定", "files": (IncomingFile(name="a", data=b""),)},
            "files",
            "是空的",
        ),
        (
            {
                "words": "夜班下井人数超过规定",
                "files": tuple(IncomingFile(name="a", data=b"x") for _ in range(10)),
            },
            "files",
            "最多 9 个",
        ),
        (
            {
                "words": "夜班下井人数超过规定",
                "files": (IncomingFile(name="a", data=b"\xff\xd8\xff\xe0 cut short"),),
            },
            "files",
            "“a”：图片不完整",
        ),
        (
            {
                "words": "夜班下井人数超过规定",
                "files": (IncomingFile(name="a.txt", data="另附说明".encode()),),
            },
            "files",
            "“a.txt”不是能收的",
        ),
        (
            {
                "words": "夜班下井人数超过规定",
                "files": (IncomingFile(name="C:\\x\\井口.zip", data=b"PK\x03\x04"),),
            },
            "files",
            "“井口.zip”不是能收的",
        ),
        (
            {
                "words": "夜班下井人数超过规定",
                "files": (IncomingFile(name="井" * 90 + ".bin", data=b"\x00\x01"),),
            },
            "files",
            f"“…{'井' * 35}.bin”不是能收的",
        ),
        (
            {"words": "夜班下井人数超过规定", "files": (IncomingFile(name="", data=b"MZ"),)},
            "files",
            "第 1 个文件不是能收的",
        ),
        ({"words": "夜班下井人数超过规定", "kind": "nonsense"}, "type", "举报类型"),
    ],
)
def test_refusals_name_the_field_and_write_nothing(
    sealing_county: County, fields: dict[str, object], key: str, words: str
) -> None:
    with pytest.raises(Incomplete, match=words) as refusal:
        file_tip(TipOff(**fields), now=NOW, region_id=sealing_county.region.pk)  # type: ignore[arg-type]
    assert key in refusal.value.fields
    assert not Matter.objects.exists()
    assert not Receipt.objects.exists()


def test_without_keys_nothing_is_stored(county: County) -> None:
    with pytest.raises(NotReadyError, match="举报电话"):
        file_tip(planted(), now=NOW, region_id=county.region.pk)
    assert not any(model.objects.exists() for model in (Matter, Envelope, Receipt))


def test_a_neighbours_keys_are_not_ours(sealing_county: County, neighbour: County) -> None:
    with pytest.raises(NotReadyError):
        file_tip(planted(), now=NOW, region_id=neighbour.region.pk)


def test_a_custodian_who_left_is_no_recipient(sealing_county: County) -> None:
    sealing_county.users["custodian"].grants.update(until_on=NOW.date().replace(year=2025))
    with pytest.raises(NotReadyError):
        file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)


def test_the_desk_is_told_by_number_only(sealing_county: County) -> None:
    filed = file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)
    texts = set(Outbox.objects.values_list("text", flat=True))
    assert texts
    assert all(filed.acceptance_number in text for text in texts)


def test_look_up_tells_progress_not_people(sealing_county: County) -> None:
    filed = file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)
    told = repr(look_up(filed.receipt, now=NOW))
    people = [user.person.name for user in sealing_county.users.values()]
    assert not [name for name in people if name in told]
    assert not [unit.name for unit in sealing_county.units.values() if unit.name in told]
    assert NAME not in told


@pytest.mark.parametrize("code", ["", "1234", "0000 0000 0000 0001", "张三李四"])
def test_codes_that_were_never_given(sealing_county: County, code: str) -> None:
    with pytest.raises(UnknownReceiptError):
        look_up(code, now=NOW)


@pytest.mark.clause("SX-53-2")
@pytest.mark.parametrize("term", [NAME, PHONE, PHRASE, "紫藤花架"])
def test_search_finds_nothing_of_the_reporter(sealing_county: County, term: str) -> None:
    file_tip(planted(), now=NOW, region_id=sealing_county.region.pk)
    assert not list(find(term, by=sealing_county.actor("office"), kind="lead"))
    assert not SearchText.objects.filter(text__contains=term).exists()
