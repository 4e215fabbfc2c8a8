"""What a warning lacks before it may be lifted, mine by mine."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from bihuan.accounts.models import Grant
from bihuan.matters.case import Case
from bihuan.matters.models import Facts, Matter
from bihuan.matters.viewings import Viewing

CALL = "warning_call"
FULL_CIRCLE = "warning.full_circle"  # flag of a pack: 查看、处置、整改反馈、上报 before it closes
NAMED_MAX = 8


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody looked at a call or at its warning: when, who, and on which side."""

    at: datetime
    who: str
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of a mine's call besides its facts: who looked, whether the mine can."""

    looks: tuple[Look, ...]
    mine_has_account: bool

    @property
    def by_mine(self) -> tuple[Look, ...]:
        """Looks of the mine's own people."""
        return tuple(look for look in self.looks if look.is_mine)

    @property
    def by_authority(self) -> tuple[Look, ...]:
        """Looks of everybody else."""
        return tuple(look for look in self.looks if not look.is_mine)


def lacks(facts: Mapping[str, Any], standing: Standing) -> list[str]:
    """SX-49-2: what of 查看、处置、整改反馈、上报 and of the two checks is still missing."""
    seen_by_mine = standing.by_mine or (not standing.mine_has_account and facts.get("answered_at"))
    held = (
        ("矿方查看", seen_by_mine),
        ("监管方查看", standing.by_authority),
        ("处置（响应措施）", facts.get("measures")),
        ("整改反馈", facts.get("feedback")),
        ("上报", facts.get("report")),
        ("线上巡查记录", facts.get("online_found")),
        (
            "现场核查记录（或签字的不到场理由）",
            facts.get("site_found") or facts.get("no_visit_because"),
        ),
    )
    return [label for label, there in held if not there]


def standings(calls: Iterable[Matter], *, on: date) -> dict[int, Standing]:
    """Who looked at each call, or at the warning above it, and whether its mine has an account."""
    calls = list(calls)
    above = {call.parent_id for call in calls}
    looks: dict[int, list[Viewing]] = defaultdict(list)
    rows = Viewing.objects.filter(Q(matter__in=calls) | Q(matter__in=above))
    for row in rows.select_related("who__person").order_by("at", "id"):
        looks[row.matter_id].append(row)
    people = _people_of({call.unit_id for call in calls if call.unit_id}, on=on)
    return {
        call.pk: Standing(
            looks=tuple(
                Look(
                    at=row.at,
                    who=row.who.display_name,
                    is_mine=row.who_id in people.get(call.unit_id or 0, ()),
                )
                for row in (*looks[call.pk], *looks[call.parent_id or 0])
            ),
            mine_has_account=bool(people.get(call.unit_id or 0)),
        )
        for call in calls
    }


def needs_full_circle(case: Case) -> bool:
    """Whether the place asks for looks, feedback, report and checks before closing."""
    value = case.value(FULL_CIRCLE)
    return value.is_set and bool(value.flag)


def call_has_all(case: Case) -> bool:
    """One call may be closed."""
    return not lacking_of_call(case)


def lacking_of_call(case: Case) -> list[str]:
    """What one call lacks where the place asks for it."""
    if not needs_full_circle(case):
        return []
    return lacks(case.facts, standings([case.matter], on=case.today)[case.matter.pk])


def call_lacks_sentence(case: Case) -> str:
    """What to add to a call."""
    return f"还缺{'、'.join(lacking_of_call(case))}，补齐后再办结。"


def every_mine_has_acted(case: Case) -> bool:
    """AY-09-3: no mine without an answer or without a response measure."""
    return not _not_acted(case)


def not_acted_sentence(case: Case) -> str:
    """Which mines haven't, and what is missing."""
    told = [f"{_site(call)}{_lack(call)}" for call in _not_acted(case)]
    return f"{_some(told)}，补齐后再解除预警。"


def every_call_may_close(case: Case) -> bool:
    """SX-49-2, where it holds: nothing is missing at any mine."""
    return not _not_closable(case)


def not_closable_sentence(case: Case) -> str:
    """What is missing where."""
    told = [f"{name}缺{'、'.join(lacking)}" for name, lacking in _not_closable(case)]
    return f"{_some(told)}，补齐后再解除预警。"


def close_calls(case: Case) -> None:
    """What is still open beside it and lacks nothing is closed with it."""
    for call in case.children_of(CALL):
        if call.is_open:
            case.then(call.pk, "close")


def _not_acted(case: Case) -> list[Matter]:
    return [call for call in case.children_of(CALL) if call.stage in ("called", "answered")]


def _not_closable(case: Case) -> list[tuple[str, list[str]]]:
    if not needs_full_circle(case):
        return []
    calls = [call for call in case.children_of(CALL) if call.stage == "measured"]
    facts = dict(Facts.objects.filter(matter__in=calls).values_list("matter_id", "data"))
    known = standings(calls, on=case.today)
    found = [(_site(call), lacks(facts[call.pk], known[call.pk])) for call in calls]
    return [(name, lacking) for name, lacking in found if lacking]


def _lack(call: Matter) -> str:
    return "未回应" if call.stage == "called" else "没有响应措施"


def _site(call: Matter) -> str:
    return call.title.partition("：")[0]


def _some(told: list[str]) -> str:
    more = f"等 {len(told)} 家" if len(told) > NAMED_MAX else ""
    return "；".join(told[:NAMED_MAX]) + more


def _people_of(unit_ids: set[int], *, on: date) -> dict[int, set[int]]:
    held = Grant.objects.filter(unit_id__in=unit_ids, user__is_active=True, from_on__lte=on)
    held = held.filter(Q(until_on=None) | Q(until_on__gte=on)).order_by("id")
    found: dict[int, set[int]] = defaultdict(set)
    for unit_id, user_id, role in held.values_list("unit_id", "user_id", "role"):
        if role == "dispatcher":
            found[unit_id].add(user_id)
    return found
