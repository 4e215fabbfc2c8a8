"""The mail server of the kills suite understands single mails and digests alike."""

import pytest
from django.core.mail.backends.smtp import EmailBackend

from bihuan.matters import parcels
from bihuan.matters.models import Outbox
from bihuan.matters.outbox import deliver
from bihuan.matters.parcels import DIGEST_OVER, MAIL_ITEMS_MAX
from tests.people import NOW, County
from tests.soak.judging import mails_delivered
from tests.soak.mailbox import mailbox


@pytest.mark.parametrize("count", [1, DIGEST_OVER + 5, MAIL_ITEMS_MAX + 50])
def test_a_mail_that_came_twice_is_counted_once_however_long(
    county: County, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    user = county.users["handler"]
    user.email = "handler@example.invalid"
    user.save()
    Outbox.objects.bulk_create(
        Outbox(
            user=user,
            channel="mail",
            event="核查中",
            text=f"线索〔2026〕{number}号：核查中{'，' * 90}",
            key=str(number),
            created_at=NOW,
            next_at=NOW,
        )
        for number in range(count)
    )
    with mailbox() as mails:
        backend = EmailBackend(alias="default", host="127.0.0.1", port=mails.port)
        monkeypatch.setattr(parcels.EmailMessage, "send", _by(backend))
        deliver(now=NOW)
        assert len(mails.posts) == 1
        assert list(mails_delivered(mails, kills=0)) == []
        Outbox.objects.update(state=Outbox.State.WAITING, next_at=NOW)
        deliver(now=NOW)
        assert list(mails_delivered(mails, kills=1)) == []
        assert list(mails_delivered(mails, kills=0)) == ["1 mails came twice after 0 kills"]


def _by(backend: EmailBackend):  # noqa: ANN202 - a method in the place of another
    def send(mail: parcels.EmailMessage) -> None:
        backend.send_messages([mail])

    return send
