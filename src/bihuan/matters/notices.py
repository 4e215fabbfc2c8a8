"""Outbox rows: who is told of what. Messages about matters carry number and link only."""

from datetime import datetime

from django.db.models import Q

from bihuan.accounts.models import Grant
from bihuan.accounts.roles import BY_KEY, Reach
from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Matter, Outbox


def tell_holders(case: Case, *, step: str, stage_before: str) -> None:
    """Tell those who act next, when the matter came to another stage, and whom effects named."""
    matter = case.matter
    stage = case.loop.stage(matter.stage)
    told: list[tuple[str, str]] = list(case.notices)
    if stage.key != stage_before and not stage.closed:
        told.append((stage.holder, f"{stage.label}"))
    for role, event in told:
        tell(matter, role=role, event=event, key=f"{matter.last_seq}.{step}", now=case.now)


def tell(matter: Matter, *, role: str, event: str, key: str, now: datetime) -> int:
    """Queue an in-app notice, and a mail where an address is known, for holders of a role."""
    rows = []
    name = _name(matter)
    for user_id, email in recipients(matter, role=role, now=now):
        channels = ["desk", "mail"] if email else ["desk"]
        for channel in channels:
            waits = channel == "mail"
            rows.append(
                Outbox(
                    user_id=user_id,
                    channel=channel,
                    event=event[:24],
                    matter=matter,
                    text=f"{name}：{event}"[:200],
                    key=f"{matter.pk}.{key}.{event}.{user_id}.{channel}"[:120],
                    state=Outbox.State.WAITING if waits else Outbox.State.SENT,
                    created_at=now,
                    next_at=now if waits else None,
                )
            )
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _name(matter: Matter) -> str:
    """Its number; a matter without one is called by its kind and the number above it."""
    own = matter.number or matter.acceptance_number
    if own:
        return own
    label = catalog().loop(matter.kind).label
    above = matter.parent.number if matter.parent else ""
    return f"{above} {label}".strip()


def recipients(matter: Matter, *, role: str, now: datetime) -> list[tuple[int, str]]:
    """(user id, mail address) of those who hold the role for this matter, recused ones apart."""
    if role not in BY_KEY:
        return []
    day = now.astimezone(SHANGHAI).date()
    grants = Grant.objects.filter(role=role, from_on__lte=day, user__is_active=True).filter(
        Q(until_on__isnull=True) | Q(until_on__gte=day)
    )
    if BY_KEY[role].reach is Reach.UNIT:
        grants = grants.filter(unit_id=matter.unit_id or 0)
    else:
        grants = grants.filter(region_id__in=matter.path_ids)
    recused = list(matter.recusals.values_list("unit_id", "person_id"))
    units = {unit for unit, _person in recused if unit}
    persons = {person for _unit, person in recused if person}
    found = grants.exclude(unit_id__in=units).exclude(user__person_id__in=persons)
    return list(found.values_list("user_id", "user__email").distinct().order_by("user_id"))
