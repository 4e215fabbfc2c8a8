"""Delivering the outbox: each message once, failures again later, then laid aside."""

from datetime import timedelta

import pytest
from django.core import mail
from tests.people import NOW, County

from bihuan.matters.models import Heartbeat, Outbox
from bihuan.matters.outbox import BACKOFF_MINUTES, LEASE, deliver

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


def away(_row: Outbox) -> None:
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
    assert message.error == "ConnectionRefusedError"
    assert deliver(now=now + timedelta(days=9), send=away).failed == 0


def test_another_worker_leaves_a_leased_message_alone(message: Outbox) -> None:
    seen = []

    def look(row: Outbox) -> None:
        seen.append(row.pk)
        assert deliver(now=NOW).sent == 0
        row.refresh_from_db()
        assert row.leased_until == NOW + LEASE

    assert deliver(now=NOW, send=look).sent == 1
    assert seen == [message.pk]


def test_the_round_leaves_a_heartbeat(message: Outbox) -> None:
    deliver(now=NOW)
    beat = Heartbeat.objects.get(name="worker")
    assert (str(beat), beat.beat_at, beat.note) == ("worker", NOW, "发出 1，未成 0")
