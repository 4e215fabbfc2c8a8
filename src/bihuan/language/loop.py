"""Loop: stages, steps, clocks and children of one kind of matter, as a frozen declaration."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bihuan.language.field import Field

ANY_OPEN = ("*",)  # as `source=`: every stage that isn't closed


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A clock that runs while the matter stands in a stage that names it.

    `param` names a pack parameter (an amount of days, hours or minutes); no number stands here.
    The clock starts at the step that enters its first stage, or on the day held by the fact
    `since`; a step in `restarts_on` starts it anew. It is done by a step in `fulfilled_by`
    (any step when empty); when another step ends it in time it is cancelled, not done. A rung at
    or after the due moment calls `at_rung`: it may set facts and adds its words to the trail.
    """

    key: str
    label: str
    param: str
    event: str  # what started it, in the user's words: 交办
    basis: tuple[str, ...] = ()
    ladder: str = ""
    since: str = ""
    restarts_on: tuple[str, ...] = ()
    fulfilled_by: tuple[str, ...] = ()
    at_rung: Callable[[Any], str] | None = None  # changes facts as a rung acts; says what it did


@dataclass(frozen=True)
class Unset:
    """No source gives this number: the stage has no clock until a bureau sets `param`."""

    param: str
    label: str = ""


@dataclass(frozen=True)
class NoDeadline:
    """The stage has no clock, and why."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Window:
    """A step is taken only until so many days after the moment in fact `since`."""

    param: str
    since: str
    label: str
    event: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A statement about the case that must be true; `otherwise` says what to do.

    A check about one answer names its `field`: the sentence then stands at that field.
    """

    holds: Callable[[Any], bool]
    otherwise: str | Callable[[Any], str]
    field: str = ""
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Series:
    """A number series; `pattern` has {year}, {serial}, {sector}, {organ}."""

    key: str
    pattern: str


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a matter stands; `holder` is the role that acts next, `public` the citizen's word."""

    key: str
    label: str
    holder: str
    deadline: Deadline | Unset | NoDeadline
    also: tuple[Deadline, ...] = ()
    closed: bool = False
    retired: bool = False
    public: str = ""
    track: str = ""  # the stage of the progress line that this one belongs to, when not its own
    before_hand_over: bool = False  # the responsible unit doesn't see the matter yet


@dataclass(frozen=True, kw_only=True)
class Step:
    """What somebody may do: from which stages, to where, by whom, asking what, if what holds."""

    key: str
    label: str
    source: tuple[str, ...]
    target: str = ""  # empty: the matter stays where it is
    by: tuple[str, ...]
    asks: tuple["Field", ...] = ()
    guards: tuple[Guard, ...] = ()  # about the matter: looked at when the step is offered
    checks: tuple[Guard, ...] = ()  # about the answers: looked at when it is taken
    effects: tuple[Callable[[Any], None], ...] = ()
    within: Window | None = None
    paper: str = ""
    spawns: tuple[str, ...] = ()
    other_than: tuple[str, ...] = ()  # not by the person who took one of these steps
    holder_only: bool = True  # the role must be held in the unit that holds the matter
    story: str = ""  # sentence of the trail: {who} {label} and facts by key
    to_public: str = ""
    bulk: bool = False
    exception: bool = False  # leads off the regular way: may be taken, never stands out
    hint: str = ""
    caution: Callable[[Any], str] | None = None  # said above the form while it is filled in
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Child:
    """A small loop that runs beside; `blocks_close` keeps its parent open."""

    kind: str
    blocks_close: bool


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Other matters that a matter names as they stood at one moment; each is read with its link.

    `find` gets the actor, the moment and when the matter was opened (None: it isn't yet) and
    returns rows of text: `id` (of the matter named), `title`, `sub` and `state`. Opening keeps
    them in the fact `key`, or the step that is named; the form says before what will be kept.
    """

    key: str
    label: str
    find: Callable[..., list[dict[str, Any]]]
    none: str  # said where there are none
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class Loop:
    """One kind of matter, whole."""

    key: str
    label: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    number: Series | None = None
    opens_with: tuple["Field", ...] = ()
    open_by: tuple[str, ...] = ()
    on_open: tuple[Callable[[Any], None], ...] = ()
    on_correct: tuple[Callable[[Any], None], ...] = ()  # `answers` hold what was corrected
    accepts: bool = False  # a new matter gets a 受理号 at once
    children: tuple[Child, ...] = ()
    parent: str = ""
    basis: tuple[str, ...] = ()
    title: str = "title"  # fact that holds the title
    summary: str = "summary"  # fact that is searched besides title and number
    numbers: tuple[str, ...] = ()  # facts that hold numbers of papers, searched as well
    category: str = ""  # fact projected for filters and totals
    source: str = ""  # fact projected for filters and totals
    severity: str = ""
    tracks: tuple[str, ...] = ()  # stages of the progress line, in order
    sensitive: bool = False  # who reads a matter of this kind or of one beside it is recorded
    lists: tuple[Listing, ...] = ()
    # Facts of open matters by id as they are now: read when they are shown, in one question.
    # The trail tells them from step to step.
    present: Callable[[tuple[int, ...]], dict[int, dict[str, Any]]] | None = None
    tells_unit: bool = False  # the unit in charge reads how it came in, too
    version: int = 1

    def stage(self, key: str) -> Stage:
        """The stage of that key; KeyError names the loop when there is none."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(f"loop {self.key!r} has no stage {key!r}")

    def step(self, key: str) -> Step:
        """The step of that key; KeyError names the loop when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(f"loop {self.key!r} has no step {key!r}")

    def steps_from(self, stage_key: str) -> tuple[Step, ...]:
        """Steps declared to start at that stage, in the order of the declaration."""
        is_open = not self.stage(stage_key).closed
        return tuple(
            step
            for step in self.steps
            if stage_key in step.source or (is_open and step.source == ANY_OPEN)
        )

    @property
    def first_stage(self) -> Stage:
        """Where a new matter stands."""
        return self.stages[0]

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """Every clock named by a stage, once, in the order of the stages."""
        found: dict[str, Deadline] = {}
        for stage in self.stages:
            for deadline in deadlines_of(stage):
                found.setdefault(deadline.key, deadline)
        return tuple(found.values())

    @cached_property
    def fields(self) -> dict[str, "Field"]:
        """Every field whose value becomes a fact, by key; of two the later one.

        Not one that offers a part of the choices only: its step narrows them, not the fact.
        """
        found: dict[str, Field] = {}
        for field in (*self.opens_with, *(field for step in self.steps for field in step.asks)):
            known = found.get(field.key)
            if field.keeps and not field.sealed and not (known and _offers_less(field, known)):
                found[field.key] = field
        return found


def _offers_less(field: "Field", known: "Field") -> bool:
    return set(field.options) < set(known.options)


def deadlines_of(stage: Stage) -> tuple[Deadline, ...]:
    """Clocks that run in a stage, an unset one included (it may have been set locally)."""
    first = stage.deadline
    if isinstance(first, Deadline):
        return (first, *stage.also)
    if isinstance(first, Unset):
        label = first.label or stage.label
        return (
            Deadline(key=first.param, label=label, param=first.param, event=stage.label),
            *stage.also,
        )
    return stage.also
