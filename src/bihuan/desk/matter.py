"""The page of one matter (事项页), for any loop, derived from its declaration and its trail."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bihuan.accounts.requests import actor_from, signed_in
from bihuan.accounts.roles import BY_KEY
from bihuan.database.prepared import prepared
from bihuan.desk.matter_clocks import clocks_of, standing_words, why_no_clock
from bihuan.desk.matter_evidence import evidence_of
from bihuan.desk.matter_facts import facts_of, summary_of
from bihuan.desk.matter_flow import flow_of, flow_words
from bihuan.desk.matter_held import held_notices
from bihuan.desk.matter_known import summary_label_of
from bihuan.desk.matter_lists import lists_of
from bihuan.desk.matter_papers import files_of, papers_of
from bihuan.desk.matter_related import alike_to, looks_for_alike, related_to, waiting_beside
from bihuan.desk.reading import case_or_404, name_of
from bihuan.desk.revising import correctable
from bihuan.desk.sealing import sealed_card
from bihuan.desk.shell import address
from bihuan.desk.viewers import may_ask
from bihuan.language.field import Kind
from bihuan.language.loop import Step
from bihuan.matters import trail
from bihuan.matters.answers import options_of
from bihuan.matters.attachments import may_attach
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.models import Entry, Seal
from bihuan.matters.moment import now
from bihuan.matters.naming import Names
from bihuan.matters.notices import mark_read_of
from bihuan.matters.permission import Offer, offers
from bihuan.matters.revisions import may_correct
from bihuan.matters.stories import Sentence, briefed, told
from bihuan.ui.words import clock_time, machine_moment, month_day, weekday

CODE_MARKS = 4  # of an entry's hash that are shown beside it


@signed_in
def show_matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: progress, clocks, facts, steps, papers, related matters, story."""
    by, at = actor_from(request), now()
    case = case_or_404(code, by=by, now=at)
    mark_read_of(case.matter.pk, by=by, now=at)
    return render(request, "desk/matter.html", context_of(case))


@signed_in
def show_alike(request: HttpRequest, code: str) -> HttpResponse:
    """Earlier leads that may tell of the same; `?part` gives what the matter's page takes in."""
    by, at = actor_from(request), now()
    case = case_or_404(code, by=by, now=at)
    page = _page(case, place="")
    crumbs = [*page["crumbs"][:1], {**page["crumbs"][1], "url": _address(case, "matter")}]
    context = {
        "page": {**page, "title": "可能重复的线索", "state": None, "lead": page["title"]}
        | {"crumbs": [*crumbs, {"label": "可能重复的线索"}]},
        "alike": alike_to(case),
    }
    part = "part" in request.GET
    return render(request, f"desk/alike{'_part' if part else ''}.html", context)


def context_of(case: Case) -> dict[str, Any]:
    """What the template of a matter needs."""
    entries = [(bytes(body), bytes(mark)) for body, mark in _entries(case.matter.pk)]
    lines = [trail.from_bytes(body) for body, _mark in entries]
    names = Names.of_case(case)
    names.read(
        [case.facts], [{f"l{level}": pk for level, pk in enumerate(case.matter.path_ids, 1)}]
    )
    sentences = told(lines, loop=case.loop, names=names)
    flow = flow_of(case, lines, names=names)
    steps = offers(case)
    place = names.of_column(
        f"l{len(case.matter.path_ids)}", next(reversed(case.matter.path_ids), 0)
    )
    allowed = _allowed(case, steps)
    return {
        "page": _page(case, place=place),
        "jumps": [{"label": label, "url": f"#{anchor}"} for label, anchor in _JUMPS],
        "flow": flow,
        "flow_words": flow_words(case, flow),
        "clocks": clocks_of(case),
        "no_clock": why_no_clock(case),
        "facts": facts_of(case, names=names),
        "facts_label": f"{case.loop.label}内容",
        "lists": lists_of(case),
        "evidence": evidence_of(case),
        "summary": summary_of(case),
        "summary_label": summary_label_of(case),
        "allowed": allowed,
        "primary": next((step for step in allowed if step["primary"]), None),
        "refused": _refused(case, steps),
        "who": _who(case),
        "revising": _revising(case, lines),
        "days": _days(sentences, _marks(entries)),
        "brief": briefed(sentences, standing=standing_words(case)),
        "entry_count": len(lines),
        "viewers_url": _address(case, "viewers") if may_ask(case.loop, by=case.by) else "",
        "papers": papers_of(case),
        "kept_files": files_of(case),
        "attach_url": _address(case, "attach") if may_attach(case) else "",
        "related": related_to(case),
        "alike_url": _address(case, "alike") if looks_for_alike(case) else "",
        "sealed": sealed_card(case),
    }


@prepared
def _entries(matter_id: int) -> QuerySet[Entry, tuple[Any, Any]]:
    found = Entry.objects.filter(matter_id=matter_id)
    return found.order_by("seq").values_list("body", "hash")


@prepared
def _sealed(days: tuple[date, ...]) -> QuerySet[Seal, date]:
    return Seal.objects.filter(day__in=days).order_by("day").values_list("day", flat=True)


_JUMPS = (
    ("进度", "flow"),
    ("期限", "clocks"),
    ("可办理", "steps"),
    ("内容", "facts"),
    ("文书", "papers"),
    ("关联", "related"),
    ("经过", "story"),
)


def _page(case: Case, *, place: str) -> dict[str, Any]:
    matter, loop = case.matter, case.loop
    stage = loop.stage(matter.stage)
    is_late = matter.is_open and matter.late_from <= case.now
    tone = "done" if stage.closed else "late" if is_late else "doing"
    names = Names.of_case(case)
    category = _category_words(case, names)
    site = case.site.name if case.site else ""
    known = (matter.number or matter.acceptance_number, loop.label, category, site, place)
    crumbs = [
        {"label": f"{loop.label}台账", "url": address("desk:list", loop.key)},
        {"label": name_of(matter)},
    ]
    return {
        "title": matter.title if loop.title or not loop.parent else f"{loop.label}：{matter.title}",
        "state": {"label": stage.label, "tone": tone},
        "lead": " · ".join(dict.fromkeys(word for word in known if word)),
        "kicker": f"{loop.label}办理单",
        "crumbs": crumbs,
        "notices": held_notices(case),
    }


def _category_words(case: Case, names: Names) -> str:
    """The category as it is read; a child's is the one of the matter it stands beside."""
    asked = catalog().categorised(case.loop)
    if not case.matter.category or not asked.category:
        return ""
    if asked is not case.loop:
        options = options_of(asked.fields[asked.category], case=case)
        labels = {option.key: option.label for option in options}
        return labels.get(case.matter.category, case.matter.category)
    return names.of(asked.category, case.matter.category)


def _allowed(case: Case, steps: list[Offer]) -> list[dict[str, Any]]:
    """Steps the actor may take; the one that carries the matter on stands out."""
    mine = [one.step for one in steps if one.is_allowed]
    beside = waiting_beside(case)
    main = _main_step(case, mine, waits=bool(beside))
    ordered = [step for step in mine if step is main] + [step for step in mine if step is not main]
    if main is None and beside and case.matter.is_open:
        beside[0]["primary"] = True  # the matter moves on when what stands beside it is done
    taken = [
        {
            "label": step.label,
            "url": _address(case, "step", step.key),
            "icon": _icon(step),
            "primary": step is main,
            "note": step.hint,
        }
        for step in ordered
    ]
    return beside + taken if main is None else taken + beside


def _main_step(case: Case, steps: list[Step], *, waits: bool) -> Step | None:
    """The first step of the present holder that leads onwards, else that works on where it stands.

    Onwards is what the declaration lists later; ends off the progress line are nobody's aim, nor
    are exceptions, and a closed matter waits for nobody. Of work where it stands what isn't
    written yet comes first; what is written already gives way to what waits beside.
    """
    if not case.matter.is_open:
        return None
    order = [stage.key for stage in case.loop.stages]
    holder, here = case.loop.stage(case.matter.stage).holder, order.index(case.matter.stage)
    aims = [step for step in steps if step.target and holder in step.by and not step.exception]
    if case.loop.tracks:
        aims = [step for step in aims if not _is_side_end(case, step.target)]
    onwards = [step for step in aims if order.index(step.target) > here]
    staying = [step for step in aims if step.target == case.matter.stage]
    unwritten = [step for step in staying if _is_unwritten(case, step)]
    again = [] if waits else staying
    return next(iter([*onwards, *unwritten, *again]), None)


def _is_unwritten(case: Case, step: Step) -> bool:
    must = [asked.key for asked in step.asks if asked.required and asked.keeps]
    return any(case.facts.get(key) in (None, "", []) for key in must)


def _is_side_end(case: Case, key: str) -> bool:
    return case.loop.stage(key).closed and key not in case.loop.tracks


def _refused(case: Case, steps: list[Offer]) -> list[dict[str, Any]]:
    """Steps that can't be taken now: those of one's own role first, each with the reason."""
    matter = case.matter
    shown = [
        (case.by.may(one.step.by, unit_id=matter.unit_id, path=matter.path_ids), one)
        for one in steps
        if not one.is_allowed
    ]
    return [
        {"label": one.step.label, "reason": one.refusal, "of_others": not mine}
        for mine, one in sorted(shown, key=_is_of_others)
    ]


def _is_of_others(entry: tuple[bool, Offer]) -> bool:
    return not entry[0]


def _icon(step: Step) -> str:
    if step.paper:
        return "paper"
    if any(asked.kind is Kind.FILES for asked in step.asks):
        return "clip"
    return "edit" if step.asks else "check"


def _who(case: Case) -> str:
    held = dict.fromkeys(BY_KEY[held.role].label for held in case.by.held)
    return f"{case.by.name}，{'、'.join(held)}"


def _revising(case: Case, lines: list[trail.Line]) -> list[dict[str, str]]:
    """更正 for who acted or answers for it; 撤回 of the last step while nobody acted on it."""
    links = []
    actors = {line.actor_id for line in lines}
    if case.loop.parent != "*" and may_correct(case, actors) and correctable(case):
        links.append({"label": "更正内容", "url": _address(case, "correct"), "icon": "edit"})
    last = lines[-1]
    declared = {step.key for step in case.loop.steps}
    is_mine = last.actor_id == case.by.user_id and last.step in declared
    if is_mine and not last.changes.get("children"):
        links.append({"label": "撤回刚办的一步", "url": _address(case, "withdraw"), "icon": "undo"})
    return links


def _days(sentences: list[Sentence], marks: list[tuple[bytes, bool]]) -> list[dict[str, Any]]:
    """Sentences by day with short codes, and the seal of each day that is sealed.

    A seal holds what was recorded that day, so an entry added later is counted where it was added.
    """
    days = sorted({one.on for one in sentences})
    recorded = Counter(one.recorded_on for one in sentences)
    broken = {
        one.recorded_on for one, (_, whole) in zip(sentences, marks, strict=True) if not whole
    }
    seals = set(_sealed((*days,))) & set(recorded)
    codes = {
        one.seq: mark.hex()[:CODE_MARKS] for one, (mark, _) in zip(sentences, marks, strict=True)
    }
    years = {day.year for day in days}
    return [
        {
            "label": f"{_day_label(day, years=years)}　{weekday(day)}",
            "entries": [_told(one, code=codes[one.seq]) for one in sentences if one.on == day],
            "seal": _seal(day, recorded[day], broken=day in broken) if day in seals else None,
        }
        for day in days
    ]


def _marks(entries: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bool]]:
    """The hash of each entry, and whether it is its own and follows the one before."""
    marks, before = [], trail.GENESIS
    for body, mark in entries:
        whole = trail.digest(body) == mark and trail.previous_of(body) == before
        marks.append((mark, whole))
        before = mark
    return marks


def _day_label(day: date, *, years: set[int]) -> str:
    return f"{day.year} 年 {month_day(day)}" if len(years) > 1 else month_day(day)


def _seal(day: date, count: int, *, broken: bool) -> dict[str, Any]:
    words = f"日封 {day:%m-%d}，{count} 条" + ("前后相接" if count > 1 else "")
    return {
        "words": f"{words}，校验{'不一致，请报审计管理员' if broken else '一致'}",
        "broken": broken,
    }


def _told(one: Sentence, *, code: str) -> dict[str, str]:
    return {
        "time": clock_time(one.at),
        "at": machine_moment(one.at),
        "who": one.who,
        "words": one.words,
        "code": code,
        "sub": one.sub,
    }


def _address(case: Case, name: str, *more: str) -> str:
    return reverse(f"desk:{name}", args=(to_code(case.matter.pk), *more))
