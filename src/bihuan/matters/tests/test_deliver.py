"""Delivering the outbox: each message once, failures again later, then laid aside."""

from datetime import timedelta

import pytest
from django.core import mail
from tests.people import NOW, County

from bihuan.accounts.models import User
from bihuan.matters.leasing import BACKOFF_MINUTES, BATCH, LEASE
from bihuan.matters.models import Heartbeat, Outbox
from bihuan.matters.outbox import ROUND_S, deliver
from bihuan.matters.parcels import Parcel

MINUTE = timedelta(minutes=1)


@pytest.fixture
def message(county: County) -> Outbox:
    """One mail that waits."""
    user = county.users["handler"]
    user.email = "handler@example.org"
    user.save()
    return Outbox.objects.create(
        user=user,
        channel="mail",
        event="核查中",
        text="线索〔2026〕1号：核查中",
        key="1",
        created_at=NOW,
        next_at=NOW,
    )


def away(_parcel: Parcel) -> None:
    raise ConnectionRefusedError("no mail server")


def test_a_mail_is_sent_once_with_number_and_stage_only(message: Outbox) -> None:
    assert deliver(now=NOW - MINUTE).sent == 0
    done = deliver(now=NOW)
    assert (done.sent, done.failed) == (1, 0)
    (sent,) = mail.outbox
    assert sent.to == ["handler@example.org"]
    assert sent.subject == "线索〔2026〕1号：核查中"
    assert deliver(now=NOW + MINUTE).sent == 0
    message.refresh_from_db()
    assert (message.state, message.next_at) == (Outbox.State.SENT, None)
    assert str(message) == message.text


def test_a_failure_is_tried_again_with_growing_pauses(message: Outbox) -> None:
    now = NOW
    for minutes in BACKOFF_MINUTES:
        assert deliver(now=now, send=away).failed == 1
        message.refresh_from_db()
        assert message.state == Outbox.State.WAITING
        assert message.next_at == now + minutes * MINUTE
        now += minutes * MINUTE
    assert deliver(now=now, send=away).failed == 1
    message.refresh_from_db()
    assert (message.state, message.next_at) == (Outbox.State.FAILED, None)
    assert message.error == "连接被拒绝（ConnectionRefusedError）"
    assert deliver(now=now + timedelta(days=9), send=away).failed == 0


def test_another_worker_leaves_a_leased_message_alone(message: Outbox) -> None:
    seen = []

    def look(parcel: Parcel) -> None:
        (row,) = parcel.rows
        seen.append(row.pk)
        assert deliver(now=NOW).sent == 0
        row.refresh_from_db()
        assert row.leased_until == NOW + LEASE

    assert deliver(now=NOW, send=look).sent == 1
    assert seen == [message.pk]


def test_a_round_goes_on_while_mails_wait(message: Outbox) -> None:
    waiting(message, 2 * BATCH)
    assert deliver(now=NOW).sent == 2 * BATCH + 1
    assert len(mail.outbox) == 2 * BATCH + 1
    assert not Outbox.objects.exclude(next_at=None).exists()


def test_a_round_ends_in_time_and_leaves_the_rest_waiting(message: Outbox) -> None:
    waiting(message, BATCH + 9)
    seconds = iter(range(10_000))
    done = deliver(now=NOW, clock=lambda: float(next(seconds)))
    assert done.sent == ROUND_S - 1
    left = Outbox.objects.filter(state=Outbox.State.WAITING)
    assert set(left.values_list("next_at", "leased_until")) == {(NOW, None)}
    assert deliver(now=NOW).sent == BATCH + 10 - done.sent


def test_a_worker_that_is_told_to_stop_ends_after_its_mail(message: Outbox) -> None:
    waiting(message, 3)
    told = iter([False, True])
    assert deliver(now=NOW, is_stopped=lambda: next(told)).sent == 1
    assert deliver(now=NOW).sent == 3


def test_an_address_that_is_none_does_not_hold_up_the_others(message: Outbox) -> None:
    waiting(message, 2)

    def send(parcel: Parcel) -> None:
        if parcel.rows[0].pk == message.pk:
            raise UnicodeEncodeError("idna", message.text, 0, 1, "no address")

    done = deliver(now=NOW, send=send)
    assert (done.sent, done.failed) == (2, 1)


def waiting(message: Outbox, count: int) -> None:
    """More mails of the same kind, to other people, so that each leaves alone."""
    readers = User.objects.bulk_create(
        User(username=f"reader{number}", email=f"reader{number}@example.org")
        for number in range(count)
    )
    Outbox.objects.bulk_create(
        Outbox(
            user=readers[number],
            channel="mail",
            event=message.event,
            text=message.text,
            key=f"more {number}",
            created_at=NOW,
            next_at=NOW,
        )
        for number in range(count)
    )


def test_the_round_leaves_a_heartbeat(message: Outbox) -> None:
    deliver(now=NOW)
    beat = Heartbeat.objects.get(name="worker")
    assert (str(beat), beat.beat_at, beat.note) == ("worker", NOW, "发出 1，未成 0")
