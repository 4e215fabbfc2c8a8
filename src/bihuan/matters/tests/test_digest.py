"""After an outage: many mails to one person leave as one, and none is lost when it doesn't."""

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core import mail
from django.urls import reverse
from tests.people import NOW, County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.accounts.models import User
from bihuan.matters.identity import to_code
from bihuan.matters.leasing import BACKOFF_MINUTES, LEASE
from bihuan.matters.models import Heartbeat, Matter, Outbox
from bihuan.matters.outbox import deliver
from bihuan.matters.parcels import DIGEST_OVER, MAIL_ITEMS_MAX, Parcel

MINUTE = timedelta(minutes=1)
MANY = DIGEST_OVER + 1


@pytest.fixture
def reader(county: County) -> User:
    """Somebody with an address."""
    return with_address(county.users["handler"])


def with_address(user: User) -> User:
    user.email = f"{user.username}@example.org"
    user.save()
    return user


def wait_for(
    user: User, count: int, *, matter: Matter | None = None, due: datetime = NOW, first: int = 1
) -> None:
    """Mails that wait."""
    Outbox.objects.bulk_create(
        Outbox(
            user=user,
            channel="mail",
            event="核查中",
            matter=matter,
            text=f"线索〔2026〕{number}号：核查中",
            key=f"{user.pk} {number}",
            created_at=NOW,
            next_at=due,
        )
        for number in range(first, first + count)
    )


def away(_parcel: Parcel) -> None:
    raise TimeoutError


def states() -> set[tuple[int, int, datetime | None, datetime | None]]:
    return set(Outbox.objects.values_list("state", "attempts", "next_at", "leased_until"))


def test_as_many_as_usual_leave_one_by_one(reader: User) -> None:
    wait_for(reader, DIGEST_OVER)
    assert deliver(now=NOW).sent == DIGEST_OVER
    assert len(mail.outbox) == DIGEST_OVER


def test_more_leave_as_one_with_number_deadline_and_link(
    county: County, reader: User, settings: LazySettings
) -> None:
    settings.DESK_URL = "https://kuangan.example.org"
    lead = hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)
    Outbox.objects.all().delete()
    wait_for(reader, MANY, matter=lead)
    assert deliver(now=NOW).sent == MANY
    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == (f"矿安闭环：{MANY} 条提醒", [reader.email])
    link = f"https://kuangan.example.org{reverse('desk:matter', args=[to_code(lead.pk)])}"
    items = [
        f"{number}. 线索〔2026〕{number}号：核查中\n   期限 2026-03-08 24:00\n   {link}\n"
        for number in range(1, MANY + 1)
    ]
    head = f"有 {MANY} 条提醒积在一起，合为一封。\n\n"
    assert sent.body == f"{head}{''.join(items)}\n请登录工作台办理。"
    assert lead.title not in sent.body
    assert states() == {(Outbox.State.SENT, 0, None, None)}
    assert deliver(now=NOW + LEASE).sent == 0


def test_a_single_mail_has_its_link_too(
    county: County, reader: User, settings: LazySettings
) -> None:
    settings.DESK_URL = "https://kuangan.example.org"
    lead = open_lead(county, now=NOW)
    Outbox.objects.all().delete()
    wait_for(reader, 1, matter=lead)
    deliver(now=NOW)
    address = f"https://kuangan.example.org/desk/matters/{to_code(lead.pk)}/"
    assert mail.outbox[0].body == f"线索〔2026〕1号：核查中\n{address}\n请登录工作台办理。"


def test_each_reader_has_a_digest_of_their_own(county: County, reader: User) -> None:
    other = with_address(county.users["office"])
    few = with_address(county.users["head"])
    wait_for(reader, 700)
    wait_for(other, MANY)
    wait_for(few, 2)
    assert deliver(now=NOW).sent == 702 + MANY
    assert sorted((one.to[0], one.subject[:5]) for one in mail.outbox) == sorted(
        [(reader.email, "矿安闭环："), (other.email, "矿安闭环："), *[(few.email, "线索〔20")] * 2]
    )
    long = next(one for one in mail.outbox if one.to == [reader.email])
    assert f"\n{MAIL_ITEMS_MAX}. " in long.body
    assert long.body.endswith(f"\n\n其余 {700 - MAIL_ITEMS_MAX} 条见工作台。")


def test_what_pauses_after_a_failure_comes_along_when_the_server_is_back(reader: User) -> None:
    wait_for(reader, MANY - 1, due=NOW + 4 * MINUTE)
    wait_for(reader, 1, first=MANY)
    assert deliver(now=NOW).sent == MANY
    assert len(mail.outbox) == 1


def test_a_digest_that_fails_goes_back_whole(reader: User) -> None:
    later = NOW + 4 * MINUTE
    wait_for(reader, MANY)
    wait_for(reader, 3, due=later, first=MANY + 1)
    assert deliver(now=NOW, send=away).failed == MANY + 3
    waiting = Outbox.State.WAITING
    assert states() == {(waiting, 1, NOW + MINUTE, None), (waiting, 0, later, None)}
    assert Heartbeat.objects.get(name="mail.failed").note == "没有应答（TimeoutError）"
    assert deliver(now=NOW).sent == 0
    assert deliver(now=NOW + MINUTE).sent == MANY + 3
    assert len(mail.outbox) == 1
    assert states() == {(Outbox.State.SENT, 1, None, None), (Outbox.State.SENT, 0, None, None)}


def test_rows_that_only_come_along_dont_use_up_their_attempts(reader: User) -> None:
    wait_for(reader, MANY, due=NOW + timedelta(days=1))
    wait_for(reader, 1, first=MANY + 1)
    now = NOW
    for minutes in (*BACKOFF_MINUTES, 0):
        deliver(now=now, send=away)
        now += minutes * MINUTE
    assert states() == {
        (Outbox.State.FAILED, len(BACKOFF_MINUTES) + 1, None, None),
        (Outbox.State.WAITING, 0, NOW + timedelta(days=1), None),
    }


def test_a_digest_not_reached_in_time_waits_as_it_did(reader: User) -> None:
    wait_for(reader, MANY)
    wait_for(reader, 1, due=NOW + MINUTE, first=MANY + 1)
    assert deliver(now=NOW, is_stopped=_always).sent == 0
    waiting = Outbox.State.WAITING
    assert states() == {(waiting, 0, NOW, None), (waiting, 0, NOW + MINUTE, None)}


def _always() -> bool:
    return True


def test_rows_in_somebodys_hands_dont_come_along(reader: User) -> None:
    wait_for(reader, MANY)
    Outbox.objects.update(leased_until=NOW + LEASE, next_at=NOW + LEASE)
    wait_for(reader, 1, first=MANY + 1)
    assert deliver(now=NOW).sent == 1
    assert deliver(now=NOW + LEASE).sent == MANY


def test_a_mail_killed_before_its_mark_leaves_again(reader: User) -> None:
    wait_for(reader, MANY)

    def killed(_parcel: Parcel) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        deliver(now=NOW, send=killed)
    assert deliver(now=NOW + LEASE - MINUTE).sent == 0
    assert deliver(now=NOW + LEASE).sent == MANY


def test_an_address_taken_away_is_said(reader: User) -> None:
    wait_for(reader, 1)
    reader.email = ""
    reader.save()
    assert deliver(now=NOW).failed == 1
    assert Outbox.objects.get().error == "没有收件地址"
    assert mail.outbox == []
