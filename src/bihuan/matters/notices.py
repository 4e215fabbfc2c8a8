"""Outbox rows: who is told of what. Messages about matters carry number and link only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.db.models import Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.accounts.models import Grant
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.database.prepared import prepared
from bihuan.database.relaxed import without_waiting_for_the_disk
from bihuan.database.rows import insert_all
from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Matter, Outbox
from bihuan.matters.reach import recused_from

HOLDER = ("user_id", "user__email", "unit_id", "user__person_id")
Holder = tuple[int, str, int | None, int | None]


def tell_holders(case: Case, *, step: str, stage_before: str) -> None:
    """Tell those who act next, when the matter came to another stage, and whom effects named."""
    matter = case.matter
    stage = case.loop.stage(matter.stage)
    if stage.closed and stage.key != stage_before:
        _unread_of(matter.pk).update(read_at=case.now)
    if case.quiet:
        return
    told = list(case.notices)
    if stage.key != stage_before and not stage.closed:
        told.append((stage.holder, f"{stage.label}", None))
    key = f"{matter.last_seq}.{step}"
    for role, event, unit_id in told:
        tell(matter, role=role, event=event, key=key, now=case.now, unit_id=unit_id)


def tell(
    matter: Matter,
    *,
    role: str,
    event: str,
    key: str,
    now: datetime,
    unit_id: int | None = None,
    words: str = "",
) -> int:
    """Queue an in-app notice, and a mail where an address is known, for holders of a role.

    `unit_id` names another unit than the responsible one, such as the one that held it before;
    `words` say what is the matter where the event alone doesn't.
    """
    messages = []
    name = name_of(matter)
    for user_id, email in recipients(matter, role=role, now=now, unit_id=unit_id):
        channels = ["desk", "mail"] if email else ["desk"]
        for channel in channels:
            waits = channel == "mail"
            messages.append(
                Outbox(
                    user_id=user_id,
                    channel=channel,
                    event=event[:24],
                    matter=matter,
                    text=f"{name}：{words or event}"[:200],
                    key=f"{matter.pk}.{key}.{event}.{user_id}.{channel}"[:120],
                    state=Outbox.State.WAITING if waits else Outbox.State.SENT,
                    created_at=now,
                    next_at=now if waits else None,
                )
            )
    insert_all(messages, skip_known=True)
    return len(messages)


def mark_read_of(matter_id: int, *, by: Actor, now: datetime) -> int:
    """Mark what the actor was told of a matter as read, since he reads it now; how many it was."""
    if not by.user_id or not _unread_ids.first(by.user_id, matter_id):
        return 0
    with without_waiting_for_the_disk():
        return _unread_of(matter_id).filter(user_id=by.user_id).update(read_at=now)


@prepared
def _unread_ids(user_id: int, matter_id: int) -> QuerySet[Outbox, int]:
    mine = Outbox.objects.filter(user_id=user_id, channel="desk", matter_id=matter_id, read_at=None)
    return mine.order_by().values_list("id", flat=True)


def _unread_of(matter_id: int) -> QuerySet[Outbox]:
    return Outbox.objects.filter(matter_id=matter_id, channel="desk", read_at=None)


def name_of(matter: Matter) -> str:
    """Its number; a matter without one is called by its kind and the number above it."""
    own = matter.number or matter.acceptance_number
    if own:
        return own
    label = catalog().loop(matter.kind).label
    above = _number_of.first(matter.parent_id) if matter.parent_id else ""
    return f"{above or ''} {label}".strip()


@prepared
def _number_of(matter_id: int) -> QuerySet[Matter, str]:
    return Matter.objects.filter(pk=matter_id).order_by().values_list("number", flat=True)


def recipients(
    matter: Matter, *, role: str, now: datetime, unit_id: int | None = None
) -> list[tuple[int, str]]:
    """(user id, mail address) of those who hold the role for this matter, recused ones apart."""
    if role not in BY_KEY:
        return []
    day = now.astimezone(SHANGHAI).date()
    if BY_KEY[role].reach is Reach.UNIT:
        holders = _asked(_holders_in_unit, role, day, unit_id or matter.unit_id or 0)
    else:
        holders = _asked(_holders_at, role, day, matter.path_ids)
    recused = recused_from(matter.pk)
    units = {unit for unit, _person in recused if unit}
    persons = {person for _unit, person in recused if person}
    found = {
        user_id: email
        for user_id, email, unit, person in holders
        if unit not in units and person not in persons
    }
    return sorted(found.items())


@contextmanager
def holders_asked_once() -> Iterator[None]:
    """Who holds a role at a place is asked once within the block: a batch is of one moment."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


_answers: ContextVar[dict[tuple[object, ...], list[Holder]] | None] = ContextVar(
    "_answers", default=None
)


def _asked(question: Callable[..., list[Holder]], *asked: object) -> list[Holder]:
    kept = _answers.get()
    if kept is None:
        return question(*asked)
    key = (question, *asked)
    if key not in kept:
        kept[key] = question(*asked)
    return kept[key]


@prepared
def _holders_in_unit(role: str, day: date, unit_id: int) -> QuerySet[Grant, Holder]:
    return _holders(role, day).filter(unit_id=unit_id).values_list(*HOLDER)


@prepared
def _holders_at(role: str, day: date, region_ids: tuple[int, ...]) -> QuerySet[Grant, Holder]:
    return _holders(role, day).filter(region_id__in=region_ids).values_list(*HOLDER)


def _holders(role: str, day: date) -> QuerySet[Grant]:
    grants = Grant.objects.filter(role=role, from_on__lte=day, user__is_active=True)
    return grants.filter(Q(until_on__isnull=True) | Q(until_on__gte=day))
