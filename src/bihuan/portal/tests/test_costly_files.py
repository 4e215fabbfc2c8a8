"""What costs the server much is looked at late, once and little: nobody stops it with pictures."""

import shutil
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from tests.people import NOW, County

from bihuan.leads import evidence, receipts, tips
from bihuan.leads.evidence import NO_SPACE, TOO_OFTEN
from bihuan.leads.models import Envelope, Message
from bihuan.leads.public_counters import ADDED_FILES_PER_HOUR, TIPS_PER_HOUR
from bihuan.leads.tips import Filed, TipOff, file_tip
from bihuan.matters.models import Matter
from bihuan.portal.tests.conftest import ticket, typed

UNKNOWN = "4821 0937 5564 2105"


@pytest.fixture
def filed(portal: County) -> Filed:
    """A tip-off that can be added to."""
    return file_tip(TipOff(words="夜班下井人数超过规定"), now=NOW, region_id=portal.region.pk)


def picture(side: int = 40) -> SimpleUploadedFile:
    stream = BytesIO()
    Image.new("1", (side, side)).save(stream, "PNG")
    return SimpleUploadedFile("现场.png", stream.getvalue(), content_type="image/png")


def never(_data: bytes) -> Any:
    raise AssertionError("decoded")


def envelopes_of(filed: Filed) -> int:
    return Envelope.objects.filter(matter=filed.matter).count()


def test_pictures_under_an_invented_code_are_not_decoded(
    portal: County, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "viewing_copy", never)
    sent = {"code": UNKNOWN, "answer": "", "ticket": ticket(), "files": picture()}
    assert visitor.post("/receipt/add", sent).status_code == 404


def test_pictures_together_have_an_end(
    portal: County, visitor: Client, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "viewing_copy", never)
    two = [picture(8000), picture(8000)]  # 64 million each, within what one may have
    for path, sent in (
        ("/tip-off", typed(files=two)),
        ("/receipt/add", {"code": filed.receipt, "ticket": ticket(), "files": two}),
    ):
        for file in two:
            file.seek(0)
        page = visitor.post(path, sent)
        assert page.status_code == 422
        assert "照片合计像素过大" in page.content.decode()


def test_nothing_is_held_while_pictures_are_decoded_and_passwords_stretched(
    portal: County, visitor: Client, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = len(connection.savepoint_ids)
    seen: list[int] = []
    decode, stretch = evidence.viewing_copy, receipts.hash_claim_password

    def decoded(data: bytes) -> tuple[bytes, str]:
        seen.append(len(connection.savepoint_ids))
        return decode(data)

    def stretched(password: str) -> str:
        seen.append(len(connection.savepoint_ids))
        return stretch(password)

    monkeypatch.setattr(evidence, "viewing_copy", decoded)
    monkeypatch.setattr(tips, "hash_claim_password", stretched)
    told = typed(files=picture(), phrase="七里坡的老槐树下")
    assert visitor.post("/tip-off", told).status_code == 200
    more = {"code": filed.receipt, "ticket": ticket(), "files": picture()}
    assert visitor.post("/receipt/add", more).status_code == 200
    assert seen == [held] * 3


def test_beyond_the_allowance_words_are_taken_and_files_are_not(
    portal: County, visitor: Client
) -> None:
    for _ in range(TIPS_PER_HOUR):
        page = visitor.post("/tip-off", typed(files=picture()))
        assert TOO_OFTEN not in page.content.decode()
    kept = Envelope.objects.filter(part__startswith="file-").count()
    assert kept == 2 * TIPS_PER_HOUR  # the original and the picture for the desk
    page = visitor.post("/tip-off", typed(files=picture()))
    assert page.status_code == 200
    assert TOO_OFTEN in page.content.decode()
    assert Envelope.objects.filter(part__startswith="file-").count() == kept
    assert Matter.objects.filter(kind="lead").count() == TIPS_PER_HOUR + 1


def test_additions_with_files_run_out_and_words_do_not(
    portal: County, visitor: Client, filed: Filed
) -> None:
    for _ in range(ADDED_FILES_PER_HOUR):
        sent = {"code": filed.receipt, "ticket": ticket(), "files": picture()}
        visitor.post("/receipt/add", sent)
    kept = envelopes_of(filed)
    sent = {"code": filed.receipt, "ticket": ticket(), "files": picture()}
    assert visitor.post("/receipt/add", sent).status_code == 429
    assert envelopes_of(filed) == kept
    sent = {"code": filed.receipt, "ticket": ticket(), "answer": "还有一班", "files": picture()}
    assert TOO_OFTEN in visitor.post("/receipt/add", sent).content.decode()
    assert envelopes_of(filed) == kept + 1
    assert Message.objects.count() == ADDED_FILES_PER_HOUR + 1


def test_a_disk_that_is_nearly_full_takes_words_only(
    portal: County, visitor: Client, settings: Any
) -> None:
    settings.DISK_RESERVE_BYTES = shutil.disk_usage(settings.HOME).total
    page = visitor.post("/tip-off", typed(files=picture()))
    assert page.status_code == 200
    assert NO_SPACE in page.content.decode()
    assert Envelope.objects.filter(part="words").exists()
    assert not Envelope.objects.filter(part__startswith="file-").exists()
