"""The engine: opens matters and takes steps. Nothing else writes a matter.

A step is one transaction: lock, settle the clock, check who, where and what, change facts and
stage, move the clocks, write the trail, tell those who act next. Numbers are taken last.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bihuan.accounts.actors import CLOCK, Actor
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Guard, Loop, Step, deadlines_of
from bihuan.matters import clocks, consequences, journal, ladders, notices, numbers, search, tallies
from bihuan.matters.answers import clean_answers, confirmed_in
from bihuan.matters.case import COLUMNS, Arrival, Case
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import new_id
from bihuan.matters.locking import lock
from bihuan.matters.models import Matter, Recusal, Timer
from bihuan.matters.papers import issue_paper, reissue_paper
from bihuan.matters.permission import allowed, why_not
from bihuan.matters.proposals import ceased, open_or_join
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused
from bihuan.matters.writing import engine_writes, keep

OPENED = "open"


def open_matter(
    kind: str,
    *,
    by: Actor,
    now: datetime,
    answers: Mapping[str, Any],
    region_id: int | None = None,
    at_stage: str = "",
    arrived: Arrival | None = None,
) -> Matter:
    """Open a matter, in its first stage unless told; raises Refused when it can't be.

    One that `arrived` from elsewhere keeps the id and the number it was given there.
    """
    loop = catalog().loop(kind)
    if not set(loop.open_by) & (by.roles | {by.kind}):
        raise NotYours(f"登记{loop.label}须由{why_not(loop.open_by)}办理。")
    with engine_writes():
        opened = _open(
            loop,
            by=by,
            now=now,
            answers=answers,
            region_id=region_id,
            parent=None,
            at_stage=at_stage,
            arrived=arrived,
        )
    tallies.forget(by)
    return opened


def take_step(
    matter_id: int,
    step_key: str,
    *,
    by: Actor,
    now: datetime,
    answers: Mapping[str, Any] | None = None,
    seen_seq: int | None = None,
) -> Matter:
    """Take a step on a matter; `seen_seq` is the trail length the form was made at.

    The clock's `now` may be older than the last step: its round began before. Raises NotFound
    outside the actor's scope, NotYours outside his roles, Incomplete when the answers lack
    something, and Refused for every other reason; nothing is written then.
    """
    with engine_writes():
        case = lock(matter_id, by=by, now=now)
        case.now = max(now, case.matter.moved_at) if by.kind == "clock" else now
        settle(case)
        taken = _take(case, step_key, answers or {}, seen_seq=seen_seq)
    tallies.forget(by)
    return taken


def settle(case: Case, *, quiet: bool = False) -> int:
    """Let every rung that is due by the case's moment act, in order; returns how many did."""
    case.quiet = quiet
    pending = []
    for timer in case.timers.values():
        if timer.next_at is not None and timer.next_at <= case.now:
            rungs = clocks.due_rungs_of(timer, matter=case.matter, now=case.now, on=case.today)
            pending += [(moment.at, timer.key, moment, rung) for moment, rung in rungs]
    for _at, key, moment, rung in sorted(pending, key=lambda item: (item[0], item[1], item[2])):
        timer = case.timers[key]
        opened = ladders.act(case, timer, moment, rung)
        for rule_key, evidence in opened:
            _propose(case, rule_key, evidence, at=moment.at)
        clocks.project(timer, matter=case.matter, on=case.today)
        keep(timer)
    if pending:
        clocks.project_matter(case.matter, case.timers.values())
        journal.save_head(case.matter)
    return len(pending)


def commit(
    case: Case, *, step: str, before: dict[str, Any], facts_before: dict[str, Any]
) -> Matter:
    """Write what changed of a case: matter, facts, trail, search, children, papers, notices."""
    matter = case.matter
    consequences.project_facts(case)
    children = [(kind, new_id(), facts) for kind, facts in case.spawned]
    papers = [issue_paper(case, key) for key in case.papers]
    papers += [reissue_paper(case, key) for key in case.reissued]
    if case.wants_number and case.loop.number:
        matter.organ, matter.number = numbers.organ_of(case), numbers.number_for(case)
    told: dict[str, Any] = {
        "papers": papers,
        "children": [[kind, child_id] for kind, child_id, _facts in children],
        "destroyed": case.destroyed,
        "reason": case.reason,
        "confirmed": list(case.confirmed),
    }
    extra = {key: value for key, value in told.items() if value}
    clocks.project_matter(matter, case.timers.values())
    matter.moved_at = case.now
    journal.write_line(
        case,
        step=step,
        before=before,
        facts_before=facts_before,
        extra=extra,
    )
    consequences.write_recusals(case)
    consequences.void_number(case)
    if search.is_touched(case, before=before, facts_before=facts_before):
        search.index(case)
    for kind, child_id, facts in children:
        _open(
            catalog().loop(kind),
            by=case.by,
            now=case.now,
            answers=facts,
            region_id=None,
            parent=case,
            matter_id=child_id,
        )
    notices.tell_holders(case, step=step, stage_before=str(before.get("stage", "")))
    _follow_up(case)
    return matter


def open_prepared(
    loop: Loop,
    *,
    by: Actor,
    now: datetime,
    recorded_at: datetime,
    at_stage: str,
    prepare: Callable[[Case], None],
) -> Matter:
    """Open a matter that began elsewhere: `prepare` sets its facts before the clocks are armed."""
    with engine_writes():
        return _open(
            loop,
            by=by,
            now=now,
            answers={},
            region_id=None,
            parent=None,
            at_stage=at_stage,
            recorded_at=recorded_at,
            prepare=prepare,
        )


def open_child(case: Case, kind: str, *, answers: Mapping[str, Any]) -> Matter:
    """Open a matter beside the case, by its actor; the case's own trail isn't touched."""
    loop = catalog().loop(kind)
    return _open(loop, by=case.by, now=case.now, answers=answers, region_id=None, parent=case)


def _open(
    loop: Loop,
    *,
    by: Actor,
    now: datetime,
    answers: Mapping[str, Any],
    region_id: int | None,
    parent: Case | None,
    matter_id: int | None = None,
    at_stage: str = "",
    recorded_at: datetime | None = None,
    prepare: Callable[[Case], None] | None = None,
    arrived: Arrival | None = None,
) -> Matter:
    if arrived is not None:
        matter_id, recorded_at = arrived.matter_id, arrived.recorded_at
    matter = Matter(
        id=matter_id or new_id(),
        kind=loop.key,
        stage=loop.stage(at_stage).key if at_stage else loop.first_stage.key,
        opened_at=now,
        moved_at=now,
        declaration=loop.version,
    )
    facts: dict[str, Any] = {}
    case = Case(matter=matter, loop=loop, by=by, now=now, facts=facts, recorded_at=recorded_at)
    if parent is not None:
        _stand_beside(case, parent)
    elif region_id is not None:
        case.place_in(region_id)
    if prepare is not None:
        prepare(case)
    else:
        case.answers = clean_answers(loop.opens_with, answers, case=case)
        sealed = {field.key for field in loop.opens_with if field.sealed}
        facts.update({k: v for k, v in case.answers.items() if v is not None and k not in sealed})
    for effect in loop.on_open:
        effect(case)
    if loop.accepts:
        given = arrived.acceptance_number if arrived else ""
        matter.acceptance_number = given or numbers.acceptance_number(case)
    _enter_stage(case, None, step_key=OPENED)
    consequences.project_facts(case)
    for timer in case.timers.values():
        keep(timer)
    return commit(case, step=OPENED, before={}, facts_before={})


def _stand_beside(case: Case, parent: Case) -> None:
    above, matter = parent.matter, case.matter
    case.quiet = parent.quiet
    matter.parent = above
    matter.title = above.title
    for column in ("unit_id", "l1", "l2", "l3", "l4", "site_id", "category", "source"):
        setattr(matter, column, getattr(above, column))
    for recusal in Recusal.objects.filter(matter=above):
        case.recuse(unit_id=recusal.unit_id, person_id=recusal.person_id, why=recusal.reason)
    case.__dict__["parent"] = parent


def _take(case: Case, step_key: str, raw: Mapping[str, Any], *, seen_seq: int | None) -> Matter:
    step = _step_here(case, step_key, seen_seq=seen_seq)
    case.step = step
    verdict = allowed(case, step)
    if verdict:
        raise verdict
    _answer(case, step, raw)
    before = journal.columns_of(case.matter)
    facts_before = dict(case.facts)
    _keep_answers(case, step)
    for effect in step.effects:
        effect(case)
    for kind in step.spawns:
        case.spawn(kind)
    if step.paper:
        case.issue(step.paper)
    stage_before = case.matter.stage
    if step.target:
        _move(case, step.target)
    _enter_stage(case, stage_before, step_key=step.key)
    consequences.extend(case)
    for timer in case.timers.values():
        keep(timer)
    return commit(case, step=step.key, before=before, facts_before=facts_before)


def _answer(case: Case, step: Step, raw: Mapping[str, Any]) -> None:
    case.answers = clean_answers(step.asks, raw, case=case)
    case.confirmed = tuple(sorted(confirmed_in(raw)))
    refuse_unmet(case, [check for check in step.checks if not check.holds(case)])
    if case.answers.get("reason"):
        case.reason = str(case.answers["reason"])


def refuse_unmet(case: Case, unmet: list[Guard]) -> None:
    """Tell every sentence at once; those about one answer come first and stand at its field."""
    told = {
        check: check.otherwise if isinstance(check.otherwise, str) else check.otherwise(case)
        for check in unmet
    }
    at_fields = {check.field: sentence for check, sentence in told.items() if check.field}
    if at_fields:
        raise Incomplete("".join(at_fields.values()), fields=at_fields)
    if told:
        raise Refused("".join(dict.fromkeys(told.values())))


def _keep_answers(case: Case, step: Step) -> None:
    kept = {field.key for field in step.asks if field.keeps and not field.sealed}
    for key, value in case.answers.items():
        if key in kept:
            case.set(key, value)


def _step_here(case: Case, step_key: str, *, seen_seq: int | None) -> Step:
    try:
        step = case.loop.step(step_key)
    except KeyError:
        raise NotFound from None
    if case.now < case.matter.moved_at:
        last = case.matter.moved_at.astimezone(SHANGHAI)
        raise Refused(f"办理时间早于上一次办理（{last:%Y-%m-%d %H:%M:%S}），请核对时间后再办。")
    if seen_seq is not None and journal.taken_since(case.matter, step_key, seen_seq):
        raise Refused(f"“{step.label}”刚才已经办过，请刷新页面查看最新情况。")
    return step


def _move(case: Case, target: str) -> None:
    stage = case.loop.stage(target)
    matter = case.matter
    matter.stage = stage.key
    if stage.closed and matter.is_open:
        matter.is_open, matter.closed_at = False, case.now
    elif not stage.closed and not matter.is_open:
        matter.is_open, matter.closed_at = True, None


def _enter_stage(case: Case, stage_before: str | None, *, step_key: str) -> None:
    """Move the clocks: stop what the new stage doesn't name, arm what it does."""
    matter = case.matter
    named = {d.key: d for d in deadlines_of(case.loop.stage(matter.stage))}
    if stage_before is None:
        case.timers = {}
    for key, running in case.timers.items():
        if key not in named and running.state in (Timer.State.RUNNING, Timer.State.PAUSED):
            done = clocks.is_done_by(step_key, running, loop=case.loop, at=case.now)
            clocks.stop(running, at=case.now, done=done)
    for key, deadline in named.items():
        timer: Timer | None = case.timers.get(key)
        restarts = step_key in deadline.restarts_on
        if timer is not None and not restarts:
            if timer.state == Timer.State.DONE and stage_before != matter.stage:
                clocks.resume(timer, matter=matter, on=case.today)
            continue
        started = clocks.start_moment(deadline.since, facts=case.facts, now=case.now)
        armed = clocks.arm(matter, deadline, started_at=started, on=case.today, timer=timer)
        if armed is not None:
            case.timers[key] = armed


def _propose(
    case: Case, rule_key: str, evidence: dict[str, dict[str, Any]], *, at: datetime
) -> None:
    open_or_join(case, rule_key, evidence, at=at, open_child=_open)


def correct_facts(case: Case, changes: dict[str, Any], *, reason: str) -> Matter:
    """Change facts with a reason; the trail keeps before and after (更正)."""
    before = journal.columns_of(case.matter)
    facts_before = dict(case.facts)
    case.answers = changes
    for key, value in changes.items():
        case.set(key, value)
    for effect in case.loop.on_correct:
        effect(case)
    case.reason = reason
    return commit(case, step="correct", before=before, facts_before=facts_before)


def _follow_up(case: Case) -> None:
    for proposal_id in ceased(case):
        _take(lock(proposal_id, by=CLOCK, now=case.now), "cease", {}, seen_seq=None)
    for matter_id, step_key, answers in case.follow_ups:
        other = lock(matter_id, by=case.by, now=case.now)
        _take(other, step_key, answers, seen_seq=None)
    for kind, answers, first_step, first_answers in case.siblings:
        sibling = _open(
            catalog().loop(kind),
            by=case.by,
            now=case.now,
            answers=answers,
            region_id=case.matter.path_ids[-1] if case.matter.path_ids else None,
            parent=None,
        )
        other = lock(sibling.pk, by=case.by, now=case.now)
        _take(other, first_step, first_answers, seen_seq=None)
    for matter_id, changes, reason in case.corrections:
        correct_facts(lock(matter_id, by=case.by, now=case.now), changes, reason=reason)
    for rule_key, ground, evidence in case.proposed:
        _propose(case.above, rule_key, {ground: evidence}, at=case.now)


__all__ = [
    "COLUMNS",
    "Arrival",
    "commit",
    "correct_facts",
    "lock",
    "open_child",
    "open_matter",
    "open_prepared",
    "refuse_unmet",
    "settle",
    "take_step",
]
