"""A caller's words, name and telephone on the office's form: sealed, kept nowhere else."""

from typing import Any

import pytest
from django.test import Client
from tests.people import NOW, County

from bihuan.desk.import_rows import Form
from bihuan.leads.loop import LEAD
from bihuan.leads.models import Envelope
from bihuan.leads.taking_down import NO_KEYS
from bihuan.matters.models import Entry, Facts, Matter, Timer
from bihuan.matters.moment import standing_at

WORDS = "七里坡七号井口夜班下井人数超过规定，我在紫藤花架旁的磅房上班。"
NAME, PHONE = "欧阳举贤", "19900004417"
FORM = {
    "source": "举报电话",
    "channel": "phone",
    "told_words": WORDS,
    "told_name": NAME,
    "told_phone": PHONE,
}


def taken_down(county: County, **changes: str) -> Any:
    client = Client()
    client.force_login(county.users["intake"])
    with standing_at(NOW):
        return client.post("/desk/m/lead/new/", {**FORM, **changes})


def test_what_a_caller_says_is_sealed(sealing_county: County) -> None:
    answer = taken_down(sealing_county)
    assert answer.status_code == 303
    lead = Matter.objects.get()
    parts = Envelope.objects.filter(matter=lead).values_list("purpose", "part")
    assert sorted(parts) == [("account", "words"), ("identity", "who")]
    facts = Facts.objects.get(matter=lead).data
    assert facts["reporter_reachable"] is True
    kept = f"{facts}{lead.title}".encode() + b"".join(
        bytes(entry.body) for entry in Entry.objects.filter(matter_id=lead.pk)
    )
    for secret in (WORDS, NAME, PHONE, "told_"):
        assert secret.encode() not in kept


def test_whoever_gave_no_name_leaves_words_alone(sealing_county: County) -> None:
    assert taken_down(sealing_county, told_name="", told_phone="").status_code == 303
    assert Envelope.objects.get().part == "words"
    assert "reporter_reachable" not in Facts.objects.get().data


def test_nothing_is_taken_down_that_nobody_could_open(county: County) -> None:
    answer = taken_down(county)
    assert answer.status_code == 422
    assert NO_KEYS in answer.content.decode()
    assert not Matter.objects.exists()
    bare = dict.fromkeys(("told_words", "told_name", "told_phone"), "")
    assert taken_down(county, **bare).status_code == 303
    assert not Envelope.objects.exists()


def test_the_import_has_no_column_for_them() -> None:
    labels = Form(LEAD).labels
    assert "举报来源" in labels
    assert not {"举报人原话", "举报人姓名", "举报人电话"} & {*labels}


@pytest.mark.clause("LX-A1-3-1")
def test_the_day_of_hand_over_runs_before_a_number_is_given(sealing_county: County) -> None:
    taken_down(sealing_county)
    clock = Timer.objects.get(matter__kind="lead", key="handover")
    assert clock.due_at is not None
    lead = Matter.objects.get()
    assert lead.stage == "received"
    assert lead.due_at == clock.due_at
