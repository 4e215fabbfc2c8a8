"""Random walks over every loop: whoever presses what, trail, clocks, story and stages agree."""

import random
from collections import Counter
from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from django.db import transaction

from bihuan.accounts.actors import PUBLIC, Actor
from bihuan.language.clock import SHANGHAI, Paused
from bihuan.language.loop import Loop
from bihuan.matters import clocks, trail
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Entry, Facts, Matter, Timer
from bihuan.matters.naming import Names
from bihuan.matters.permission import allowed
from bihuan.matters.reach import may_see
from bihuan.matters.refusals import Refused
from bihuan.matters.revisions import ask_correction
from bihuan.matters.stories import told
from bihuan.matters.ticking import tick
from tests.people import STAFF, County
from tests.soak import ground
from tests.walks.test_random_walks import START, answer, check_whole

PRESSES = 120
LEADS = 3  # open at any time
TICKS, CLOSED, CORRECTED = 0.1, 0.1, 0.03
# Half of the walks begin far on: few come so far by themselves.
STARTS = (None, None, None, ground.reported_back, ground.closed, ground.rewarded)
ENOUGH = 100  # walks in which every loop should have been moved
Figures = dict[str, object]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round is one walk, thrown away afterwards; the loops that were moved are told."""
    county = ground.settle()
    seen: set[tuple[str, str]] = set()
    for number in numbers:
        draw = ground.drawn(seed, "property", number)
        with transaction.atomic():
            now, taken = _walk(county, draw)
            faults = _faults(now, county)
            seen |= _seen()
            transaction.set_rollback(True)
        if not taken:
            faults.append("nothing could be taken")
        loops = {kind for kind, _step in seen}
        if number == numbers[-1] and len(numbers) >= ENOUGH:
            lacking = {loop.key for loop in catalog().loops} - loops
            faults += [f"no walk came to {key}" for key in sorted(lacking)]
        yield number, faults, {"taken": taken, "loops": len(loops), "steps": len(seen)}


def _walk(county: County, draw: random.Random) -> tuple[datetime, int]:
    """Presses, with a few leads open at any time; returns when it ended and how many were taken."""
    now, taken, staff = START, 0, [PUBLIC, *(county.actor(account) for account in STAFF)]
    start = draw.choice(STARTS)
    if start is not None:
        start(county, now)
    for _ in range(PRESSES):
        now += timedelta(hours=draw.randint(1, 12))
        if Matter.objects.filter(kind="lead", is_open=True).count() < LEADS:
            _open_lead(county, now)
        if draw.random() < TICKS:
            tick(now=now)
        opened = list(Matter.objects.filter(is_open=True).order_by("id"))
        # The one that is further on of two: else a lead hardly ever comes to its end.
        matter = max(draw.choice(opened), draw.choice(opened), key=attrgetter("last_seq"))
        closed = Matter.objects.filter(is_open=False)
        kinds = sorted(set(closed.values_list("kind", flat=True)))
        if kinds and draw.random() < CLOSED:  # of each kind as often: few rewards are paid
            matter = draw.choice(list(closed.filter(kind=draw.choice(kinds)).order_by("id")))
        if draw.random() < CORRECTED:
            taken += _correct(matter, draw.choice(staff), now)
        taken += _press(county, staff, draw, matter, now)
    tick(now=now)  # a lead that was split off is as late as the one it came from
    return now, taken


def _press(
    county: County, staff: list[Actor], draw: random.Random, matter: Matter, now: datetime
) -> bool:
    """Somebody takes a step that he is offered, rather a new one than one taken before."""
    before = Counter(Entry.objects.filter(matter_id=matter.pk).values_list("step", flat=True))
    facts = Facts.objects.get(pk=matter.pk).data
    loop = catalog().loop(matter.kind)
    where = {"unit_id": matter.unit_id, "path": matter.path_ids}
    may = [
        (draw.random() ** (1 + 4 * before[step.key]), place, by, step)
        for place, by in enumerate(staff)
        for step in loop.steps_from(matter.stage)
        if by.may(step.by, **where)
    ]
    for _chance, _place, by, step in sorted(may, key=itemgetter(0), reverse=True):
        case = Case(matter=matter, loop=loop, by=by, now=now, facts=dict(facts))
        if allowed(case, step) is None and may_see(matter, by=by):
            answers = {field.key: answer(field, county, draw, now, case) for field in step.asks}
            return _taken(matter, step.key, by=by, now=now, answers=answers)
    return False


def _taken(matter: Matter, step: str, *, by: Actor, now: datetime, answers: dict[str, Any]) -> bool:
    try:
        take_step(matter.pk, step, by=by, now=now, answers=answers)
    except Refused:
        return False
    return True


def _correct(matter: Matter, by: Actor, now: datetime) -> bool:
    """Somebody asks for another title; where others acted, a second person has to agree."""
    changes = {catalog().loop(matter.kind).title: "反映兴旺煤矿夜班带班领导没有下井"}
    try:
        ask_correction(matter.pk, changes=changes, reason="标题写得不准。", by=by, now=now)
    except Refused:
        return False
    return True


def _open_lead(county: County, now: datetime) -> None:
    answers = ground.opening(county)
    by = county.actor("intake")
    open_matter("lead", by=by, now=now, answers=answers, region_id=county.region.pk)


def _seen() -> set[tuple[str, str]]:
    """Which steps of which loops stand in the trail."""
    kinds = dict(Matter.objects.values_list("id", "kind"))
    rows = Entry.objects.filter(matter_id__in=kinds).values_list("matter_id", "step")
    return {(kinds[matter_id], step) for matter_id, step in rows}


def _faults(now: datetime, county: County) -> list[str]:
    faults: list[str] = []
    try:
        check_whole(now)
    except AssertionError as broken:
        faults.append(f"not whole: {str(broken)[:300]}")
    for matter in Matter.objects.order_by("id"):
        loop = catalog().loop(matter.kind)
        lines = [
            trail.from_bytes(bytes(body))
            for body in Entry.objects.filter(matter_id=matter.pk)
            .order_by("seq")
            .values_list("body", flat=True)
        ]
        faults += [f"{matter.kind} {fault}" for fault in _stages(matter, loop, lines)]
        faults += [f"{matter.kind} {fault}" for fault in _clocks(matter)]
        faults += [f"{matter.kind} {fault}" for fault in _story(matter, loop, lines, county, now)]
    return faults


def _stages(matter: Matter, loop: Loop, lines: list[trail.Line]) -> Iterator[str]:
    """From the trail alone there is one stage that the matter can be in: the one it is in."""
    stage = ""
    for line in lines:
        if line.step != "open" and line.stage_from != stage:
            yield f"{line.step} started from {line.stage_from!r}, the matter was in {stage!r}"
        step = next((one for one in loop.steps if one.key == line.step), None)
        if step is not None:
            if step not in loop.steps_from(stage):
                yield f"{line.step} was taken in {stage!r}, which doesn't offer it"
            if step.target and line.stage_to != step.target:
                yield f"{line.step} led to {line.stage_to!r}, not to {step.target!r}"
        stage = line.stage_to
    if stage != matter.stage:
        yield f"stands in {matter.stage!r}, its trail ends in {stage!r}"


def _clocks(matter: Matter) -> Iterator[str]:
    """Every clock, computed anew from what it keeps, shows the same moments."""
    timers = list(Timer.objects.filter(matter=matter))
    for timer in timers:
        due = clocks.due_of(timer)
        kept = (timer.due_at, timer.late_from)
        again = (None, None) if isinstance(due, Paused) else (due.due_at, due.late_from)
        if kept != again:
            yield f"clock {timer.key} keeps {kept}, computed anew {again}"
        if timer.state == Timer.State.RUNNING:
            anew = copy(timer)
            clocks.project(anew, matter=matter, on=matter.moved_at.astimezone(SHANGHAI).date())
            if anew.next_at != timer.next_at:
                yield f"clock {timer.key} rings at {timer.next_at}, computed {anew.next_at}"
    shown = (matter.due_at, matter.late_from)
    clocks.project_matter(matter, timers)
    if shown != (matter.due_at, matter.late_from):
        yield f"shows {shown}, its clocks say {(matter.due_at, matter.late_from)}"


def _story(
    matter: Matter, loop: Loop, lines: list[trail.Line], county: County, now: datetime
) -> Iterator[str]:
    """The trail can be told, a sentence an entry, with nothing left unfilled."""
    facts = Facts.objects.get(pk=matter.pk).data
    case = Case(matter=matter, loop=loop, by=county.actor("office"), now=now, facts=facts)
    try:
        sentences = told(lines, loop=loop, names=Names.of_case(case))
    except Exception as error:  # noqa: BLE001 - whatever a story falls over is a fault
        yield f"its story can't be told: {error!r}"
        return
    if len(sentences) != len(lines):
        yield f"{len(lines)} entries, {len(sentences)} sentences"
    for one in sentences:
        if not one.words or "{" in one.words:
            yield f"a sentence isn't filled: {one.words!r}"
