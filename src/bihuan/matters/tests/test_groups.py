"""The office's group: only deadlines, by number alone, many in one text, nothing lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from tests.people import NOW, County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.language.clock import SHANGHAI
from bihuan.matters import parcels
from bihuan.matters.channels import QUIET
from bihuan.matters.groups import until_words
from bihuan.matters.identity import to_code
from bihuan.matters.leasing import LEASE
from bihuan.matters.models import Heartbeat, Matter, Outbox, Recusal
from bihuan.matters.outbox import deliver
from bihuan.matters.parcels import GROUP_BYTES_MAX, GROUP_LINES_MAX, Parcel, group_text
from bihuan.matters.robots import LABELS
from bihuan.matters.tests.receiver import KEY, Receiver, receiver
from bihuan.matters.ticking import tick
from bihuan.matters.writing import add, engine_writes

MARCH_1 = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
DESK = "https://kuangan.example.org"


def at(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=SHANGHAI)


@pytest.fixture
def group(db: None, settings: LazySettings) -> Iterator[Receiver]:
    """The office's group in 企业微信, and where the desk is."""
    with receiver() as server:
        settings.ROBOTS = {"wecom": server.robot("wecom")}
        settings.DESK_URL = DESK
        yield server


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over on 1 March."""
    opened = register(county, open_lead(county, now=MARCH_1), now=MARCH_1)
    return hand_over(county, opened, now=MARCH_1)


def told() -> list[str]:
    rows = Outbox.objects.filter(channel__in=LABELS).order_by("pk")
    return list(rows.values_list("text", flat=True))


def wait(count: int, *, due: datetime = NOW, first: int = 1) -> None:
    """Texts that wait for the group."""
    Outbox.objects.bulk_create(
        Outbox(
            channel="wecom",
            event="已逾期",
            text=f"线索〔2026〕{number}号（举报线索）：反馈期限 2026-03-08 24:00，已逾期",
            key=f"group {number}",
            created_at=NOW,
            next_at=due,
        )
        for number in range(first, first + count)
    )


def states() -> set[tuple[int, int, datetime | None, datetime | None]]:
    return set(Outbox.objects.values_list("state", "attempts", "next_at", "leased_until"))


def test_a_group_reads_of_deadlines_and_of_nothing_else(group: Receiver, lead: Matter) -> None:
    assert told() == []
    tick(now=at(6))
    tick(now=at(7))
    tick(now=at(9))
    own = f"{lead.number}（举报线索）：反馈期限 2026-03-08 24:00"
    list_to_publish = f"{lead.number} 公开问题清单：公开期限 2026-03-06 24:00"
    assert told() == [
        f"{list_to_publish}，将到期",
        f"{own}，将到期",
        f"{list_to_publish}，已逾期",
        f"{own}，已逾期",
    ]
    assert deliver(now=at(9)).sent == 4
    first, *lines, last = group.texts[0].split("\n")
    assert (first, last) == ("矿安闭环提醒：4 件", "请登录工作台办理。")
    link = f"{DESK}/desk/matters/{to_code(lead.pk)}/"
    assert [line for line in lines if own in line] == [
        f"{own}，将到期 {link}",
        f"{own}，已逾期 {link}",
    ]
    assert lead.title not in group.texts[0]


def test_each_group_has_a_row_and_one_that_isnt_set_has_none(
    group: Receiver, lead: Matter, settings: LazySettings
) -> None:
    settings.ROBOTS = {channel: group.robot(channel) for channel in LABELS}
    tick(now=at(6))
    assert deliver(now=at(6)).sent == 3
    assert len(group.texts) == 3
    assert len(set(group.texts)) == 1
    settings.ROBOTS = {}
    tick(now=at(9))
    assert len(told()) == 3


def test_history_that_comes_in_tells_no_group(group: Receiver, lead: Matter) -> None:
    tick(now=at(31), quiet=True)
    assert told() == []


@pytest.mark.parametrize("day", [1, 7])
def test_a_matter_that_somebody_is_recused_from_reaches_no_group(
    group: Receiver, county: County, lead: Matter, day: int
) -> None:
    if day == 7:
        tick(now=at(7))
        assert len(told()) == 3
    with engine_writes():
        add(Recusal(matter=lead, unit=county.units["noncoal"], reason="被举报"))
    tick(now=at(9))
    assert deliver(now=at(9)).failed == 0
    assert told() == []
    assert group.texts == []


def test_what_waits_together_is_one_text(group: Receiver) -> None:
    wait(700)
    assert deliver(now=NOW).sent == 700
    (text,) = group.texts
    lines = text.split("\n")
    assert lines[0] == "矿安闭环提醒：700 件"
    assert len(lines) == GROUP_LINES_MAX + 2
    assert lines[-1] == f"其余 {700 - GROUP_LINES_MAX} 件见工作台。"
    assert states() == {(Outbox.State.SENT, 0, None, None)}


def test_a_text_is_never_longer_than_a_group_takes() -> None:
    rows = [Outbox(channel="wecom", text="逾" * 200) for _ in range(5)]
    text = group_text(rows)
    assert len(text.encode()) <= GROUP_BYTES_MAX + 40
    assert text.endswith("其余 2 件见工作台。")


def test_a_robot_speaks_once_a_minute(group: Receiver) -> None:
    wait(1)
    deliver(now=NOW)
    wait(2, first=2)
    assert deliver(now=NOW).sent == 0
    assert deliver(now=NOW + QUIET - timedelta(seconds=1)).sent == 0
    assert deliver(now=NOW + QUIET).sent == 2
    assert len(group.texts) == 2


def test_a_refusal_is_told_and_tried_again_with_all(group: Receiver) -> None:
    wait(2)
    wait(1, due=NOW + 3 * MINUTE, first=3)
    group.answers = [(200, b'{"errcode":45009,"errmsg":"' + KEY.encode() + b'"}')]
    assert deliver(now=NOW).failed == 3
    row = Outbox.objects.order_by("pk")[0]
    assert row.error == "发得太快（错误码 45009）"
    waiting = Outbox.State.WAITING
    assert states() == {
        (waiting, 1, NOW + MINUTE, None),
        (waiting, 0, NOW + 3 * MINUTE, None),
    }
    assert Heartbeat.objects.get(name="wecom.failed").note == row.error
    assert deliver(now=NOW + MINUTE).sent == 3
    assert [text.split("\n")[0] for text in group.texts] == ["矿安闭环提醒：3 件"] * 2
    assert Heartbeat.objects.get(name="wecom").beat_at == NOW + MINUTE


def test_a_worker_killed_after_sending_sends_again(group: Receiver) -> None:
    """At least once: the robot can't be asked whether it has a text already."""
    wait(3)

    def send_and_die(parcel: Parcel) -> None:
        parcels.send(parcel)
        raise SystemExit

    with pytest.raises(SystemExit):
        deliver(now=NOW, send=send_and_die)
    assert deliver(now=NOW + LEASE - MINUTE).sent == 0
    assert deliver(now=NOW + LEASE).sent == 3
    assert deliver(now=NOW + 2 * LEASE).sent == 0
    assert len(group.texts) == 2
    assert group.texts[0] == group.texts[1]


def test_a_robot_taken_away_leaves_its_rows_failed(group: Receiver, settings: LazySettings) -> None:
    wait(1)
    settings.ROBOTS = {}
    assert deliver(now=NOW).failed == 1
    assert Outbox.objects.get().error == "这个群的机器人没有设"


def test_an_hour_deadline_reads_with_its_minute() -> None:
    assert until_words(MARCH_1) == "2026-03-01 09:00"
    assert until_words(at(9)) == "2026-03-08 24:00"
