"""Routes of ledgers and of the declarations themselves."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from
from bihuan.api.callers import CALLERS
from bihuan.api.field_schemas import OptionsOf, asked_schema, options_at
from bihuan.api.problems import Problem
from bihuan.api.routes_matters import next_address
from bihuan.api.schemas import KindsOut, LedgerAsked, LedgerOut
from bihuan.api.shapes import Shape, named
from bihuan.language.clock import SHANGHAI
from bihuan.language.loop import Loop, deadlines_of
from bihuan.language.words import Ledger
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Record
from bihuan.matters.moment import now
from bihuan.matters.permission import why_not
from bihuan.matters.records import records_seen
from bihuan.matters.refusals import NotYours
from bihuan.places.models import Region

router = Router(auth=CALLERS)
PAGE = 50


@router.get(
    "/ledgers/{key}",
    response=LedgerOut,
    tags=["台账"],
    operation_id="show_ledger",
    summary="一本台账的记录",
)
def show_ledger(request: HttpRequest, key: str, asked: Query[LedgerAsked]) -> Shape:
    """范围内的记录，最近登记在前，每页 50 条；void=true 看已作废的。"""
    by = actor_from(request)
    ledger = _ledger(key, by=by)
    found = records_seen(ledger.key, by=by).filter(is_void=asked.void).order_by("-id")
    if asked.after:
        last = from_code(asked.after)
        if last is None:
            sentence = "after 应取自上一页的 next，请不要改动。"
            raise Problem(422, sentence, fields={"after": sentence})
        found = found.filter(pk__lt=last)
    rows = list(found[: PAGE + 1])
    shown = rows[:PAGE]
    last_key = str(shown[-1].pk) if len(rows) > PAGE else ""
    return {
        "key": ledger.key,
        "label": ledger.label,
        "items": [_record(ledger, record) for record in shown],
        "next": next_address(request, {"void": "true" if asked.void else ""}, last=last_key),
    }


@router.get(
    "/kinds", response=KindsOut, tags=["声明"], operation_id="list_kinds", summary="各类事项的声明"
)
def list_kinds(request: HttpRequest) -> Shape:
    """每类事项的环节、动作和要填的内容，选项按调用者所在地此刻的设定。"""
    by = actor_from(request)
    options_of = options_at(_path(by), on=now().astimezone(SHANGHAI).date())
    return {"items": [_kind(loop, by=by, options_of=options_of) for loop in catalog().loops]}


def _ledger(key: str, *, by: Actor) -> Ledger:
    ledger = next((ledger for ledger in catalog().ledgers if ledger.key == key), None)
    if ledger is None:
        raise Problem(404, "没有这本台账，请核对名称。")
    if not by.regions_seen() and not set(ledger.write_by) & by.roles:
        raise NotYours(f"{ledger.label}由{why_not(ledger.write_by)}登记和查看。")
    return ledger


def _record(ledger: Ledger, record: Record) -> Shape:
    shown = {field.key for field in ledger.fields if field.keeps and not field.sealed}
    kept = ("title", "valid_from", "valid_until", "is_void", "version")
    return {
        **{name: getattr(record, name) for name in kept},
        "id": to_code(record.pk),
        "region": named(record.region_id, record.region.name),
        "site": named(record.site_id, record.site.name if record.site else ""),
        "unit": named(record.unit_id, record.unit.name if record.unit else ""),
        "facts": {key: value for key, value in record.facts.items() if key in shown},
    }


def _kind(loop: Loop, *, by: Actor, options_of: OptionsOf) -> dict[str, Any]:
    opens_with = asked_schema(loop.opens_with, title=f"登记{loop.label}", options_of=options_of)
    return {
        "key": loop.key,
        "label": loop.label,
        "parent": loop.parent,
        "may_open": bool(set(loop.open_by) & by.roles),
        "opens_with": opens_with,
        "stages": [
            {
                "key": stage.key,
                "label": stage.label,
                "holder": stage.holder,
                "closed": stage.closed,
                "deadlines": [deadline.label for deadline in deadlines_of(stage)],
            }
            for stage in loop.stages
        ],
        "steps": [
            {
                "key": step.key,
                "label": step.label,
                "source": list(step.source),
                "target": step.target,
                "by": list(step.by),
                "asks": asked_schema(step.asks, title=step.label, options_of=options_of),
            }
            for step in loop.steps
        ],
    }


def _path(by: Actor) -> tuple[int, ...]:
    """The place whose settings hold for the actor: the first region of a grant."""
    region = (
        Region.objects.filter(pk__in=[held.region_id for held in by.held]).order_by("pk").first()
    )
    return region.path_ids if region else ()
