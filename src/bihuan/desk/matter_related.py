"""What stands beside a matter: what it came from, what came from it, and earlier ones alike."""

from typing import Any

from django.db.models import QuerySet

from bihuan.accounts.actors import Actor
from bihuan.database.prepared import prepared
from bihuan.desk.rows import Look, Row, deadline_cell, look_at, state_cell, url_of
from bihuan.leads.likeness import suggestions
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.inbox import ROW, as_row, inbox
from bihuan.matters.models import Matter
from bihuan.matters.reach import visible

CHILDREN_MAX = 60
EARLIER_MAX = 5
BESIDE_MAX = 8
SHOWN_ELSEWHERE_MAX = 2  # the matter itself and the one above it
ALIKE_KIND = "lead"
ALIKE_STAGES = 4  # how many stages from the first on look for earlier ones alike

type Entry = dict[str, Any]


def related_to(case: Case) -> list[Entry]:
    """Groups of related matters with headings; each with stage and clock."""
    matter = case.matter
    reach = case.by.reach
    beside = [as_row(one) for one in _children(reach, matter.pk)]
    above = [as_row(one) for one in _itself(reach, matter.parent_id)] if matter.parent_id else []
    shown = {row["id"] for row in (*beside, *above)}
    earlier = _earlier(case, besides=shown) if not matter.parent_id else []
    look = look_at([*beside, *above, *earlier], at=case.now, above=_this(case))
    groups = (
        ("来自", above),
        ("由本事项生成", beside),
    )
    entries = [one for label, rows in groups for one in _group(label, rows, look=look)]
    return entries + _group("同一监管对象", earlier, look=look)


def waiting_beside(case: Case) -> list[Entry]:
    """Matters beside this one that wait for the actor, as entries of 可办理事项."""
    if not case.loop.children:
        return []
    found = [as_row(one) for one in _waiting(case.by.reach, case.matter.pk)]
    look = look_at(found, at=case.now, above=_this(case))
    blocking = {child.kind for child in case.loop.children if child.blocks_close}
    return [_to_do(row, look=look, blocks=row["kind"] in blocking) for row in found]


def _this(case: Case) -> dict[int, str]:
    return {case.matter.pk: case.matter.number or case.matter.acceptance_number}


def alike(case: Case, *, summary: str, site_id: int | None, limit: int = 3) -> list[dict[str, Any]]:
    """Earlier leads that read alike, with the reason; nothing is merged by the system."""
    if case.loop.key != ALIKE_KIND or not summary.strip():
        return []
    found = suggestions(
        summary,
        site_id=site_id,
        by=case.by,
        now=case.now,
        limit=limit,
        exclude=(case.matter.pk,) if case.matter.pk else (),
    )
    look = look_at([], at=case.now)
    return [
        {
            "id": one.matter.pk,
            "entry": {
                "title": f"{one.matter.number or one.matter.acceptance_number}　{one.matter.title}",
                "url": url_of(one.matter.pk, look=look),
                "sub": one.why,
                "chip": {
                    "label": "可能重复" if one.is_likely else "相近",
                    "tone": "todo" if one.is_likely else "plain",
                },
            },
        }
        for one in found
    ]


def same_site(case: Case, *, site_id: int | None) -> list[Entry]:
    """Earlier matters of a site, for the form that names it."""
    rows = _of_site(case, site_id=site_id, besides=set())
    return _group("同一监管对象", rows, look=look_at(rows, at=case.now))


def _to_do(row: Row, *, look: Look, blocks: bool) -> Entry:
    loop = catalog().loop(row["kind"])
    cell = deadline_cell(row, look=look)
    stage = loop.stage(row["stage"]).label
    words = [stage, cell["words"], "办完才能办结" if blocks else ""]
    return {
        "label": f"办理“{loop.label}”",
        "url": url_of(row["id"], look=look),
        "icon": "transfer",
        "primary": False,
        "note": "，".join(word for word in words if word),
    }


def looks_for_alike(case: Case) -> bool:
    """Only while a lead is young, and only for those who would merge it."""
    young = {stage.key for stage in case.loop.stages[:ALIKE_STAGES]}
    is_told = bool(str(case.facts.get(case.loop.summary) or ""))
    is_young = case.loop.key == ALIKE_KIND and case.matter.stage in young
    return is_young and is_told and bool(case.by.regions_seen())


def alike_to(case: Case) -> list[Entry]:
    """Earlier leads like this one. They are fetched after the page: to compare hundreds of texts
    takes longer than all the rest of it.
    """
    if not looks_for_alike(case):
        return []
    title = str(case.facts.get(case.loop.title) or "")
    summary = str(case.facts.get(case.loop.summary) or "")
    found = alike(case, summary=f"{title}。{summary}", site_id=case.matter.site_id)
    return [one["entry"] for one in found]


def _earlier(case: Case, *, besides: set[int]) -> list[Row]:
    return _of_site(case, site_id=case.matter.site_id, besides=besides)


def _of_site(case: Case, *, site_id: int | None, besides: set[int]) -> list[Row]:
    if not site_id:
        return []
    not_here = {*besides, case.matter.pk}
    rows = [as_row(one) for one in _newest_of_site(case.by.reach, site_id)]
    return [row for row in rows if row["id"] not in not_here][:EARLIER_MAX]


type _Rows = QuerySet[Matter, tuple[Any, ...]]


@prepared
def _children(by: Actor, matter_id: int) -> _Rows:
    found = visible(by).filter(parent_id=matter_id).order_by("-is_open", "id")
    return found.values_list(*ROW)[:CHILDREN_MAX]


@prepared
def _itself(by: Actor, matter_id: int) -> _Rows:
    return visible(by).filter(pk=matter_id).values_list(*ROW)


@prepared
def _waiting(by: Actor, parent_id: int) -> _Rows:
    found = inbox(by).filter(parent_id=parent_id).order_by("due_at", "id")
    return found.values_list(*ROW)[:BESIDE_MAX]


@prepared
def _newest_of_site(by: Actor, site_id: int) -> _Rows:
    """The newest of a site; so many that five are left without those shown elsewhere."""
    found = visible(by).filter(site_id=site_id, parent=None).order_by("-id")
    return found.values_list(*ROW)[: EARLIER_MAX + SHOWN_ELSEWHERE_MAX]


def _group(label: str, rows: list[Row], *, look: Look) -> list[Entry]:
    if not rows:
        return []
    return [{"heading": label}, *(_entry(row, look=look) for row in rows)]


def _entry(row: Row, *, look: Look) -> Entry:
    loop = catalog().loop(row["kind"])
    number = row["number"] or row["acceptance_number"]
    title = look.title_of(row) if not loop.parent or loop.title else ""
    words = [loop.label if loop.parent else "", number, title]
    cell = deadline_cell(row, look=look)
    clock = f"{cell['words']}（{cell['date']}）" if cell.get("date") else cell["words"]
    return {
        "title": "　".join(dict.fromkeys(word for word in words if word)),
        "url": url_of(row["id"], look=look),
        "sub": clock,
        "chip": state_cell(loop, row, look=look),
    }
