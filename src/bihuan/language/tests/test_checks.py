"""The start-up checks: a sound catalog has no fault, each planted fault is named."""

from dataclasses import replace
from typing import Any

import pytest

from bihuan.language.catalog import Catalog
from bihuan.language.checks import CatalogFault, check_catalog
from bihuan.language.field import Field
from bihuan.language.loop import Child, Guard, NoDeadline, Stage
from bihuan.language.tests.declared import (
    BOOK,
    CLAUSES,
    DUTY,
    FILES,
    FINISH,
    LOOP,
    NOTE,
    NOTICE,
    PARAMETERS,
    PUBLICATION,
    REOPEN,
    RULE,
    SEND,
    STAGES,
    always,
    catalog_with,
)
from bihuan.language.words import Watch

FOUND, SENT, DONE = STAGES
TITLE = Field(key="title", label="标题")
WATCH = Watch(key="highs", label="三高", look=always, decide_by=("office",))


def faults_of(catalog: Catalog) -> tuple[str, ...]:
    return check_catalog(catalog, parameters=PARAMETERS, clauses=CLAUSES)


def loop_with(**parts: Any) -> Catalog:
    return catalog_with(loops=(replace(LOOP, **parts), NOTICE))


def steps_with(**parts: Any) -> Catalog:
    """The catalog with one more step, a copy of `note` with the given parts."""
    extra = replace(NOTE, **({"key": "extra", "label": "另记"} | parts))
    return loop_with(steps=(*LOOP.steps, extra))


def test_a_sound_catalog_has_no_fault() -> None:
    assert faults_of(catalog_with()) == ()


@pytest.mark.parametrize(
    ("catalog", "fault"),
    [
        (catalog_with(ledgers=(BOOK, BOOK)), "ledgers: key 'book' is declared twice"),
        (catalog_with(duties=(DUTY, DUTY)), "duties: key 'monthly' is declared twice"),
        (loop_with(stages=(*STAGES, SENT)), "loop 'repair': stage 'sent' is declared twice"),
        (loop_with(steps=(*LOOP.steps, NOTE)), "loop 'repair': step 'note' is declared twice"),
    ],
)
def test_a_key_stands_once(catalog: Catalog, fault: str) -> None:
    assert fault in faults_of(catalog)


@pytest.mark.parametrize(
    ("catalog", "fault"),
    [
        (steps_with(source=("lost",)), "step 'extra' names unknown stage 'lost'"),
        (steps_with(target="lost"), "step 'extra' names unknown stage 'lost'"),
        (loop_with(tracks=("found", "lost")), "the progress line names unknown stage 'lost'"),
        (
            loop_with(stages=(*STAGES, replace(SENT, key="apart"))),
            "stage 'apart' can't be reached",
        ),
        (loop_with(steps=(SEND, NOTE)), "stage 'found' can't reach a close"),
        (loop_with(stages=(FOUND, SENT)), "no stage closes it"),
        (
            loop_with(stages=(FOUND, replace(SENT, holder=""), DONE)),
            "stage 'sent' has no holder",
        ),
        (
            loop_with(stages=(replace(FOUND, holder="section"), SENT, DONE), steps=(SEND, FINISH)),
            "stage 'found' waits for 'section', who has no step there",
        ),
        (
            loop_with(steps=(SEND, FINISH, replace(REOPEN, asks=()), NOTE)),
            "step 'reopen' leaves closed stage 'done' without asking for a reason",
        ),
        (
            steps_with(checks=(Guard(holds=always, otherwise="请改日期。", field="until"),)),
            "step 'extra' has a check at 'until', which it doesn't ask",
        ),
        (
            loop_with(
                opens_with=(replace(TITLE, column=1),),
                steps=(SEND, FINISH, REOPEN, replace(NOTE, asks=(TITLE,))),
            ),
            "field 'title' loses its column to a later one of that key",
        ),
    ],
)
def test_a_loop_that_contradicts_itself_is_named(catalog: Catalog, fault: str) -> None:
    assert f"loop 'repair': {fault}" in faults_of(catalog)


def test_a_retired_stage_need_not_be_reached() -> None:
    retired = replace(SENT, key="before", retired=True)
    leave = replace(FINISH, key="leave", source=("before",))
    assert faults_of(loop_with(stages=(*STAGES, retired), steps=(*LOOP.steps, leave))) == ()


def test_a_public_entry_beside_the_first_stage_is_reached() -> None:
    entry = Stage(
        key="tipped",
        label="待受理",
        holder="office",
        deadline=NoDeadline("与待登记同"),
        track="found",
    )
    take = replace(SEND, key="take", source=("tipped",))
    assert faults_of(loop_with(stages=(*STAGES, entry), steps=(*LOOP.steps, take))) == ()


def test_a_step_may_move_from_one_closed_stage_to_another() -> None:
    shut = replace(DONE, key="filed")
    move = replace(REOPEN, key="file", target="filed", asks=())
    assert faults_of(loop_with(stages=(*STAGES, shut), steps=(*LOOP.steps, move))) == ()


@pytest.mark.parametrize(
    ("catalog", "fault"),
    [
        (
            loop_with(stages=(replace(FOUND, deadline=NoDeadline("")), SENT, DONE)),
            "loop 'repair': stage 'found': NoDeadline doesn't say why",
        ),
        (
            loop_with(stages=(replace(FOUND, holder="nobody"), SENT, DONE)),
            "loop 'repair': stage 'found': unknown role 'nobody'",
        ),
        (steps_with(by=("nobody",)), "loop 'repair': step 'extra': unknown role 'nobody'"),
        (steps_with(spawns=("lost",)), "loop 'repair': step 'extra': spawns unknown loop 'lost'"),
        (steps_with(paper="lost"), "loop 'repair': step 'extra': unknown paper 'lost'"),
        (loop_with(parent="lost"), "loop 'repair': 'lost' beside it is no loop"),
        (
            loop_with(children=(Child(kind="lost", blocks_close=False),)),
            "loop 'repair': 'lost' beside it is no loop",
        ),
        (catalog_with(duties=(replace(DUTY, population="lost"),)), "unknown population 'lost'"),
        (catalog_with(duties=(replace(DUTY, proof_ledger="lost"),)), "unknown ledger 'lost'"),
        (
            catalog_with(ledgers=(replace(BOOK, expected="lost"),)),
            "ledger 'book': unknown population 'lost'",
        ),
        (
            catalog_with(ledgers=(replace(BOOK, write_by=("nobody",)),)),
            "ledger 'book': unknown role 'nobody'",
        ),
        (catalog_with(rules=(replace(RULE, kind="lost"),)), "rule 'late': unknown loop 'lost'"),
        (catalog_with(watches=(replace(WATCH, opens=("lost",)),)), "opens unknown loop 'lost'"),
        (
            catalog_with(watches=(replace(WATCH, decide_by=("nobody",)),)),
            "watch 'highs': unknown role 'nobody'",
        ),
        (
            catalog_with(retentions=(replace(FILES, kind="lost"),)),
            "retention 'files': unknown loop 'lost'",
        ),
        (
            catalog_with(retentions=(replace(FILES, param="lost"),)),
            "retention 'files': unknown parameter 'lost'",
        ),
        (
            catalog_with(rules=(replace(RULE, confirms="lost"),)),
            "rule 'late': unknown step 'lost'",
        ),
        (
            catalog_with(publications=(replace(PUBLICATION, loop="lost"),)),
            "publication 'result': unknown loop 'lost'",
        ),
    ],
)
def test_a_name_that_nothing_bears_is_named(catalog: Catalog, fault: str) -> None:
    assert any(fault in found for found in faults_of(catalog))


@pytest.mark.parametrize(
    ("parameter", "fault"),
    [
        ("repair.days", "stage 'sent': unknown parameter 'repair.days'"),
        ("repair.ladder", "stage 'sent': unknown parameter 'repair.ladder'"),
        ("notice.days", "stage 'found': unknown parameter 'notice.days'"),
        ("repair.object_days", "step 'send': unknown parameter 'repair.object_days'"),
        ("repair.kinds", "field 'kind': unknown parameter 'repair.kinds'"),
    ],
)
def test_a_parameter_no_pack_holds_is_named(parameter: str, fault: str) -> None:
    known = set(PARAMETERS) - {parameter}
    faults = check_catalog(catalog_with(), parameters=known, clauses=CLAUSES)
    assert faults == (f"loop 'repair': {fault}",)


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_that_is_not_in_the_library_is_named(clause: str) -> None:
    known = set(CLAUSES) - {clause}
    (fault,) = check_catalog(catalog_with(), parameters=PARAMETERS, clauses=known)
    assert fault.endswith(f": unknown clause {clause!r}")


def test_all_faults_are_told_at_once() -> None:
    faults = faults_of(loop_with(parent="lost", tracks=("lost",)))
    assert len(faults) == 2
    told = CatalogFault(faults)
    assert told.faults == faults
    assert str(told) == "\n".join(faults)
