"""How far the leads of a month have come: 受理, 交办, 核查, 反馈, 公开."""

from datetime import date
from itertools import pairwise

from bihuan.accounts.actors import Actor
from bihuan.desk.filtering import midnight
from bihuan.matters.inbox import COUNT_CAP
from bihuan.matters.models import Entry, Matter
from bihuan.matters.reach import visible

KIND = "lead"
# A lead has come as far as the last of these steps that was ever taken on it.
REACHED = (
    ("交办", ("hand_over", "reassign")),
    ("核查", ("record_findings", "conclude_escalation")),
    ("反馈", ("report_back", "conclude_escalation")),
)


def flow_since(first: date, *, by: Actor) -> list[tuple[str, int]]:
    """Leads opened since that day by how far they have come, in three queries."""
    found = visible(by).filter(kind=KIND, opened_at__gte=midnight(first)).order_by("-id")
    ids = list(found.values_list("id", flat=True)[:COUNT_CAP])
    steps = {step for _label, keys in REACHED for step in keys}
    taken = set(
        Entry.objects.filter(matter_id__in=ids, step__in=steps).values_list("step", "matter_id")
    )
    flow = [("受理", len(ids))]
    flow += [
        (label, len({matter_id for step, matter_id in taken if step in keys}))
        for label, keys in REACHED
    ]
    published = Matter.objects.filter(
        parent_id__in=ids, kind__startswith="publication_", stage="released"
    )
    return [*flow, ("公开", published.values("parent_id").distinct().count())]


def weakest(flow: list[tuple[str, int]]) -> str:
    """The stage before which most leads are held up; "" when none is."""
    drops = {label: before - count for (_name, before), (label, count) in pairwise(flow)}
    worst = max(drops, key=drops.__getitem__, default="")
    return worst if drops.get(worst, 0) > 0 else ""
