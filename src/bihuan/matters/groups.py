"""What the office's group is told: that a deadline comes near or has passed, and nothing else.

Of everything the outbox carries, only rungs of ladders (将到期, 已逾期) go to a group. Hand-overs,
signatures and additions of a reporter concern one person and stay with desk and mail. A text is
made of declared words alone: number, kind, name of the deadline, its moment, link. Title, summary,
persons and the label of a rung (a bureau may word it) are left out. A matter that somebody is
recused from is told to no group, since that person may be one of its readers.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Q

from bihuan.database.rows import insert_all
from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.clocks import deadline_of
from bihuan.matters.models import Matter, Outbox, Timer
from bihuan.matters.notices import name_of
from bihuan.matters.reach import recused_from
from bihuan.matters.robots import LABELS


def tell_groups(case: Case, timer: Timer, *, offset: int, due_at: datetime) -> int:
    """Queue one text a group for a rung; gives how many groups are told."""
    if not settings.ROBOTS or _is_withheld(case.matter):
        return 0
    text = _text(case, timer, is_late=offset >= 0, due_at=due_at)
    key = f"{case.matter.pk}.{timer.key}.{offset}.{timer.started_at:%Y%m%d%H%M}"
    messages = [
        Outbox(
            channel=channel,
            event="已逾期" if offset >= 0 else "将到期",
            matter=case.matter,
            text=text[:200],
            key=f"{key}.{channel}"[:120],
            created_at=case.now,
            next_at=case.now,
        )
        for channel in settings.ROBOTS
    ]
    insert_all(messages, skip_known=True)
    return len(messages)


def withdraw_recused() -> None:
    """Take back what waits for a group about matters that somebody has been recused from since."""
    waiting = Outbox.objects.filter(channel__in=LABELS, next_at__isnull=False)
    own, above = Q(matter__recusals__isnull=False), Q(matter__parent__recusals__isnull=False)
    waiting.filter(own | above).delete()


def _is_withheld(matter: Matter) -> bool:
    """Whether somebody is recused from it or from the matter above, whose number may name it."""
    ids = [matter.pk] if matter.parent_id is None else [matter.pk, matter.parent_id]
    return any(recused_from(each) for each in ids)


def due_words(case: Case, timer: Timer, *, is_late: bool, due_at: datetime) -> str:
    """What is due and when, in words: 反馈期限 2026-03-08 24:00，将到期."""
    deadline = deadline_of(case.loop, timer.key)
    what = deadline.label if deadline else "期限"
    return f"{what} {until_words(due_at)}，{'已逾期' if is_late else '将到期'}"


def until_words(due_at: datetime) -> str:
    """The moment a deadline ends as officials write it: 2026-03-08 24:00."""
    at = due_at.astimezone(SHANGHAI)
    if at.time() == time():
        return f"{at - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{at:%Y-%m-%d %H:%M}"


def _text(case: Case, timer: Timer, *, is_late: bool, due_at: datetime) -> str:
    name, kind = name_of(case.matter), case.loop.label
    called = name if kind in name else f"{name}（{kind}）"
    return f"{called}：{due_words(case, timer, is_late=is_late, due_at=due_at)}"
