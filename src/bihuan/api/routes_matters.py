"""Routes of matters: list, one, open, take a step."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode
from ninja import Query, Router
from ninja.responses import Status

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from
from bihuan.api.callers import CALLERS
from bihuan.api.once import answer_once
from bihuan.api.problems import Problem
from bihuan.api.schemas import MatterOut, MattersAsked, MattersOut, OpenIn, TakeIn, TakenOut
from bihuan.api.shapes import Shape, matter_shape, row_shape, taken_shape
from bihuan.language.loop import Loop
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.inbox import ROW, page_of
from bihuan.matters.models import Matter
from bihuan.matters.moment import now
from bihuan.matters.present import at_present, present_facts, title_of
from bihuan.matters.reach import visible
from bihuan.matters.refusals import NotFound
from bihuan.matters.search import find
from bihuan.matters.viewings import Viewing, record_viewing

router = Router(tags=["事项"], auth=CALLERS)
HITS_MAX = 1000


@router.get("/matters", response=MattersOut, operation_id="list_matters", summary="事项清单")
def list_matters(request: HttpRequest, asked: Query[MattersAsked]) -> Shape:
    """范围内的事项，最近登记在前，每页 50 件；next 为下一页地址。"""
    by, at = actor_from(request), now()
    found = _narrowed(asked, by=by, at=at)
    after = str(_after(asked.after)) if asked.after else ""
    page = page_of(found, after=after, newest=True)
    kept = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    present = present_facts(page.rows)
    return {
        "items": [row_shape({**row, "title": title_of(row, present)}, at=at) for row in page.rows],
        "next": next_address(request, kept, last=page.next_after),
    }


@router.post(
    "/matters", response={201: TakenOut}, operation_id="open_matter", summary="登记一件事项"
)
def open_one(request: HttpRequest, wanted: OpenIn) -> Status[Shape]:
    """登记；谁能登记由该类事项的声明决定。"""
    by, at = actor_from(request), now()
    loop = _loop(wanted.kind)
    region_id = _region(loop, by=by, wanted=wanted.region)

    def act() -> Shape:
        return taken_shape(
            open_matter(loop.key, by=by, now=at, answers=wanted.answers, region_id=region_id)
        )

    return answer_once(request, user_id=by.user_id, now=at, act=act, status=201)


@router.get("/matters/{code}", response=MatterOut, operation_id="show_matter", summary="一件事项")
def show_one(request: HttpRequest, code: str) -> Shape:
    """事实、办理留痕、期限、此刻可办和不可办的动作及原因。"""
    by, at = actor_from(request), now()
    found = visible(by).filter(pk=_id(code))
    row = found.values(*ROW).first()
    matter = found.select_related("facts_row").first()
    if matter is None or row is None:
        raise NotFound
    record_viewing(matter, Viewing.Door.API, by=by, now=at)
    facts: dict[str, Any] = dict(matter.facts_row.data)
    case = Case(matter=matter, loop=catalog().loop(matter.kind), by=by, now=at, facts=facts)
    at_present(case)
    return matter_shape(case, row)


@router.post(
    "/matters/{code}/steps/{step}",
    response=TakenOut,
    operation_id="take_step",
    summary="办理一个动作",
)
def take_one(request: HttpRequest, code: str, step: str, wanted: TakeIn) -> Status[Shape]:
    """按声明办理：谁能办、何时能办、要填什么，与页面上一致。"""
    by, at = actor_from(request), now()
    matter_id = _id(code)

    def act() -> Shape:
        return taken_shape(
            take_step(
                matter_id, step, by=by, now=at, answers=wanted.answers, seen_seq=wanted.seen_seq
            )
        )

    return answer_once(request, user_id=by.user_id, now=at, act=act, status=200)


def _narrowed(asked: MattersAsked, *, by: Actor, at: datetime) -> QuerySet[Matter]:
    found = visible(by)
    if asked.kind:
        found = found.filter(kind=_loop(asked.kind).key)
    if asked.stage:
        found = found.filter(stage=_stage(asked.stage, kind=asked.kind))
    if asked.site is not None:
        found = found.filter(site_id=asked.site)
    late = {"is_open": True, "late_from__lte": at}
    if asked.overdue is not None:
        found = found.filter(**late) if asked.overdue else found.exclude(**late)
    if asked.q:
        found = found.filter(pk__in=find(asked.q, by=by, kind=asked.kind, limit=HITS_MAX))
    return found


def next_address(request: HttpRequest, asked: dict[str, Any], *, last: str) -> str | None:
    """The address of the next page; None after the last."""
    if not last:
        return None
    words = {True: "true", False: "false"}
    kept = {key: words[v] if isinstance(v, bool) else v for key, v in asked.items() if v != ""}
    return f"{request.path}?{urlencode({**kept, 'after': to_code(int(last))})}"


def _loop(kind: str) -> Loop:
    try:
        return catalog().loop(kind)
    except KeyError:
        sentence = "没有这一类事项，种类见 GET /api/v1/kinds。"
        raise Problem(422, sentence, fields={"kind": sentence}) from None


def _stage(stage: str, *, kind: str) -> str:
    loops = (_loop(kind),) if kind else catalog().loops
    if not any(stage == one.key for loop in loops for one in loop.stages):
        sentence = "没有这个环节，环节见 GET /api/v1/kinds。"
        raise Problem(422, sentence, fields={"stage": sentence})
    return stage


def _after(after: str) -> int:
    last = from_code(after)
    if last is None:
        sentence = "after 应取自上一页的 next，请不要改动。"
        raise Problem(422, sentence, fields={"after": sentence})
    return last


def _id(code: str) -> int:
    matter_id = from_code(code)
    if matter_id is None:
        raise NotFound
    return matter_id


def _region(loop: Loop, *, by: Actor, wanted: int | None) -> int | None:
    """Where a new matter lies: a region for which the actor holds a role that may open it."""
    regions = [held.region_id for held in by.held if held.role in loop.open_by]
    if wanted is None or not regions:
        return regions[0] if regions else None
    if wanted not in regions:
        sentence = "不能在这个行政区登记，请改选本人任职的行政区。"
        raise Problem(422, sentence, fields={"region": sentence})
    return wanted
