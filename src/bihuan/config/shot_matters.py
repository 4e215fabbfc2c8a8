"""Pictures of matters: every kind in every stage, every step's form, sealed originals, changes."""

from collections.abc import Iterator

from django.utils import timezone

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import User
from bihuan.config.shots import Shot, first_of_role, shot
from bihuan.language.loop import Loop, Step
from bihuan.leads.models import Envelope
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.permission import allowed
from bihuan.matters.reach import visible

FINE = 200
ANY_STATUS = 0
# The demonstration's own people go on with these: a form may be a refusal when it is visited.
MOVING = ("alarm", "inquiry", "high_check")
TRIED_MAX = 4  # matters and people tried for a step that is allowed
PEOPLE = ("office", "leader", "publisher", "cashier", "intake", "office-head")
VIEWERS = ("intake", "leader", "coal-receiver", "coal-handler", "coal-head", "publisher")


def matter_shots() -> Iterator[Shot]:
    """Matters by kind and stage, then their forms; a loop of the same steps isn't shown twice."""
    seen: set[tuple[str, ...]] = set()
    for loop in catalog().loops:
        yield from _stages(loop)
        steps = tuple(step.key for step in loop.steps)
        if steps not in seen:
            for step in loop.steps:
                yield from _step(loop, step)
        seen.add(steps)
    yield from _viewers()
    yield from _sealed()
    yield from _revisions()


def _stages(loop: Loop) -> Iterator[Shot]:
    for stage in loop.stages:
        found = Matter.objects.filter(kind=loop.key, stage=stage.key).order_by("-id").first()
        if found is not None:
            name = f"matter-{loop.key}-{stage.key}"
            yield shot(name, "desk:matter", to_code(found.pk), by="office")


def _step(loop: Loop, step: Step) -> Iterator[Shot]:
    """The form for somebody who may take it; the refusal when the county holds no such case."""
    if set(step.by) <= {"clock", "public"}:
        return
    tried = _tried(loop, step)
    found = next((one for one in tried if one[2] == FINE), tried[0] if tried else None)
    if found is None:
        return
    matter, account, status = found
    expected = ANY_STATUS if loop.key in MOVING else status
    name, code = f"step-{loop.key}-{step.key}", to_code(matter.pk)
    yield shot(name, "desk:step", code, step.key, by=account, status=expected)
    if status == FINE and loop.key == "lead" and any(asked.required for asked in step.asks):
        yield shot(f"{name}-errors", "desk:step", code, step.key, by=account, act="send_empty")


def _tried(loop: Loop, step: Step) -> list[tuple[Matter, str, int]]:
    """(matter, account, status of the form) until one is allowed, which then stands last."""
    tried: list[tuple[Matter, str, int]] = []
    for matter in _standing_before(loop, step):
        for account in _takers(matter, step):
            refusal = allowed(_case(matter, account), step)
            tried.append((matter, account, refusal.status if refusal else FINE))
            if refusal is None:
                return tried
    return tried


def _standing_before(loop: Loop, step: Step) -> list[Matter]:
    stages = [stage.key for stage in loop.stages if step in loop.steps_from(stage.key)]
    rows = Matter.objects.filter(kind=loop.key, stage__in=stages).select_related("facts_row")
    return list(rows.order_by("-id")[:TRIED_MAX])


def _takers(matter: Matter, step: Step) -> list[str]:
    """Accounts holding a role of the step, those of the responsible unit first."""
    held = User.objects.filter(grants__role__in=step.by).distinct()
    of_unit = held.filter(grants__unit_id=matter.unit_id).order_by("pk") if matter.unit_id else ()
    names = [user.username for user in of_unit]
    names += [user.username for user in held.filter(username__in=PEOPLE).order_by("pk")]
    reached = [name for name in dict.fromkeys(names) if _sees(name, matter)]
    return reached[:TRIED_MAX]


def _sees(account: str, matter: Matter) -> bool:
    return visible(_actor(account)).filter(pk=matter.pk).exists()


def _case(matter: Matter, account: str) -> Case:
    return Case(
        matter=matter,
        loop=catalog().loop(matter.kind),
        by=_actor(account),
        now=timezone.now(),
        facts=dict(matter.facts_row.data),
    )


def _actor(account: str) -> Actor:
    return actor_of(User.objects.get(username=account), on=timezone.localdate())


def _viewers() -> Iterator[Shot]:
    """The same kind of page as each role sees it."""
    for account in VIEWERS:
        rows = visible(_actor(account)).filter(kind="lead").order_by("is_open", "-id")
        newest = rows.filter(is_open=True).first() or rows.first()
        if newest is not None:
            name = f"matter-lead-for-{account}"
            yield shot(name, "desk:matter", to_code(newest.pk), by=account)
            if account == "leader":
                yield shot("matter-viewers", "desk:viewers", to_code(newest.pk), by=account)


def _sealed() -> Iterator[Shot]:
    """The original and the identity, locked and open; opening comes last of all."""
    rows = Envelope.objects.filter(purpose="account").order_by("-id")
    sealed = rows.values_list("matter_id", flat=True).first()
    if sealed is None:
        return
    code = to_code(sealed)
    custodian = first_of_role("custodian")
    yield shot("original-locked", "leads:original", code, by="intake2")
    yield shot("original-open", "leads:original", code, by="intake", act="unlock_original")
    yield from _picture()
    yield shot("identity-locked", "leads:identity", code, by=custodian)
    yield shot("identity-open", "leads:identity", code, by=custodian, act="reveal")


def _picture() -> Iterator[Shot]:
    """A photo of a tip-off, large, with the form that passes it on."""
    rows = Envelope.objects.filter(purpose="account", part__contains="file-")
    photo = rows.filter(matter__is_open=True).order_by("-id").first()
    if photo is None:
        return
    place = (to_code(photo.matter_id), photo.pk)
    yield shot("original-picture", "leads:pass_on", *place, by="intake", act="unlock_original")


def _revisions() -> Iterator[Shot]:
    lead = Matter.objects.filter(kind="lead", stage="listed").order_by("-id").first()
    if lead is not None:
        yield shot("matter-alike", "desk:alike", to_code(lead.pk), by="office")
        yield shot("matter-correct", "desk:correct", to_code(lead.pk), by="office")
        yield shot("matter-withdraw", "desk:withdraw", to_code(lead.pk), by="office")
