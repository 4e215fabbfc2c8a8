"""Files and papers of a matter: typed by content, in the trail, within reach, never run."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.matters import files, trail
from bihuan.matters.attachments import attach
from bihuan.matters.engine import take_step
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, Entry, Matter, PaperCopy
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Incomplete, NotFound, NotYours
from bihuan.matters.verify import verify

START = seeded.START
HOUR = timedelta(hours=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead in the hands of the section."""
    found = seeded.handed_over(county)
    return take_step(found.pk, "acknowledge", by=county.actor("receiver"), now=START)


def photo() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 140)).save(stream, "JPEG", comment=b"place")
    return stream.getvalue()


def address(lead: Matter, more: str) -> str:
    return f"/desk/matters/{to_code(lead.pk)}/{more}"


def send(client: Client, county: County, who: str, lead: Matter, *sent: Any) -> Any:
    client.force_login(county.users[who])
    with standing_at(START + HOUR):
        return client.post(address(lead, "files"), {"file": list(sent)})


def test_upload_is_named_in_the_trail(client: Client, county: County, lead: Matter) -> None:
    data = photo()
    response = send(client, county, "handler", lead, SimpleUploadedFile("入井口.JPG", data))
    assert response.status_code == 303
    kept = Attachment.objects.get(matter=lead)
    assert (kept.mime, kept.name) == ("image/jpeg", "入井口.jpg")
    line = trail.from_bytes(bytes(Entry.objects.get(matter_id=lead.pk, step="attach").body))
    told = {"name": kept.name, "digest": kept.digest, "size": len(data)}
    assert told.items() <= line.changes["files"][0].items()
    assert files.read(kept.digest) == data
    assert b"place" not in files.read(kept.view_digest)
    assert not verify().faults
    client.force_login(county.users["handler"])
    with standing_at(START + HOUR):
        page = client.get(address(lead, "")).content.decode()
    assert "上传附件“入井口.jpg”。" in page


def test_program_is_refused_and_the_rest_is_kept(
    client: Client, county: County, lead: Matter
) -> None:
    good = SimpleUploadedFile("入井口.jpg", photo())
    bad = SimpleUploadedFile("笔录.pdf", b"MZ\x90\x00 not a paper")
    response = send(client, county, "handler", lead, bad, good)
    assert response.status_code == 422
    page = response.content.decode()
    assert "“笔录.pdf”没有收下：这是程序或脚本文件，不能上传。" in page
    assert "其余 1 个文件已收下。" in page
    assert Attachment.objects.filter(matter=lead).count() == 1


def test_nothing_chosen_is_told(client: Client, county: County, lead: Matter) -> None:
    response = send(client, county, "handler", lead)
    assert response.status_code == 422
    assert "请先选择文件，再上传。" in response.content.decode()


def test_only_those_who_act_here_attach(county: County, lead: Matter) -> None:
    with pytest.raises(NotFound):
        attach(lead.pk, photo(), "a.jpg", by=county.actor("receiver2"), now=START + HOUR)
    with pytest.raises(NotYours):
        attach(lead.pk, photo(), "a.jpg", by=county.actor("publisher"), now=START + HOUR)
    with pytest.raises(Incomplete):
        attach(lead.pk, b"", "a.jpg", by=county.actor("handler"), now=START + HOUR)
    assert not Attachment.objects.filter(matter=lead).exists()
    assert not Entry.objects.filter(matter_id=lead.pk, step="attach").exists()


def test_file_is_sent_without_any_chance_to_run(
    client: Client, county: County, lead: Matter
) -> None:
    data = photo()
    kept = attach(lead.pk, data, "入井口.jpg", by=county.actor("handler"), now=START + HOUR)
    client.force_login(county.users["office"])
    response = client.get(address(lead, f"files/{kept.pk}"))
    assert response.content == data
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    view = client.get(address(lead, f"files/{kept.pk}/view"))
    assert view["Content-Type"] == "image/jpeg"
    assert view["Content-Security-Policy"].startswith("sandbox")
    assert view.content == files.read(kept.view_digest)


def test_files_and_papers_of_others_are_not_found(
    client: Client, county: County, lead: Matter
) -> None:
    kept = attach(lead.pk, photo(), "入井口.jpg", by=county.actor("handler"), now=START + HOUR)
    copy = PaperCopy.objects.filter(matter=lead).first()
    assert copy is not None
    other = seeded.registered(county)
    client.force_login(county.users["office"])
    assert client.get(address(other, f"files/{kept.pk}")).status_code == 404
    assert client.get(address(other, f"papers/{copy.pk}.pdf")).status_code == 404
    assert client.get(address(lead, f"papers/{copy.pk}.exe")).status_code == 404
    client.force_login(county.users["receiver2"])
    for more in (f"files/{kept.pk}", f"files/{kept.pk}/view", f"papers/{copy.pk}.pdf"):
        assert client.get(address(lead, more)).status_code == 404
    assert client.post(address(lead, "files")).status_code == 404


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-"), ("docx", b"PK")])
def test_paper_is_sent_as_word_and_pdf(
    client: Client, county: County, lead: Matter, form: str, start: bytes
) -> None:
    client.force_login(county.users["handler"])
    with standing_at(START + HOUR):
        page = client.get(address(lead, "")).content.decode()
    for copy in PaperCopy.objects.filter(matter=lead):
        url = address(lead, f"papers/{copy.pk}.{form}")
        assert f'href="{url}"' in page
        response = client.get(url)
        assert response.status_code == 200
        assert response.content.startswith(start)
        assert "attachment" in response["Content-Disposition"]
