"""Effects of a call: who is called, raised to whom, answered when; minutes between the steps."""

from datetime import datetime
from typing import Any

from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.monitoring.warnings.contacts import AT_MINE, Contact, callable_of, contacts_of

NOBODY = "无在岗的本矿联系人，由值班台查明后补叫"


def stamp(moment: datetime) -> str:
    """A moment as facts hold it."""
    return moment.astimezone(SHANGHAI).isoformat()


def minutes_between(first: object, last: object) -> int | None:
    """Whole minutes from one kept moment to another; None while one is missing."""
    if not isinstance(first, str) or not isinstance(last, str):
        return None
    return int((datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() // 60)


def open_call(case: Case) -> None:
    """A call stands at its mine; the first contact there is called."""
    site_id = int(case.facts["site"])
    case.about(site_id)
    site = case.site
    if site is not None:
        case.place_in(site.region_id)
        case.hand_to(site.firm_id)
        case.set("title", f"{site.short_name or site.name}：{case.facts.get('warning', '预警')}")
    case.set("called_at", stamp(case.now))
    contacts = callable_of(contacts_of([site_id], on=case.today)[site_id])
    case.set("call_list", [list(contact) for contact in contacts])
    case.set("called_place", 0)
    case.set("called", contacts[0].words if contacts else NOBODY)


def raise_call(case: Case) -> str:
    """AY-09-3: unanswered in time, the next contact of the mine is called; says who."""
    place = int(case.facts.get("called_place") or 0) + 1
    contacts = [Contact(*one) for one in case.facts.get("call_list") or []]
    if place >= len(contacts):
        return "叫应名单已叫完，请值班台处置" if contacts else "没有可叫的联系人，请值班台处置"
    _called_next(case, contacts[place].words, place=place)
    return f"转叫{contacts[place].words}"


def call_person(case: Case) -> None:
    """Somebody at the mine is called by the desk; the clock runs on from the first call."""
    answers = case.answers
    contact = Contact(
        order=int(case.facts.get("called_place") or 0) + 1,
        name=str(answers["called_name"]),
        post=str(answers["called_post"]),
        phone=str(answers.get("called_phone") or ""),
        is_at_mine=True,
    )
    _called_next(case, contact.words, place=int(case.facts.get("called_place") or 0))


def called_serves_at_mine(case: Case) -> bool:
    """AY-23-8: a company contact alone is refused."""
    return case.answers.get("called_serves_at") == AT_MINE


def answer(case: Case) -> None:
    """The answer's moment, and how many minutes after the call it came."""
    case.set("answered_at", stamp(case.now))
    case.set("answer_minutes", minutes_between(case.facts["called_at"], case.facts["answered_at"]))


def mark(case: Case) -> None:
    """When the step of the loop that is taken was taken first: `measures` → `measures_at`."""
    key = f"{case.step.key}_at" if case.step else ""
    if key and not case.facts.get(key):
        case.set(key, stamp(case.now))


def sign_no_visit(case: Case) -> None:
    """Who answers for it that nobody went there, by name and moment."""
    case.set("no_visit_signed", f"{case.by.unit_name} {case.by.name}".strip())
    case.set("no_visit_because", str(case.answers["reason"]))
    mark(case)


def _called_next(case: Case, words: str, *, place: int) -> None:
    told: list[dict[str, Any]] = list(case.facts.get("raised") or [])
    case.set("raised", [*told, {"at": stamp(case.now), "called": words}])
    case.set("called_place", place)
    case.set("called", words)
