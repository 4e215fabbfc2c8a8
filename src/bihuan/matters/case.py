"""The case: what guards and effects see of a matter while a step is being taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop, Step
from bihuan.language.pack import Value
from bihuan.matters.declarations import catalog
from bihuan.matters.models import Attachment, Entry, Matter, Timer
from bihuan.matters.writing import remember
from bihuan.places.models import Appointment, Post, Site, Unit
from bihuan.places.paths import region_path, sites_with, units_with
from bihuan.places.posts import holders_of
from bihuan.regulations.values import value_of

COLUMNS = [
    "kind",
    "number",
    "acceptance_number",
    "title",
    "stage",
    "unit_id",
    "l1",
    "l2",
    "l3",
    "l4",
    "site_id",
    "severity",
    "category",
    "source",
    "opened_at",
    "closed_at",
    "is_open",
    "parent_id",
    "declaration",
]


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How a matter came from a deployment that took it in before this one saw it."""

    matter_id: int
    acceptance_number: str
    recorded_at: datetime


@dataclass(kw_only=True)
class Extension:
    """A decided later due day of a clock."""

    deadline: str
    until_on: date
    reason: str


@dataclass(kw_only=True)
class Case:
    """A matter in hand. Effects change it through the verbs below; the engine writes it."""

    matter: Matter
    loop: Loop
    by: Actor
    now: datetime
    facts: dict[str, Any]
    step: Step | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    extensions: list[Extension] = field(default_factory=list)
    spawned: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    recusals: list[tuple[int | None, int | None, str]] = field(default_factory=list)
    follow_ups: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    proposed: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    notices: list[tuple[str, str, int | None]] = field(default_factory=list)
    reissued: list[str] = field(default_factory=list)
    siblings: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = field(default_factory=list)
    corrections: list[tuple[int, dict[str, Any], str]] = field(default_factory=list)
    destroyed: list[dict[str, Any]] = field(default_factory=list)
    wants_number: bool = False
    voids_number: bool = False
    reason: str = ""
    confirmed: tuple[str, ...] = ()
    recorded_at: datetime | None = None  # when it differs from the moment it happened
    quiet: bool = False  # history came in: nobody is told

    # What an effect may do.

    def set(self, key: str, value: Any) -> None:
        """Set a fact; None removes it."""
        if value is None:
            self.facts.pop(key, None)
        else:
            self.facts[key] = value

    def hand_to(self, unit_id: int | None) -> None:
        """Make a unit responsible; it sees the matter from now on."""
        self.matter.unit_id = unit_id
        self.__dict__.pop("unit", None)

    def place_in(self, region_id: int) -> None:
        """Set the locality: the region's path becomes the matter's scope."""
        path = region_path(region_id)
        self.matter.l1, self.matter.l2, self.matter.l3, self.matter.l4 = (*path, *(None,) * 4)[:4]

    def about(self, site_id: int | None) -> None:
        """Set the site the matter is about."""
        self.matter.site_id = site_id

    def extend(self, deadline: str, *, until_on: date, reason: str) -> None:
        """Give a clock a later due day by decision; the first one stays visible."""
        self.extensions.append(Extension(deadline=deadline, until_on=until_on, reason=reason))

    def spawn(self, kind: str, **facts: Any) -> None:
        """Open a child matter beside this one."""
        self.spawned.append((kind, facts))

    def issue(self, paper: str) -> None:
        """Issue an official paper: it gets its number and copies when the step is written."""
        self.papers.append(paper)

    def reissue(self, paper: str) -> None:
        """Issue the paper's last number again as a new version of every copy."""
        self.reissued.append(paper)

    def open_beside(
        self, kind: str, *, answers: dict[str, Any], then: str, then_answers: dict[str, Any]
    ) -> None:
        """Open another matter of its own standing and let it take a first step."""
        self.siblings.append((kind, answers, then, then_answers))

    def correct(self, matter_id: int, changes: dict[str, Any], *, reason: str) -> None:
        """Correct facts of another matter; before and after stand in its trail."""
        self.corrections.append((matter_id, changes, reason))

    def take_number(self) -> None:
        """Give the matter its running number when the step is written."""
        self.wants_number = True

    def recuse(self, *, unit_id: int | None = None, person_id: int | None = None, why: str) -> None:
        """Make the matter invisible to a unit or a person."""
        self.recusals.append((unit_id, person_id, why))

    def then(self, matter_id: int, step: str, **answers: Any) -> None:
        """Let another matter take a step in the same transaction, by the same person."""
        self.follow_ups.append((matter_id, step, answers))

    def propose_on_parent(self, rule: str, ground: str, evidence: dict[str, Any]) -> None:
        """Open a proposal on the matter this one runs beside."""
        self.proposed.append((rule, ground, evidence))

    def void_number(self) -> None:
        """Record the matter's number as void: it stays in the ledger and is never given again."""
        self.voids_number = True

    def notify(self, role: str, event: str, *, unit_id: int | None = None) -> None:
        """Tell those who hold a role about this matter, or hold it in that unit: number only."""
        self.notices.append((role, event, unit_id))

    # What a guard may ask.

    @property
    def today(self) -> date:
        """The day of the step, in Shanghai."""
        return self.now.astimezone(SHANGHAI).date()

    @cached_property
    def unit(self) -> Unit | None:
        """The responsible unit."""
        return units_with.first(self.matter.unit_id or 0)

    @cached_property
    def site(self) -> Site | None:
        """The site the matter is about."""
        return sites_with.first(self.matter.site_id or 0)

    @cached_property
    def children(self) -> tuple[Matter, ...]:
        """Matters that run beside this one."""
        return tuple(_children_of(self.matter.pk))

    @property
    def above(self) -> "Case":
        """The matter that this one runs beside, where its loop always opens as a child."""
        parent = self.parent
        assert parent is not None  # noqa: S101 - such a loop can't be opened otherwise
        return parent

    @cached_property
    def parent(self) -> "Case | None":
        """The matter that this one runs beside."""
        if not self.matter.parent_id:
            return None
        above = Matter.objects.select_related("facts_row").get(pk=self.matter.parent_id)
        return Case(
            matter=above,
            loop=catalog().loop(above.kind),
            by=self.by,
            now=self.now,
            facts=dict(above.facts_row.data),
        )

    @cached_property
    def timers(self) -> dict[str, Timer]:
        """Clocks by key."""
        return {timer.key: remember(timer) for timer in _timers_of(self.matter.pk)}

    def children_of(self, *kinds: str) -> tuple[Matter, ...]:
        """Children of these kinds."""
        return tuple(child for child in self.children if child.kind in kinds)

    def takers_of(self, step: str) -> frozenset[int]:
        """Users who took that step on this matter."""
        return frozenset(_takers_of(self.matter.pk, step))

    def is_in_post(self, function: Post.Function, *, unit_id: int | None) -> bool:
        """Whether the actor holds such a post of that unit today; acting with paper counts."""
        held = holders_of(function, unit_id=unit_id, on=self.today)
        return any(one.person_id == self.by.person_id for one in held)

    def appointment(self, function: Post.Function, *, unit_id: int | None) -> Appointment | None:
        """Who holds such a post of that unit today."""
        return next(iter(holders_of(function, unit_id=unit_id, on=self.today)), None)

    def value(self, key: str) -> Value:
        """A pack parameter as in force here today."""
        return value_of(key, region_path=self.matter.path_ids, on=self.today)

    def own_files(self) -> QuerySet[Attachment]:
        """Files of this matter."""
        return Attachment.objects.filter(matter_id=self.matter.pk)


@prepared
def _children_of(matter_id: int) -> QuerySet[Matter]:
    return Matter.objects.filter(parent_id=matter_id).order_by("id")


@prepared
def _timers_of(matter_id: int) -> QuerySet[Timer]:
    return Timer.objects.filter(matter_id=matter_id).order_by("id")


@prepared
def _takers_of(matter_id: int, step: str) -> QuerySet[Entry, int]:
    return Entry.objects.filter(matter_id=matter_id, step=step).values_list("actor_id", flat=True)


def blocking_children_are_settled(case: Case) -> bool:
    """Whether no child that blocks closing is still open."""
    blocking = {child.kind for child in case.loop.children if child.blocks_close}
    return not any(child.is_open and child.kind in blocking for child in case.children)
