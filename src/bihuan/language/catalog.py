"""The catalog: every declaration of the product, looked up by key."""

from dataclasses import dataclass, field
from functools import cached_property

from bihuan.language.loop import Loop, Step
from bihuan.language.retention import Retention
from bihuan.language.words import (
    Duty,
    Indicator,
    Ledger,
    Limit,
    Paper,
    Population,
    Publication,
    Report,
    Rule,
    Watch,
)

_PLAIN = ("ledger", "limit", "indicator", "rule", "report", "population")


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """All declarations; `roles` are the known role keys, `events` what units notify of."""

    roles: frozenset[str]
    loops: tuple[Loop, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    duties: tuple[Duty, ...] = ()
    limits: tuple[Limit, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    rules: tuple[Rule, ...] = ()
    watches: tuple[Watch, ...] = ()
    reports: tuple[Report, ...] = ()
    populations: tuple[Population, ...] = ()
    papers: tuple[Paper, ...] = ()
    publications: tuple[Publication, ...] = ()
    retentions: tuple[Retention, ...] = ()
    served: tuple[tuple[str, str], ...] = field(default=())  # (clause, screen or API that serves)

    @cached_property
    def _loops(self) -> dict[str, Loop]:
        return {loop.key: loop for loop in self.loops}

    def loop(self, key: str) -> Loop:
        """The loop of that key."""
        return self._loops[key]

    def ledger(self, key: str) -> Ledger:
        """The ledger of that key."""
        return next(ledger for ledger in self.ledgers if ledger.key == key)

    def paper(self, key: str) -> Paper:
        """The paper of that key."""
        return next(paper for paper in self.papers if paper.key == key)

    def retention(self, key: str) -> Retention | None:
        """The class of data of that key; None when it isn't declared any more."""
        return next((word for word in self.retentions if word.key == key), None)

    def report(self, key: str) -> Report:
        """The report of that key."""
        return next(report for report in self.reports if report.key == key)

    def categorised(self, loop: Loop) -> Loop:
        """The loop that declares what a matter's category means: its own, or one above it.

        A child carries the category of the matter it stands beside; one that may stand beside
        any loop is read with the first that declares a category.
        """
        while not loop.category and loop.parent in self._loops:
            loop = self.loop(loop.parent)
        if loop.category:
            return loop
        return next((above for above in self.loops if above.category), loop)

    def is_sensitive(self, kind: str) -> bool:
        """Whether who reads such a matter is recorded: its loop says so, or one above it."""
        loop = self._loops.get(kind)
        while loop is not None and not loop.sensitive:
            loop = self._loops.get(loop.parent)
        return loop is not None

    def watch(self, key: str) -> Watch:
        """The rule about sites of that key."""
        return next(watch for watch in self.watches if watch.key == key)

    def rules_of(self, kind: str) -> tuple[Rule, ...]:
        """Rules about one kind of matter."""
        return tuple(rule for rule in self.rules if rule.kind == kind)

    def publication_of(self, kind: str) -> Publication | None:
        """The publication whose child loop is `kind`."""
        return next((word for word in self.publications if word.loop == kind), None)

    def population(self, key: str) -> Population:
        """The population of that key."""
        return next(word for word in self.populations if word.key == key)

    def serving(self) -> list[tuple[str, str]]:
        """Pairs (clause id, declaration) for the trace."""
        pairs: list[tuple[str, str]] = list(self.served)
        for loop in self.loops:
            pairs += [(clause, f"loop:{loop.key}") for clause in loop.basis]
            for step in loop.steps:
                pairs += _step_pairs(loop, step)
            for deadline in loop.deadlines:
                pairs += [(clause, f"clock:{loop.key}.{deadline.key}") for clause in deadline.basis]
            for key, asked in loop.fields.items():
                pairs += [(clause, f"field:{loop.key}.{key}") for clause in asked.basis]
        plurals = {"duty": "duties", "watch": "watches"}
        for name in (*_PLAIN, *plurals):
            words = getattr(self, plurals.get(name, f"{name}s"))
            pairs += [(clause, f"{name}:{word.key}") for word in words for clause in word.basis]
        pairs += [(c, f"paper:{word.key}") for word in self.papers for c in word.basis]
        pairs += [(c, f"publication:{word.key}") for word in self.publications for c in word.basis]
        pairs += [(c, f"retention:{word.key}") for word in self.retentions for c in word.basis]
        return sorted(set(pairs))


def _step_pairs(loop: Loop, step: Step) -> list[tuple[str, str]]:
    clauses = [*step.basis, *(c for guard in (*step.guards, *step.checks) for c in guard.basis)]
    if step.within:
        clauses += step.within.basis
    return [(clause, f"step:{loop.key}.{step.key}") for clause in clauses]
