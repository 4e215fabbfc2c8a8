"""The leads of a day as its tables need them, read in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bihuan.language.clock import SHANGHAI, Due
from bihuan.leads.models import Envelope
from bihuan.leads.sealing import Purpose
from bihuan.matters.clocks import due_of
from bihuan.matters.models import Entry, Matter, PaperCopy, Timer
from bihuan.matters.reach import LEVELS
from bihuan.matters.trail import from_bytes
from bihuan.places.models import Region
from bihuan.regulations.values import value_of

UNLISTED = ("screening", "dismissed")  # not admitted, or not a matter of this office
UNREGISTERED = "received"
IDENTITY_PART = "who"  # the envelope that holds name and phone
PROGRESS, PUBLIC = "publication_progress", "released"
TRANSFERS = ("transfer_police", "transfer_discipline")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A step that was taken: when, and by whom in the trail's words."""

    at: datetime
    actor: str


@dataclass(frozen=True, kw_only=True)
class DayLead:
    """One lead of the day with what stands beside it."""

    matter: Matter
    facts: dict[str, Any]
    letter: str
    due_on: date | None
    type_label: str
    locality: str
    has_identity: bool
    transfers: dict[str, dict[str, Any]]  # kind: facts, once it is marked
    published: tuple[tuple[str, str], ...]  # day and text of every 查处进展 that is public
    steps: dict[str, Taken]  # the last time each step was taken

    @property
    def is_registered(self) -> bool:
        """Whether it has its type and summary."""
        return self.matter.stage != UNREGISTERED

    @property
    def is_handed_over(self) -> bool:
        """Whether a unit has it."""
        return bool(self.facts.get("handed_over_on"))

    @property
    def joined_later(self) -> bool:
        """Whether it came out of 待甄别 after its day was over."""
        admitted = self.steps.get("admit")
        if admitted is None:
            return False
        return admitted.at.astimezone(SHANGHAI).date().isoformat() > str(self.facts["listed_on"])


def leads_of_day(on: date, *, region: Region) -> list[DayLead]:
    """Leads received from 00:00:00 to 23:59:59 of the day in Shanghai, in order (LX-A1-1-2)."""
    start = datetime.combine(on, time(), SHANGHAI)
    found = list(
        Matter.objects.filter(
            kind="lead",
            opened_at__gte=start,
            facts_row__data__listed_on=on.isoformat(),
            **{LEVELS[region.level - 1]: region.pk},
        )
        .exclude(stage__in=UNLISTED)
        .select_related("facts_row", "site", "unit")
    )
    found.sort(key=_received)
    beside = _Beside(found, region=region, on=on)
    return [beside.of(matter) for matter in found]


class _Beside:
    """Letters, clocks, transfers and steps of all leads of a day, each read once."""

    def __init__(self, found: list[Matter], *, region: Region, on: date) -> None:
        ids = [matter.pk for matter in found]
        letters = PaperCopy.objects.filter(matter_id__in=ids, paper="handover_letter")
        self._letters = dict(letters.order_by("made_at").values_list("matter_id", "number"))
        timers = Timer.objects.filter(matter_id__in=ids, key="feedback")
        self._timers = {timer.matter_id: timer for timer in timers}
        towns = {matter.l4 for matter in found if matter.l4}
        self._towns = dict(Region.objects.filter(pk__in=towns).values_list("pk", "name"))
        sealed = Envelope.objects.filter(
            matter_id__in=ids, purpose=Purpose.IDENTITY.value, part=IDENTITY_PART
        )
        self._sealed = set(sealed.values_list("matter_id", flat=True))
        self._types = _type_labels(region, on=on)
        self._transfers: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
        children = Matter.objects.filter(parent_id__in=ids, kind__in=TRANSFERS)
        for child in children.select_related("facts_row").order_by("id"):
            self._transfers[child.parent_id or 0][child.kind] = dict(child.facts_row.data)
        self._published: dict[int, list[tuple[str, str]]] = defaultdict(list)
        told = Matter.objects.filter(parent_id__in=ids, kind=PROGRESS, stage=PUBLIC)
        for child in told.select_related("facts_row").order_by("id"):
            said = child.facts_row.data
            line = (str(said.get("published_on") or ""), str(said.get("text") or ""))
            self._published[child.parent_id or 0].append(line)
        self._steps: dict[int, dict[str, Taken]] = defaultdict(dict)
        kept = ("admit", "hand_over", "reassign", "acknowledge")
        for row in Entry.objects.filter(matter_id__in=ids, step__in=kept).order_by("seq"):
            actor = from_bytes(bytes(row.body)).actor
            self._steps[row.matter_id][row.step] = Taken(at=row.happened_at, actor=actor)

    def of(self, matter: Matter) -> DayLead:
        """One lead with what stands beside it."""
        facts = dict(matter.facts_row.data)
        timer = self._timers.get(matter.pk)
        due = due_of(timer) if timer else None
        kind = str(facts.get("type") or "")
        return DayLead(
            matter=matter,
            facts=facts,
            letter=self._letters.get(matter.pk, ""),
            due_on=due.due_on if isinstance(due, Due) else None,
            type_label=self._types.get(kind, kind),
            locality=self._towns.get(matter.l4 or 0, ""),
            has_identity=matter.pk in self._sealed,
            transfers=self._transfers[matter.pk],
            published=tuple(self._published[matter.pk]),
            steps=self._steps[matter.pk],
        )


def _type_labels(region: Region, *, on: date) -> dict[str, str]:
    value = value_of("lead.types", region_path=region.path_ids, on=on)
    return {option.key: option.label for option in value.options} if value.is_set else {}


def _received(matter: Matter) -> tuple[datetime, int]:
    return datetime.fromisoformat(matter.facts_row.data["received_at"]), matter.pk
