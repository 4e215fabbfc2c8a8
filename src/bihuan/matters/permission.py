"""Who may take a step on a matter, and why not, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.accounts.roles import BY_KEY
from bihuan.language.clock import SHANGHAI, is_late
from bihuan.language.loop import Guard, Step
from bihuan.matters.case import Case
from bihuan.matters.clocks import start_moment, window_due
from bihuan.matters.reach import LEVELS, may_see, not_recused, visible, within_reach
from bihuan.matters.refusals import NotYours, Refused


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A step as it stands for an actor now: allowed, or refused with the reason."""

    step: Step
    refusal: str = ""

    @property
    def is_allowed(self) -> bool:
        """Whether the actor may take it now."""
        return not self.refusal


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
            return NotYours(f"{_what(case, other)}是您本人办理的，“{step.label}”须由另一人办理。")
    return _closed_window(case, step) or _failed_guards(case, step.guards)


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


def _what(case: Case, step_key: str) -> str:
    labels = {step.key: step.label for step in case.loop.steps}
    return f"“{labels[step_key]}”" if step_key in labels else f"这条{case.loop.label}"


def _closed_window(case: Case, step: Step) -> Refused | None:
    window = step.within
    if window is None or not case.facts.get(window.since):
        return None
    since = start_moment(window.since, facts=case.facts, now=case.now)
    due = window_due(window.param, since=since, region_path=case.matter.path_ids, on=case.today)
    if due is None or not is_late(due, at=case.now):
        return None
    last = due.due_on or due.due_at.astimezone(SHANGHAI)
    return Refused(f"{window.label}已于{last.month}月{last.day}日24:00届满，不能再“{step.label}”。")


def _failed_guards(case: Case, guards: tuple[Guard, ...]) -> Refused | None:
    """Everything that is unmet at once: nobody should clear one thing to hear of the next."""
    unmet = [guard.otherwise for guard in guards if not guard.holds(case)]
    sentences = [one if isinstance(one, str) else one(case) for one in unmet]
    return Refused("".join(dict.fromkeys(sentences))) if sentences else None


__all__ = [
    "LEVELS",
    "Offer",
    "allowed",
    "may_see",
    "not_recused",
    "offers",
    "visible",
    "why_not",
    "within_reach",
]
