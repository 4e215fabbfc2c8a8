"""Who may see a matter and take a step on it, and why not, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from bihuan.accounts.actors import Actor
from bihuan.accounts.roles import BY_KEY
from bihuan.language.clock import SHANGHAI, is_late
from bihuan.language.loop import Guard, Step
from bihuan.matters.case import Case
from bihuan.matters.clocks import start_moment, window_due
from bihuan.matters.models import Matter, Recusal
from bihuan.matters.refusals import NotYours, Refused

LEVELS = ("l1", "l2", "l3", "l4")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A step as it stands for an actor now: allowed, or refused with the reason."""

    step: Step
    refusal: str = ""

    @property
    def is_allowed(self) -> bool:
        """Whether the actor may take it now."""
        return not self.refusal


def within_reach(by: Actor) -> Q:
    """Matters within the actor's regions and units, recusal apart."""
    reach = Q(pk__in=())
    for level, region_id in by.regions_seen():
        reach |= Q(**{LEVELS[level - 1]: region_id})
    units = by.units_seen()
    if units:
        reach |= Q(unit_id__in=units)
    return reach


def not_recused(by: Actor) -> Q:
    """Matters that aren't about the actor or his units."""
    mine = Q(unit_id__in=by.unit_ids) | Q(person_id=by.person_id or -1)
    return ~Q(Exists(Recusal.objects.filter(mine, matter_id=OuterRef("pk"))))


def visible(by: Actor) -> QuerySet[Matter]:
    """The one scoped queryset that every screen, API and export starts from."""
    if by.kind == "clock":
        return Matter.objects.all()
    return Matter.objects.filter(within_reach(by)).filter(not_recused(by))


def may_see(matter: Matter, *, by: Actor) -> bool:
    """Whether the actor may know that this matter exists."""
    if by.kind in ("clock", "public"):
        return True  # the public door has checked the receipt before it comes here
    path = (matter.l1, matter.l2, matter.l3, matter.l4)
    in_reach = matter.unit_id in by.units_seen() or any(
        path[level - 1] == region_id for level, region_id in by.regions_seen()
    )
    if not in_reach:
        return False
    mine = Q(unit_id__in=by.unit_ids) | Q(person_id=by.person_id or -1)
    return not Recusal.objects.filter(mine, matter_id=matter.pk).exists()


def why_not(roles: Iterable[str]) -> str:
    """The labels of the roles that may, joined."""
    return "、".join(BY_KEY[role].label for role in roles if role in BY_KEY) or "系统"


def allowed(case: Case, step: Step) -> Refused | None:
    """None when the actor may take the step now; else the refusal to raise or show."""
    stage = case.loop.stage(case.matter.stage)
    may = case.by.may(step.by, unit_id=case.matter.unit_id, path=case.matter.path_ids)
    if not may:
        return NotYours(f"“{step.label}”须由{why_not(step.by)}办理。")
    if step not in case.loop.steps_from(stage.key):
        return Refused(f"当前环节是“{stage.label}”，不能“{step.label}”。")
    for other in step.other_than:
        if case.by.user_id in case.takers_of(other):
            label = case.loop.step(other).label
            return NotYours(f"“{label}”是您本人办理的，“{step.label}”须由另一人办理。")
    return _closed_window(case, step) or _failed_guard(case, step.guards)


def offers(case: Case) -> list[Offer]:
    """Steps from this stage: those allowed now first, then those refused with the reason."""
    found = []
    for step in case.loop.steps_from(case.matter.stage):
        if step.by == ("clock",) or step.by == ("public",):
            continue
        refusal = allowed(case, step)
        found.append(Offer(step=step, refusal=refusal.sentence if refusal else ""))
    return sorted(found, key=_refused_last)


def _refused_last(offer: Offer) -> bool:
    return not offer.is_allowed


def _closed_window(case: Case, step: Step) -> Refused | None:
    window = step.within
    if window is None or not case.facts.get(window.since):
        return None
    since = start_moment(
        _Since(window.since),
        facts=case.facts,
        now=case.now,  # type: ignore[arg-type]
    )
    due = window_due(window.param, since=since, region_path=case.matter.path_ids, on=case.today)
    if due is None or not is_late(due, at=case.now):
        return None
    last = due.due_on or due.due_at.astimezone(SHANGHAI)
    return Refused(f"{window.label}已于{last.month}月{last.day}日24:00届满，不能再“{step.label}”。")


@dataclass(frozen=True)
class _Since:
    since: str


def _failed_guard(case: Case, guards: tuple[Guard, ...]) -> Refused | None:
    for guard in guards:
        if not guard.holds(case):
            sentence = guard.otherwise
            return Refused(sentence if isinstance(sentence, str) else sentence(case))
    return None
