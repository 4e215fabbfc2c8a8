"""What follows from a step besides stage and facts: recusals, voids, columns, extensions."""

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.matters import clocks
from bihuan.matters.case import Case
from bihuan.matters.models import NumberVoid, Recusal, Timer
from bihuan.matters.refusals import Refused
from bihuan.matters.writing import add


def write_recusals(case: Case) -> None:
    """Units and persons to whom the matter is invisible from now on."""
    matter = case.matter
    for unit_id, person_id, why in case.recusals:
        if (unit_id, person_id) not in _written(matter.pk, why[:200]):
            add(Recusal(matter=matter, unit_id=unit_id, person_id=person_id, reason=why[:200]))


@prepared
def _written(matter_id: int, reason: str) -> QuerySet[Recusal, tuple[int | None, int | None]]:
    known = Recusal.objects.filter(matter_id=matter_id, reason=reason)
    return known.values_list("unit_id", "person_id")


def void_number(case: Case) -> None:
    """A void number is written down with its reason."""
    matter = case.matter
    if case.voids_number and matter.number and case.loop.number:
        NumberVoid.objects.create(
            series=case.loop.number.key,
            organ=matter.organ,
            number=matter.number,
            matter=matter,
            reason=case.reason[:400],
            voided_at=case.now,
        )


def project_facts(case: Case) -> None:
    """Copy the facts that lists filter and sort by into the matter's columns."""
    matter, loop, facts = case.matter, case.loop, case.facts
    if facts.get(loop.title):
        matter.title = str(facts[loop.title])[:200]
    for column in ("category", "source"):
        name = getattr(loop, column)
        if name:
            setattr(matter, column, str(facts.get(name) or "")[:60])
    if loop.severity:
        matter.severity = int(facts.get(loop.severity) or 0)


def extend(case: Case) -> None:
    """Give the clocks the later days that were decided; raises Refused when none runs."""
    for extension in case.extensions:
        timer = case.timers.get(extension.deadline)
        if timer is None or timer.state != Timer.State.RUNNING:
            raise Refused("这一事项没有正在计时的期限，不需要延期。")
        timer.extended_to = extension.until_on
        timer.extension_reason = extension.reason
        clocks.project(timer, matter=case.matter, on=case.today)
