"""A ground that comes up while its work is under way is added to it, and opens nothing new."""

from datetime import datetime
from typing import Final

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop, Step
from bihuan.language.words import Finding, Watch
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter

JOIN_STEP: Final = "join_ground"


def join_step(*, source: tuple[str, ...], by: tuple[str, ...]) -> Step:
    """The step by which a loop takes in a further ground; `by` decides on proposals of it."""
    return Step(
        key=JOIN_STEP,
        label="增加情形",
        source=source,
        by=("clock", *by),
        asks=(
            Field(key="ground", label="情形键", keeps=False, max_length=80, hint="系统填写"),
            Field(
                key="more_evidence",
                label="情形",
                kind=Kind.LONG_TEXT,
                required=True,
                keeps=False,
            ),
        ),
        effects=(join_ground,),
        story="增加情形：{more_evidence}",
    )


def join_ground(case: Case) -> None:
    """The evidence stands below the first; its ground never counts again."""
    words = str(case.answers["more_evidence"])
    at = case.now.astimezone(SHANGHAI)
    told = str(case.facts.get("added") or "")
    case.set("added", f"{told}\n{at:%Y-%m-%d %H:%M} {words}".strip())
    if ground := case.answers.get("ground"):
        keep_ground(case, str(ground))


def keep_ground(case: Case, ground: str) -> None:
    """This ground is one of those that the work is about."""
    known = list(case.facts.get("grounds") or [])
    case.set("grounds", known if ground in known else [*known, ground])


def under_way(kind: str, site_id: int | None) -> Matter | None:
    """The open work of a kind at a site that takes in further grounds."""
    if not takes_grounds(catalog().loop(kind)) or site_id is None:
        return None
    found = Matter.objects.filter(kind=kind, site_id=site_id, is_open=True)
    return found.order_by("id").first()


def takes_grounds(loop: Loop) -> bool:
    """Whether a loop declares the step."""
    return any(step.key == JOIN_STEP for step in loop.steps)


def is_taken_in(watch: Watch, finding: Finding, *, now: datetime) -> bool:
    """Add what was found to the work under way, once; False where there is none to add it to."""
    for kind in watch.opens:
        if not takes_grounds(catalog().loop(kind)):
            continue
        works = Matter.objects.filter(kind=kind, site_id=finding.site).select_related("facts_row")
        for work in works.order_by("id"):
            if finding.key in (work.facts_row.data.get("grounds") or ()):
                return True
        going = under_way(kind, finding.site)
        if going is not None:
            answers = {"ground": finding.key, "more_evidence": finding.text}
            take_step(going.pk, JOIN_STEP, by=CLOCK, now=now, answers=answers)
            return True
    return False
