"""Reading a loop: its stages, steps, clocks and fields by key."""

from dataclasses import replace

import pytest

from bihuan.language.field import Field, Kind
from bihuan.language.loop import NoDeadline, Unset, deadlines_of
from bihuan.language.parameter import Option
from bihuan.language.tests.declared import CLOCK, FINISH, LOOP, NOTE, REOPEN, SEND, STAGES

FOUND, SENT, DONE = STAGES
HEARING = replace(CLOCK, key="hearing", param="hearing.days")


def test_stages_and_steps_are_found_by_key() -> None:
    assert LOOP.first_stage is FOUND
    assert LOOP.stage("sent") is SENT
    assert LOOP.step("finish") is FINISH


def test_a_key_that_nothing_bears_names_the_loop() -> None:
    with pytest.raises(KeyError, match="loop 'repair' has no stage 'lost'"):
        LOOP.stage("lost")
    with pytest.raises(KeyError, match="loop 'repair' has no step 'lost'"):
        LOOP.step("lost")


def test_a_step_from_any_open_stage_is_not_offered_at_a_closed_one() -> None:
    assert LOOP.steps_from("found") == (SEND, NOTE)
    assert LOOP.steps_from("sent") == (FINISH, NOTE)
    assert LOOP.steps_from("done") == (REOPEN,)


def test_clocks_are_listed_once_in_the_order_of_the_stages() -> None:
    twice = replace(LOOP, stages=(FOUND, SENT, replace(SENT, key="again"), DONE))
    assert [clock.key for clock in twice.deadlines] == ["notice.days", "repair"]


def test_a_clock_not_set_yet_may_still_be_set() -> None:
    (clock,) = deadlines_of(FOUND)
    assert (clock.key, clock.param, clock.label, clock.event) == (
        "notice.days",
        "notice.days",
        "待登记",
        "待登记",
    )
    (named,) = deadlines_of(replace(FOUND, deadline=Unset("notice.days", "登记期限")))
    assert named.label == "登记期限"


def test_further_clocks_run_beside_the_first() -> None:
    assert deadlines_of(replace(SENT, also=(HEARING,))) == (CLOCK, HEARING)
    assert deadlines_of(replace(FOUND, also=(HEARING,)))[1] is HEARING
    assert deadlines_of(replace(DONE, deadline=NoDeadline("无"), also=(HEARING,))) == (HEARING,)


def test_only_fields_that_are_kept_and_open_become_facts() -> None:
    asks = (
        Field(key="shown", label="情况"),
        Field(key="secret", label="举报人", sealed=True),
        Field(key="once", label="口令", keeps=False),
    )
    loop = replace(LOOP, steps=(replace(SEND, asks=asks),))
    assert list(loop.fields) == ["title", "shown"]


def test_a_step_that_narrows_the_choices_narrows_them_for_itself() -> None:
    every = tuple(Option(key=key, label=key) for key in ("real", "fault", "test"))
    cause = Field(key="cause", label="原因", kind=Kind.CHOICE, options=every)
    narrowed = replace(cause, options=every[1:])
    stricter = replace(cause, required=True)
    for asks, kept in (((cause, narrowed), cause), ((narrowed, cause), cause)):
        steps = tuple(replace(SEND, key=f"step{n}", asks=(one,)) for n, one in enumerate(asks))
        assert replace(LOOP, steps=steps).fields["cause"] is kept
    later = (replace(SEND, asks=(cause,)), replace(NOTE, asks=(stricter,)))
    assert replace(LOOP, steps=later).fields["cause"] is stricter
