"""Built into every loop: 更正 (facts corrected, by two persons once others acted) and 撤回."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from bihuan.accounts.actors import Actor
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard, Loop, NoDeadline, Stage, Step
from bihuan.matters import clocks, numbers, trail
from bihuan.matters.answers import CONFIRMED, clean_answers
from bihuan.matters.case import Case
from bihuan.matters.engine import OPENED, commit, correct_facts, lock, open_child, refuse_unmet
from bihuan.matters.journal import columns_of
from bihuan.matters.models import Entry, Matter, NumberVoid, PaperCopy, RungFired, Timer
from bihuan.matters.reach import sees_the_region
from bihuan.matters.refusals import NotYours, Refused
from bihuan.matters.writing import engine_writes, keep

CLOCK_STATE, CLOCK_STARTED, _DUE, _BUDGET, CLOCK_REASON, CLOCK_UNTIL, CLOCK_DONE = range(7)
_MOMENTS = ("opened_at", "closed_at")
_CLOSED = NoDeadline("已办结")

ANSWERING = ("office", "leader", "head")
NOT_HANDLED = "更正须由办理过本事项的人员或负责人提出。"

REASON = Field(
    key="revision_reason",
    label="理由",
    kind=Kind.LONG_TEXT,
    required=True,
    personal=True,
    max_length=400,
    hint="写明为什么改，会记入办理经过",
)


def is_still_current(case: Case) -> bool:
    """Nobody has answered anew, or corrected, what this correction is about since it was asked."""
    parent, asked = case.above, set(json.loads(str(case.facts["changes"])))
    since = Entry.objects.filter(
        matter_id=parent.matter.pk, happened_at__gt=case.matter.opened_at
    ).values_list("body", flat=True)
    steps = {step.key: {field.key for field in step.asks} for step in parent.loop.steps}
    for body in since:
        line = trail.from_bytes(bytes(body))
        if asked & (steps.get(line.step, set()) | line.changes.get("facts", {}).keys()):
            return False
    return True


def apply_correction(case: Case) -> None:
    """A second person agreed: the parent's facts change now."""
    changes = json.loads(str(case.facts["changes"]))
    case.correct(case.above.matter.pk, changes, reason=str(case.facts["reason"]))


CORRECTION = Loop(
    key="correction",
    label="更正",
    parent="*",
    open_by=(),
    opens_with=(
        Field(key="what", label="更正内容", required=True, max_length=400),
        Field(key="changes", label="更正数据", kind=Kind.LONG_TEXT, required=True),
        Field(key="reason", label="更正理由", kind=Kind.LONG_TEXT, required=True, personal=True),
    ),
    title="what",
    summary="reason",
    sensitive=True,  # it may stand beside a matter that is
    stages=(
        Stage(
            key="asked",
            label="待复核",
            holder="office",
            deadline=NoDeadline("原文未规定更正时限"),
        ),
        Stage(key="applied", label="已更正", holder="office", closed=True, deadline=_CLOSED),
        Stage(key="refused", label="未同意", holder="office", closed=True, deadline=_CLOSED),
    ),
    steps=(
        Step(
            key="agree",
            label="同意更正",
            source=("asked",),
            target="applied",
            by=ANSWERING,
            other_than=(OPENED,),
            guards=(
                Guard(
                    holds=is_still_current,
                    otherwise="提出更正以后，要更正的内容又有变化，不能再同意，"
                    "请办“不同意更正”，由提出人按现在的内容重新提出。",
                ),
            ),
            effects=(apply_correction,),
            story="{who}复核同意更正：{what}。",
        ),
        Step(
            key="refuse",
            label="不同意更正",
            source=("asked",),
            target="refused",
            by=ANSWERING,
            asks=(
                Field(
                    key="refusal", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True
                ),
            ),
            story="{who}不同意更正：{refusal}",
        ),
    ),
)


def ask_correction(
    matter_id: int,
    *,
    changes: Mapping[str, Any],
    reason: str,
    by: Actor,
    now: datetime,
    confirmed: Collection[str] = (),
) -> Matter:
    """Correct facts: at once while only this person acted, else through a second person.

    `confirmed` holds the keys of texts (REASON.key for the reason) whose seeming names are none.
    """
    with engine_writes():
        case = lock(matter_id, by=by, now=now)
        actors = actors_of(case)
        if not may_correct(case, actors):
            raise NotYours(NOT_HANDLED)
        known = case.loop.fields
        unknown = sorted(set(changes) - set(known))
        if unknown or not changes:
            raise Refused("请选择要更正的内容。")
        _refuse_fixed([known[key] for key in changes])
        asked = (*(known[key] for key in changes), REASON)
        sent = {**changes, REASON.key: reason, CONFIRMED: list(confirmed)}
        cleaned = clean_answers(asked, sent, case=case)
        reason = cleaned.pop(REASON.key)
        refuse_unmet(case, _broken_by(case, cleaned))
        case.confirmed = tuple(sorted({field.key for field in asked} & set(confirmed)))
        # What is closed was reported upward as it stood: a firm doesn't change that alone.
        alone = case.matter.is_open or sees_the_region(by)
        if actors <= {by.user_id} and alone:
            return correct_facts(case, cleaned, reason=reason)
        what = "、".join(known[key].label for key in cleaned)
        told = json.dumps(cleaned, ensure_ascii=False)
        answers: dict[str, Any] = {"what": f"更正{what}", "changes": told, "reason": reason}
        if REASON.key in confirmed:
            answers[CONFIRMED] = ["reason"]
        return open_child(case, CORRECTION.key, answers=answers)


def _refuse_fixed(asked: list[Field]) -> None:
    """What the clock writes from readings would be overwritten by the next of them."""
    final = "、".join(field.label for field in asked if field.final)
    if final:
        raise Refused(f"“{final}”已据以开出后续事项，不能更正；有误的，请撤销后续事项，重新认定。")
    labels = "、".join(field.label for field in asked if field.derived)
    if labels:
        raise Refused(f"“{labels}”由系统按数据写入，不能更正；数据有误的，请报送单位更正数据。")


def may_correct(case: Case, actors: Collection[int]) -> bool:
    """Whoever is among its actors may, and who answers for its unit; a closed matter too."""
    matter = case.matter
    answers_for_it = case.by.may(ANSWERING, unit_id=matter.unit_id, path=matter.path_ids)
    return answers_for_it or case.by.user_id in actors


def actors_of(case: Case) -> set[int]:
    """The accounts of all persons who acted in a matter."""
    entries = Entry.objects.filter(matter_id=case.matter.pk, actor_id__gt=0)
    return set(entries.values_list("actor_id", flat=True))


def _broken_by(case: Case, changes: Mapping[str, Any]) -> list[Guard]:
    """Checks of the steps that asked for these answers, which the changes fail or break.

    Of what isn't changed only what held until now counts: some checks compare with the present.
    """
    entries = Entry.objects.filter(matter_id=case.matter.pk)
    taken = set(entries.order_by().values_list("step", flat=True))
    broken = []
    for step in case.loop.steps:
        before = {field.key: case.facts.get(field.key) for field in step.asks}
        if step.key not in taken or not changes.keys() & before.keys():
            continue
        after = {key: changes.get(key, value) for key, value in before.items()}
        for check in step.checks:
            is_there = after.get(check.field) not in (None, "")
            if not is_there or _holds(check, case, after):
                continue
            if check.field in changes or _holds(check, case, before):
                broken.append(check)
    case.answers = dict(changes)
    return broken


def _holds(check: Guard, case: Case, answers: dict[str, Any]) -> bool:
    case.answers = answers
    return check.holds(case)


def withdraw_step(matter_id: int, *, reason: str, by: Actor, now: datetime) -> Matter:
    """撤回: take one's own last step back while nobody has acted on it."""
    with engine_writes():
        case = lock(matter_id, by=by, now=now)
        last, before_it = _last_lines(case)
        if last.actor_id != by.user_id or last.step in (OPENED, "withdraw"):
            raise Refused("只能撤回您本人刚办的一步，且其后没有人办理。")
        if last.changes.get("children"):
            raise Refused("这一步已生成关联事项，不能撤回，请改用更正或作废。")
        if not reason.strip():
            raise Refused("请写明撤回理由。")
        before, facts_before = columns_of(case.matter), dict(case.facts)
        _restore_columns(case, last)
        for key, (old, _new) in last.changes.get("facts", {}).items():
            case.set(key, old)
        _restore_clocks(case, before_it.changes.get("clocks", {}))
        _void_papers(case, last, reason)
        case.reason = reason
        return commit(case, step="withdraw", before=before, facts_before=facts_before)


def _last_lines(case: Case) -> tuple[trail.Line, trail.Line]:
    bodies = Entry.objects.filter(matter_id=case.matter.pk).order_by("-seq")
    lines = [trail.from_bytes(bytes(body)) for body in bodies.values_list("body", flat=True)[:20]]
    steps = [line for line in lines if not line.step.startswith("clock.")]
    if len(steps) < 2 or lines[0].step.startswith("clock."):
        raise Refused("只能撤回您本人刚办的一步，且其后没有人办理。")
    return steps[0], steps[1]


def _restore_columns(case: Case, last: trail.Line) -> None:
    for name, (old, _new) in last.changes.get("columns", {}).items():
        value = datetime.fromisoformat(old) if name in _MOMENTS and old else old
        setattr(case.matter, name, value)


def _restore_clocks(case: Case, kept: Mapping[str, list[Any]]) -> None:
    for key, timer in case.timers.items():
        told = kept.get(key)
        if told is None:
            clocks.stop(timer, at=case.now, done=False)
        else:
            timer.started_at = datetime.fromisoformat(told[CLOCK_STARTED])
            timer.extension_reason = told[CLOCK_REASON]
            until = told[CLOCK_UNTIL]
            timer.extended_to = date.fromisoformat(until) if until else None
            done = told[CLOCK_DONE]
            timer.done_at = datetime.fromisoformat(done) if done else None
            # The run that is taken up again had its rungs: they don't act a second time.
            acted = RungFired.objects.filter(timer=timer, started_at=timer.started_at)
            timer.fired = list(acted.order_by("id").values_list("offset", flat=True))
            clocks.project(timer, matter=case.matter, on=case.today)
            timer.state = Timer.State(told[CLOCK_STATE])
            if timer.state != Timer.State.RUNNING:
                timer.next_at = None
        keep(timer)


def _void_papers(case: Case, last: trail.Line, reason: str) -> None:
    for paper in last.changes.get("papers", []):
        if _is_corrected(case, paper):
            continue
        NumberVoid.objects.create(
            series=paper["paper"],
            organ=numbers.organ_of(case),
            number=f"{paper['number']}（{case.matter.pk}）",
            matter=case.matter,
            reason=reason[:400],
            voided_at=case.now,
        )


def _is_corrected(case: Case, paper: dict[str, Any]) -> bool:
    copies = PaperCopy.objects.filter(matter=case.matter, number=paper["number"])
    return copies.filter(version__gt=1).exists()
