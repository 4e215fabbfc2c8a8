"""Start-up checks of the catalog: every fault of every declaration, all at once."""

from collections.abc import Callable, Collection, Iterator

from bihuan.language.catalog import Catalog
from bihuan.language.loop import ANY_OPEN, Deadline, Loop, Stage, Step, Unset, deadlines_of


class CatalogFault(Exception):  # noqa: N818 - a fault is the word of the whole language
    """The declarations contradict themselves; `faults` lists every one."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def check_catalog(
    catalog: Catalog, *, parameters: Collection[str], clauses: Collection[str]
) -> tuple[str, ...]:
    """Faults of all declarations; `parameters` are the keys of all packs, `clauses` all ids."""
    faults = [*_doubles(catalog)]
    for loop in catalog.loops:
        for check in _LOOP_CHECKS:
            faults += [f"loop {loop.key!r}: {fault}" for fault in check(loop)]
        faults += [f"loop {loop.key!r}: {fault}" for fault in _against(loop, catalog, parameters)]
    faults += [
        f"{served_by}: unknown clause {clause!r}"
        for clause, served_by in catalog.serving()
        if clause not in clauses
    ]
    faults += list(_references(catalog))
    faults += list(_retentions(catalog, parameters))
    faults += list(_watches(catalog))
    return tuple(faults)


def _doubles(catalog: Catalog) -> Iterator[str]:
    for name in (
        "loops",
        "ledgers",
        "duties",
        "limits",
        "indicators",
        "rules",
        "watches",
        "reports",
        "retentions",
    ):
        keys = [word.key for word in getattr(catalog, name)]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{name}: key {key!r} is declared twice"
    for loop in catalog.loops:
        for kind, keys in (
            ("stage", [stage.key for stage in loop.stages]),
            ("step", [step.key for step in loop.steps]),
        ):
            for key in sorted({key for key in keys if keys.count(key) > 1}):
                yield f"loop {loop.key!r}: {kind} {key!r} is declared twice"


def _unknown_stages(loop: Loop) -> Iterator[str]:
    known = {stage.key for stage in loop.stages}
    for step in loop.steps:
        for key in {*step.source, step.target} - {"", *ANY_OPEN}:
            if key not in known:
                yield f"step {step.key!r} names unknown stage {key!r}"
    for key in loop.tracks:
        if key not in known:
            yield f"the progress line names unknown stage {key!r}"


def _unreachable(loop: Loop) -> Iterator[str]:
    # A public tip may be opened in any stage that only intake leaves; such entries are declared
    # by having no step that leads to them and the same holder as the first stage.
    first = loop.first_stage
    entries = {stage.key for stage in loop.stages if stage.track == first.key} | {first.key}
    reached = _closure(loop, entries, forward=True)
    for stage in loop.stages:
        if stage.key not in reached and not stage.retired:
            yield f"stage {stage.key!r} can't be reached"


def _endless(loop: Loop) -> Iterator[str]:
    closing = {stage.key for stage in loop.stages if stage.closed}
    if not closing:
        yield "no stage closes it"
        return
    ends = _closure(loop, closing, forward=False)
    for stage in loop.stages:
        if stage.key not in ends:
            yield f"stage {stage.key!r} can't reach a close"


def _without_holder(loop: Loop) -> Iterator[str]:
    for stage in loop.stages:
        if not stage.holder:
            yield f"stage {stage.key!r} has no holder"
        elif not stage.closed and not any(
            stage.holder in step.by for step in loop.steps_from(stage.key)
        ):
            yield f"stage {stage.key!r} waits for {stage.holder!r}, who has no step there"


def _half_open(loop: Loop) -> Iterator[str]:
    for step in loop.steps:
        leaves = [key for key in step.source if key not in ANY_OPEN and _closed(loop, key)]
        if leaves and step.target and not _closed(loop, step.target) and not _may_reopen(step):
            yield f"step {step.key!r} leaves closed stage {leaves[0]!r} without asking for a reason"


def _asked_nowhere(loop: Loop) -> Iterator[str]:
    for step in loop.steps:
        asked = {"", *(field.key for field in step.asks)}
        for check in step.checks:
            if check.field not in asked:
                yield f"step {step.key!r} has a check at {check.field!r}, which it doesn't ask"


def _lost_columns(loop: Loop) -> Iterator[str]:
    for asked in (*loop.opens_with, *(field for step in loop.steps for field in step.asks)):
        kept = loop.fields.get(asked.key)
        if asked.column and kept is not None and not kept.column:
            yield f"field {asked.key!r} loses its column to a later one of that key"


_LOOP_CHECKS: tuple[Callable[[Loop], Iterator[str]], ...] = (
    _unknown_stages,
    _unreachable,
    _endless,
    _without_holder,
    _half_open,
    _asked_nowhere,
    _lost_columns,
)


def _closed(loop: Loop, key: str) -> bool:
    return any(stage.key == key and stage.closed for stage in loop.stages)


def _may_reopen(step: Step) -> bool:
    return any(field.key == "reason" and field.required for field in step.asks)


def _closure(loop: Loop, start: set[str], *, forward: bool) -> set[str]:
    reached = set(start)
    growing = True
    while growing:
        growing = False
        for source, target in _moves(loop):
            here, there = (source, target) if forward else (target, source)
            if here in reached and there not in reached:
                reached.add(there)
                growing = True
    return reached


def _moves(loop: Loop) -> Iterator[tuple[str, str]]:
    for stage in loop.stages:
        for step in loop.steps_from(stage.key):
            if step.target:
                yield stage.key, step.target


def _against(loop: Loop, catalog: Catalog, parameters: Collection[str]) -> Iterator[str]:
    for stage in loop.stages:
        yield from _stage_against(stage, catalog, parameters)
    for step in loop.steps:
        yield from _step_against(step, catalog, parameters)
    kinds = {other.key for other in catalog.loops}
    for kind in [child.kind for child in loop.children] + [loop.parent]:
        if kind not in {"", "*", *kinds}:
            yield f"{kind!r} beside it is no loop"
    for key, asked in loop.fields.items():
        if asked.options_param and asked.options_param not in parameters:
            yield f"field {key!r}: unknown parameter {asked.options_param!r}"


def _step_against(step: Step, catalog: Catalog, parameters: Collection[str]) -> Iterator[str]:
    where = f"step {step.key!r}"
    kinds = {loop.key for loop in catalog.loops}
    yield from (f"{where}: unknown role {role!r}" for role in step.by if role not in catalog.roles)
    yield from (
        f"{where}: spawns unknown loop {kind!r}" for kind in step.spawns if kind not in kinds
    )
    if step.paper and step.paper not in {paper.key for paper in catalog.papers}:
        yield f"{where}: unknown paper {step.paper!r}"
    if step.within and step.within.param not in parameters:
        yield f"{where}: unknown parameter {step.within.param!r}"


def _stage_against(stage: Stage, catalog: Catalog, parameters: Collection[str]) -> Iterator[str]:
    if stage.holder not in catalog.roles:
        yield f"stage {stage.key!r}: unknown role {stage.holder!r}"
    if not isinstance(stage.deadline, Deadline | Unset) and not stage.deadline.why:
        yield f"stage {stage.key!r}: NoDeadline doesn't say why"
    for deadline in deadlines_of(stage):
        for key in (deadline.param, deadline.ladder):
            if key and key not in parameters:
                yield f"stage {stage.key!r}: unknown parameter {key!r}"


def _references(catalog: Catalog) -> Iterator[str]:
    populations = {word.key for word in catalog.populations}
    ledgers = {word.key for word in catalog.ledgers}
    yield from _loop_references(catalog)
    for duty in catalog.duties:
        if duty.population not in populations:
            yield f"duty {duty.key!r}: unknown population {duty.population!r}"
        if duty.proof_ledger not in ledgers:
            yield f"duty {duty.key!r}: unknown ledger {duty.proof_ledger!r}"
    for ledger in catalog.ledgers:
        if ledger.expected and ledger.expected not in populations:
            yield f"ledger {ledger.key!r}: unknown population {ledger.expected!r}"
        for role in sorted(set(ledger.write_by) - catalog.roles):
            yield f"ledger {ledger.key!r}: unknown role {role!r}"


def _retentions(catalog: Catalog, parameters: Collection[str]) -> Iterator[str]:
    kinds = {loop.key for loop in catalog.loops}
    for word in catalog.retentions:
        if word.kind not in kinds:
            yield f"retention {word.key!r}: unknown loop {word.kind!r}"
        if word.param not in parameters:
            yield f"retention {word.key!r}: unknown parameter {word.param!r}"


def _watches(catalog: Catalog) -> Iterator[str]:
    kinds = {loop.key for loop in catalog.loops}
    for watch in catalog.watches:
        for kind in sorted(set(watch.opens) - kinds):
            yield f"watch {watch.key!r}: opens unknown loop {kind!r}"
        for role in sorted(set(watch.decide_by) - catalog.roles):
            yield f"watch {watch.key!r}: unknown role {role!r}"


def _loop_references(catalog: Catalog) -> Iterator[str]:
    kinds = {loop.key for loop in catalog.loops}
    for rule in catalog.rules:
        if rule.kind not in kinds:
            yield f"rule {rule.key!r}: unknown loop {rule.kind!r}"
        elif rule.confirms not in {step.key for step in catalog.loop(rule.kind).steps}:
            yield f"rule {rule.key!r}: unknown step {rule.confirms!r}"
    for publication in catalog.publications:
        if publication.loop not in kinds:
            yield f"publication {publication.key!r}: unknown loop {publication.loop!r}"
