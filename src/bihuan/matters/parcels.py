"""What leaves together: one message alone, or a digest when many wait for the same reader.

A digest holds what the single messages hold, number and deadline and link, one line each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from bihuan.matters.groups import until_words
from bihuan.matters.identity import to_code
from bihuan.matters.models import FAR, Outbox
from bihuan.matters.robots import LABELS, say
from bihuan.matters.undelivered import NotTakenError

DIGEST_OVER: Final = 10  # so many mails to one person leave one by one
MAIL_ITEMS_MAX: Final = 200
GROUP_LINES_MAX: Final = 10
GROUP_BYTES_MAX: Final = 2000  # 企业微信 takes 2048, the others more
_AT_DESK: Final = "请登录工作台办理。"


@dataclass(frozen=True)
class Parcel:
    """Rows of one channel and one reader that leave as one message, oldest first."""

    rows: tuple[Outbox, ...]

    @property
    def channel(self) -> str:
        """Which way it leaves: mail or a robot."""
        return self.rows[0].channel


def send(parcel: Parcel) -> None:
    """Give it to the mail server or the robot; an OSError or ValueError when it isn't taken."""
    if parcel.channel in LABELS:
        _to_group(parcel)
    else:
        _to_person(parcel)


def group_text(rows: Sequence[Outbox]) -> str:
    """One text for a group: some lines, then how many more there are."""
    lines = [f"矿安闭环提醒：{len(rows)} 件"]
    size = len(lines[0].encode())
    for row in rows[:GROUP_LINES_MAX]:
        line = " ".join(part for part in (row.text, _link(row)) if part)
        size += len(line.encode()) + 1
        if size > GROUP_BYTES_MAX:
            break
        lines.append(line)
    left = len(rows) - (len(lines) - 1)
    return "\n".join([*lines, f"其余 {left} 件见工作台。" if left else _AT_DESK])


def _to_group(parcel: Parcel) -> None:
    robot = settings.ROBOTS.get(parcel.channel)
    if robot is None:
        raise NotTakenError("这个群的机器人没有设")
    say(robot, group_text(parcel.rows))


def _to_person(parcel: Parcel) -> None:
    """Number and link only: nothing of the matter's content leaves the desk by mail."""
    first, *more = parcel.rows
    if first.user is None or not first.user.email:
        raise NotTakenError("没有收件地址")
    subject = f"矿安闭环：{len(parcel.rows)} 条提醒" if more else first.text[:80]
    body = _digest(parcel.rows) if more else _lines(first.text, _link(first), _AT_DESK)
    EmailMessage(subject=subject, body=body, to=[first.user.email]).send()


def _digest(rows: Sequence[Outbox]) -> str:
    items = [
        _lines(f"{number}. {row.text}", _indented(_deadline(row)), _indented(_link(row)))
        for number, row in enumerate(rows[:MAIL_ITEMS_MAX], start=1)
    ]
    left = len(rows) - len(items)
    return _lines(
        f"有 {len(rows)} 条提醒积在一起，合为一封。",
        "",
        *items,
        "",
        f"其余 {left} 条见工作台。" if left else _AT_DESK,
        keep_empty=True,
    )


def _deadline(row: Outbox) -> str:
    """When the matter is due as things stand now; nothing for one without deadline or closed."""
    matter = row.matter
    if matter is None or not matter.is_open or matter.due_at >= FAR:
        return ""
    return f"期限 {until_words(matter.due_at)}"


def _link(row: Outbox) -> str:
    """The matter's page; whoever follows it has to sign in and be allowed to see it."""
    if not settings.DESK_URL or row.matter_id is None:
        return ""
    return f"{settings.DESK_URL}/desk/matters/{to_code(row.matter_id)}/"


def _indented(text: str) -> str:
    return f"   {text}" if text else ""


def _lines(*lines: str, keep_empty: bool = False) -> str:
    return "\n".join(line for line in lines if line or keep_empty)
