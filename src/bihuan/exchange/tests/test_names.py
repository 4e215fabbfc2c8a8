"""What a row of the exchange is called in a log or a shell: told apart, and nothing of a tip."""

from datetime import date

import pytest
from django.db import models

from bihuan.exchange.models import (
    Answer,
    Mirrored,
    MirroredSeal,
    Notice,
    Package,
    Peer,
    Sent,
    Taken,
    Waiting,
    WaitingPart,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("row", "called"),
    [
        (Peer(role=Peer.Role.CITY, name="甲市局"), "city 甲市局"),
        (Package(sequence=3, peer_id=7), "package 3 of 7"),
        (Waiting(pk=9, kind=Waiting.Kind.TIP, told={"site": 4}), "tip 9"),
        (
            WaitingPart(waiting_id=9, purpose="account", part="words", inline=b"sealed"),
            "account words of 9",
        ),
        (Answer(matter_id=9, receipt=b"\1" * 32, told={"words": "办理中"}), "answer about 9"),
        (Notice(sequence=5), "notice 5"),
        (Taken(pk=11, kind="claim"), "claim 11"),
        (Sent(matter_id=9, seq=2, peer_id=7), "9.2 sent to 7"),
        (Mirrored(number="青线〔2026〕1号", title="反映夜班超定员"), "青线〔2026〕1号"),
        (Mirrored(title="反映夜班超定员"), "反映夜班超定员"),
        (MirroredSeal(day=date(2026, 3, 1), peer_id=7), "seal of 2026-03-01 from 7"),
    ],
)
def test_a_row_is_called_by_what_tells_it_apart(row: models.Model, called: str) -> None:
    assert str(row) == called
