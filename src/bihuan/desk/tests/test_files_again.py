"""A file sent again by the same person, before anybody else acted, is one file of the matter."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.people import County

from bihuan.desk.tests import seeded
from bihuan.desk.tests.test_matter_files import address, photo
from bihuan.matters.engine import take_step
from bihuan.matters.models import Attachment, Entry, Matter
from bihuan.matters.moment import standing_at

START = seeded.START
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lead(county: County) -> Matter:
    found = seeded.handed_over(county)
    return take_step(found.pk, "acknowledge", by=county.actor("receiver"), now=START)


def send(
    client: Client, county: County, lead: Matter, data: bytes, *, who: str = "handler", at: int = 1
) -> Any:
    client.force_login(county.users[who])
    with standing_at(START + at * MINUTE):
        file = SimpleUploadedFile("入井口.jpg", data)
        return client.post(address(lead, "files"), {"file": file})


def kept(lead: Matter) -> int:
    return Attachment.objects.filter(matter=lead).count()


def test_a_file_sent_twice_is_one(client: Client, county: County, lead: Matter) -> None:
    data = photo()
    for minute in (1, 2, 30):
        assert send(client, county, lead, data, at=minute).status_code == 303
    assert kept(lead) == 1
    assert Entry.objects.filter(matter_id=lead.pk, step="attach").count() == 1


def test_the_same_file_of_another_person_is_his_own(
    client: Client, county: County, lead: Matter
) -> None:
    data = photo()
    send(client, county, lead, data)
    send(client, county, lead, data, who="head", at=2)
    assert kept(lead) == 2


def test_another_file_is_another(client: Client, county: County, lead: Matter) -> None:
    send(client, county, lead, photo())
    send(client, county, lead, photo() + b"\0", at=2)
    assert kept(lead) == 2


def test_after_somebody_else_has_acted_it_is_sent_anew(
    client: Client, county: County, lead: Matter
) -> None:
    data = photo()
    send(client, county, lead, data)
    note = {"progress": "已到矿核查人员位置记录。"}
    mine, other = county.actor("handler"), county.actor("head")
    take_step(lead.pk, "record_progress", by=mine, now=START + 2 * MINUTE, answers=note)
    send(client, county, lead, data, at=3)
    assert kept(lead) == 1
    take_step(lead.pk, "record_progress", by=other, now=START + 4 * MINUTE, answers=note)
    send(client, county, lead, data, at=5)
    assert kept(lead) == 2
