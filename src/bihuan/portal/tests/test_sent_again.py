"""A form sent again, because its answer was lost or a button pressed twice, is taken once."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from tests.people import County

from bihuan.leads.models import Message, SentForm
from bihuan.leads.sent_forms import SHOWN_FOR
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.portal import gate
from bihuan.portal.tests.conftest import LATER, ticket, typed

CODE = re.compile(r'class="code" role="img" aria-label="([0-9 ]{19})"')
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
MINUTE = timedelta(minutes=1)


def code_in(text: str) -> str:
    found = CODE.search(text)
    assert found
    return found[1]


def test_lost_answer_is_given_again_and_nothing_twice(portal: County, visitor: Client) -> None:
    sent = typed(phrase="七里坡的老槐树下")
    first = visitor.post("/tip-off", sent).content.decode()
    with standing_at(LATER + SHOWN_FOR - MINUTE):
        again = visitor.post("/tip-off", sent)
    text = again.content.decode()
    assert code_in(text) == code_in(first)
    assert Matter.objects.get().acceptance_number in text
    assert "没有重复登记" in text
    assert "没有重复登记" not in first
    assert again["Cache-Control"] == "no-store"
    looked = visitor.post("/receipt", {"code": code_in(text)})
    assert "已收到，等待登记" in looked.content.decode()


def test_sending_again_does_not_use_up_the_allowance(portal: County, visitor: Client) -> None:
    sent = typed()
    for _ in range(8):
        visitor.post("/tip-off", sent)
    visitor.post("/tip-off", typed())
    assert set(Matter.objects.values_list("stage", flat=True)) == {"received"}
    assert Matter.objects.count() == 2


@pytest.mark.parametrize("minutes", [10, 60 * 23])
def test_receipt_is_not_shown_again_later(portal: County, visitor: Client, minutes: int) -> None:
    sent = typed()
    code = code_in(visitor.post("/tip-off", sent).content.decode())
    with standing_at(LATER + minutes * MINUTE):
        text = visitor.post("/tip-off", sent).content.decode()
    assert code not in text
    assert "没有重复登记" in text
    assert "现在不再显示" in text
    assert Matter.objects.count() == 1


def test_receipt_is_not_shown_again_once_noted(portal: County, visitor: Client) -> None:
    sent = typed()
    page = visitor.post("/tip-off", sent).content.decode()
    found = TICKET.search(page)
    assert found
    visitor.post("/receipt/kept", {"kept": "yes", "ticket": found[1]})
    assert not CODE.search(visitor.post("/tip-off", sent).content.decode())
    assert Matter.objects.count() == 1


def test_only_the_form_itself_opens_what_is_kept(portal: County, visitor: Client) -> None:
    sent = typed()
    code = code_in(visitor.post("/tip-off", sent).content.decode())
    row = SentForm.objects.get()
    kept = bytes(row.mark) + bytes(row.sealed)
    assert code.encode() not in kept
    assert code.replace(" ", "").encode() not in kept
    assert str(sent["ticket"]).encode() not in kept
    assert {field.name for field in SentForm._meta.get_fields()} == {
        "id", "mark", "sealed", "sent_at",
    }  # fmt: skip
    SentForm.objects.update(sealed=kept[32:-1] + bytes([kept[-1] ^ 1]))
    assert not CODE.search(visitor.post("/tip-off", sent).content.decode())
    other = visitor.post("/tip-off", typed()).content.decode()
    assert code_in(other) != code


def test_worker_forgets_the_receipt_then_the_form(
    portal: County, visitor: Client, one_connection: None
) -> None:
    visitor.post("/tip-off", typed())
    for at, rows, sealed in (
        (SHOWN_FOR - MINUTE, 1, True),
        (SHOWN_FOR, 1, False),
        (timedelta(hours=24), 1, False),
        (timedelta(hours=25), 0, False),
    ):
        with standing_at(LATER + at):
            call_command("work", "--once")
        kept = list(SentForm.objects.values_list("sealed", flat=True))
        assert (len(kept), any(map(bytes, kept))) == (rows, sealed), at


def test_refused_tip_off_can_be_sent_with_the_same_form(portal: County, visitor: Client) -> None:
    sent = typed(kind="nonsense")
    refused = visitor.post("/tip-off", sent)
    assert refused.status_code == 422
    assert f'value="{sent["ticket"]}"' in refused.content.decode()
    assert code_in(visitor.post("/tip-off", sent | {"kind": ""}).content.decode())


def test_one_ticket_written_two_ways_is_one_form(portal: County, visitor: Client) -> None:
    sent = typed()
    visitor.post("/tip-off", sent)
    written = str(sent["ticket"])
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        visitor.post("/tip-off", sent | {"ticket": written[:-1] + last})
    assert Matter.objects.count() == 1


def test_addition_sent_again_is_added_once(portal: County, visitor: Client) -> None:
    code = code_in(visitor.post("/tip-off", typed()).content.decode())
    sent = {"code": code, "answer": "补充一句", "ticket": ticket()}
    assert "已收到补充内容" in visitor.post("/receipt/add", sent).content.decode()
    assert "刚才已经收到" in visitor.post("/receipt/add", sent).content.decode()
    assert Message.objects.count() == 1


def test_refused_addition_is_not_taken_for_one_that_was_added(
    portal: County, visitor: Client
) -> None:
    code = code_in(visitor.post("/tip-off", typed()).content.decode())
    sent = {"code": code, "answer": "多" * 5001, "ticket": ticket()}
    assert visitor.post("/receipt/add", sent).status_code == 422
    mended = visitor.post("/receipt/add", sent | {"answer": "补充一句"})
    assert "已收到补充内容" in mended.content.decode()


def test_form_is_remembered_by_every_process(
    portal: County, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory of work that was used is one process's; a restart empties it."""
    sent = typed()
    visitor.post("/tip-off", sent)
    monkeypatch.setattr(gate, "_used_work", gate.UsedTickets())
    visitor.post("/tip-off", sent)
    assert Matter.objects.count() == 1
