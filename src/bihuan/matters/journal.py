"""Writing the trail: what changed becomes an entry, chained under the matter's lock."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.matters import trail
from bihuan.matters.case import COLUMNS, Case
from bihuan.matters.models import Entry, Facts, Matter, Timer
from bihuan.matters.seals import unsealed
from bihuan.matters.writing import add, change, keep


def columns_of(matter: Matter) -> dict[str, Any]:
    """The columns that the trail vouches for, as JSON holds them."""
    return {name: _plain(getattr(matter, name)) for name in COLUMNS}


def write_line(
    case: Case,
    *,
    step: str,
    before: dict[str, Any],
    facts_before: dict[str, Any],
    extra: dict[str, Any],
) -> None:
    """Write one entry with everything that changed, and the matter and facts themselves."""
    matter = case.matter
    after = columns_of(matter)
    columns = {k: [before.get(k), v] for k, v in after.items() if before.get(k) != v}
    facts = differences(facts_before, case.facts)
    changes: dict[str, Any] = {**extra}
    if columns:
        changes["columns"] = columns
    if facts:
        changes["facts"] = facts
    changes["clocks"] = {key: clock_told(timer) for key, timer in case.timers.items()}
    if case.recusals or not matter.last_seq:  # an opening says so when there is none
        changes["recusals"] = [[unit, person, why[:200]] for unit, person, why in case.recusals]
    append(
        matter,
        case,
        step=step,
        stage_from=str(before.get("stage", "")),
        happened_at=case.now,
        changes=changes,
    )
    is_new = matter._state.adding
    save_head(matter)
    if is_new:
        add(Facts(matter_id=matter.pk, data=case.facts))
    elif facts:
        change(Facts(matter_id=matter.pk, data=case.facts), "data")


def append(
    matter: Matter,
    case: Case,
    *,
    step: str,
    stage_from: str,
    happened_at: datetime,
    changes: dict[str, Any],
    actor: str | None = None,
) -> None:
    """Append an entry after the matter's head; the caller saves the head."""
    line = trail.Line(
        matter_id=matter.pk,
        seq=matter.last_seq + 1,
        happened_at=happened_at,
        recorded_at=unsealed(case.recorded_at or case.now),
        actor_id=0 if actor else case.by.user_id,
        actor=actor or _actor(case),
        acting_for=_acting_for(case),
        step=step,
        stage_from=stage_from,
        stage_to=matter.stage,
        basis=",".join(sorted({t.version for t in case.timers.values() if t.version})),
        changes=changes,
    )
    body = trail.to_bytes(line, previous=bytes(matter.head) or trail.GENESIS)
    matter.last_seq, matter.head = line.seq, trail.digest(body)
    add(
        Entry(
            matter_id=matter.pk,
            seq=line.seq,
            step=step,
            actor_id=line.actor_id,
            happened_at=line.happened_at,
            recorded_at=line.recorded_at,
            hash=matter.head,
            body=body,
        )
    )


def save_head(matter: Matter) -> None:
    """Write the matter's row: trail head, columns and projections in one statement."""
    keep(matter)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """What changed of the facts: [before, after] by key."""
    keys = sorted({*before, *after})
    return {k: [before.get(k), after.get(k)] for k in keys if before.get(k) != after.get(k)}


def taken_since(matter: Matter, step: str, seen_seq: int) -> bool:
    """Whether the step was taken after the trail had `seen_seq` entries."""
    return bool(_taken_after(matter.pk, seen_seq, step))


@prepared
def _taken_after(matter_id: int, seen_seq: int, step: str) -> QuerySet[Entry, int]:
    found = Entry.objects.filter(matter_id=matter_id, seq__gt=seen_seq, step=step)
    return found.values_list("seq", flat=True)[:1]


def clock_told(timer: Timer) -> list[Any]:
    """What the trail keeps of a clock: what people ask for in words, and a digest of the rest."""
    rest = (
        timer.param,
        timer.origin,
        timer.version,
        stamp(timer.late_from),
        stamp(timer.first_due_at),
        timer.suspensions,
        timer.is_provisional,
        timer.ladder,
        timer.fired,
        stamp(timer.next_at),
    )
    return [
        timer.state,
        _plain(timer.started_at),
        _plain(timer.due_at),
        f"{timer.amount} {timer.unit} {timer.counting}",
        timer.extension_reason,
        _plain(timer.extended_to),
        _plain(timer.done_at),
        rest_digest(rest),
    ]


def rest_digest(rest: Sequence[Any]) -> str:
    """Sixteen hex digits over the columns of a clock that the trail doesn't spell out."""
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamp(moment: datetime | None) -> str | None:
    """A moment as text in UTC with six digits of its second, the same for both databases."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26] if moment else None


def _actor(case: Case) -> str:
    by = case.by
    return f"{by.unit_name} {by.name}".strip()


def _acting_for(case: Case) -> str:
    if case.step is None or "head" not in case.step.by or "head" not in case.by.roles:
        return ""
    held = case.appointment("head", unit_id=case.matter.unit_id)  # type: ignore[arg-type]
    if held and held.is_acting and held.person_id == case.by.person_id:
        return f"{held.post}（代理，{held.paper}）"
    return ""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
