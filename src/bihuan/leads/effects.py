"""Effects of the steps of leads: what changes besides stage and facts."""

from datetime import date, datetime

from bihuan.language.clock import SHANGHAI
from bihuan.matters.case import Case
from bihuan.matters.models import Facts
from bihuan.places.models import Post, Site, Unit
from bihuan.places.paths import sites_with

TITLE_MAX = 60
SECTION = ("receiver", "handler", "head")  # who works on a lead in the responsible unit


def receive(case: Case) -> None:
    """A tip or a report came in: keep the moment and the day of its list."""
    given = case.facts.get("received_at")
    received = (datetime.fromisoformat(given) if given else case.now).astimezone(SHANGHAI)
    case.set("received_at", received.isoformat())
    case.set("listed_on", received.date().isoformat())
    case.set("taken_by", case.by.user_id)
    if not case.facts.get("title"):
        case.set("title", f"{case.facts.get('source', '举报')}，待登记")
    _place(case)


def register(case: Case) -> None:
    """编号立账: the lead gets its number; its problem enters the list to be published."""
    case.take_number()
    _place(case)
    if not case.children_of("publication_problem"):
        case.spawn("publication_problem", due_since=case.facts["listed_on"])


def classify(case: Case) -> None:
    """Responsible unit and locality; the unit doesn't see it before the hand-over."""
    case.set("assignee", case.answers["unit"])
    case.place_in(int(case.answers["locality"]))
    case.hand_to(case.answers["unit"])


def hand_over(case: Case) -> None:
    """交办: the unit gets it today; the letter is issued and the seven days begin."""
    case.set("handed_over_on", case.today.isoformat())
    case.set("sender", case.by.unit_name)
    case.set("acknowledged_at", None)
    case.set("signature", None)
    case.set(
        "first_handed_over_on", case.facts.get("first_handed_over_on") or case.today.isoformat()
    )


def acknowledge(case: Case) -> None:
    """签收: the two days for an objection begin."""
    case.set("acknowledged_at", case.now.astimezone(SHANGHAI).isoformat())
    case.notify("office", "已签收")


def reassign(case: Case) -> None:
    """改派: another unit, a new letter, a new seven days; the former unit is told, no more."""
    is_objected = case.matter.stage == "objected"
    for role in SECTION:
        event = "异议已采纳，已改派" if is_objected else "已改派"
        case.notify(role, event, unit_id=case.matter.unit_id)
    case.hand_to(case.answers["unit"])
    if not is_objected:  # the stage stays the same, which tells nobody
        case.notify("receiver", "交办")
    case.set("assignee", case.answers["unit"])
    hand_over(case)


def add_progress(case: Case) -> None:
    """A progress entry: kept in order, due to be published."""
    entries = list(case.facts.get("progress_entries") or [])
    entries.append({"on": case.today.isoformat(), "text": case.answers["progress"]})
    case.set("progress_entries", entries)
    case.spawn(
        "publication_progress", due_since=case.today.isoformat(), text=case.answers["progress"]
    )


def reopen(case: Case) -> None:
    """重启: handed to the unit again, with a new seven days."""
    case.set("handed_over_on", case.today.isoformat())
    case.set("reported_back_on", None)
    case.set("closed_on", None)
    case.set("signature", None)


def void_signature(case: Case) -> None:
    """Editing the report voids the signature (LX-A1-3-5)."""
    case.set("signature", None)


def sign(case: Case) -> None:
    """The head signs the report as it stands."""
    held = case.appointment(Post.Function.HEAD, unit_id=case.matter.unit_id)
    case.set(
        "signature",
        {
            "unit_id": case.matter.unit_id,
            "name": case.by.name,
            "post": str(held.post) if held else "",
            "acting_paper": held.paper if held and held.is_acting else "",
            "signed_at": case.now.astimezone(SHANGHAI).isoformat(),
        },
    )


def report_back(case: Case) -> None:
    """反馈: the day counts for the seven days."""
    case.set("reported_back_on", case.today.isoformat())


def mark_crime(case: Case) -> None:
    """涉嫌犯罪: a transfer to the police is owed; publication is locked until they agree."""
    case.set("suspected_crime", True)
    case.spawn("transfer_police")


def mark_dereliction(case: Case) -> None:
    """涉嫌失职渎职: a transfer to the discipline body is owed; publication is locked."""
    case.set("suspected_dereliction", True)
    case.spawn("transfer_discipline")


def extend_feedback(case: Case) -> None:
    """An extension is an office decision; the first due day stays visible."""
    until_on = date.fromisoformat(str(case.answers["until_on"]))
    case.extend("feedback", until_on=until_on, reason=str(case.answers["reason"]))


def accept_report(case: Case) -> None:
    """The office accepts; a lead without progress entry publishes its progress now."""
    if not case.children_of("publication_progress"):
        case.spawn("publication_progress", due_since=case.today.isoformat())


def close(case: Case) -> None:
    """办结: fixes the day, opens the result publication and, if owed, the reward."""
    case.set("closed_on", case.today.isoformat())
    case.spawn("publication_result", due_since=case.today.isoformat())


def publish_violation(case: Case) -> None:
    """公示重大违法信息: its own publication, due from the day it was decided to publish."""
    case.spawn("publication_violation", due_since=case.today.isoformat())


def close_history(case: Case) -> None:
    """办结 of an imported lead: the day only; nothing is published again."""
    case.set("closed_on", case.today.isoformat())


def open_reward_if_owed(case: Case) -> None:
    """AY-36-2: 属实 (部分属实 counts) with a reachable reporter opens a reward item once."""
    proven = case.facts.get("finding") in ("true", "partly")
    if proven and case.facts.get("reporter_reachable") and not case.children_of("reward"):
        case.spawn("reward", due_since=case.today.isoformat())


def split(case: Case) -> None:
    """拆案: the second matter gets its own number; both stem from the same receipt day."""
    facts, answers = case.facts, case.answers
    kept = (
        "source",
        "channel",
        "reporter_kind",
        "received_at",
        "site",
        "reporter_reachable",
        "few_know",
    )
    register_answers = {
        "title": answers["split_title"],
        "summary": answers["split_summary"],
        "type": answers["split_type"],
        "source": facts.get("source"),
        "reporter_kind": facts.get("reporter_kind"),
        "site": facts.get("site"),
    }
    case.open_beside(
        "lead",
        answers={key: facts.get(key) for key in kept},
        then="register",
        then_answers=register_answers,
    )


FEW_KNOW_PASSED_ON = "并入的线索标明知道这件事的人很少"


def merge(case: Case) -> None:
    """并案: this one ends, its publications wait with the other; both keep their numbers."""
    number = str(case.facts.get("merged_into"))
    reason = f"并案办理：{case.answers['reason']}"
    for child in case.children_of("publication_problem", "publication_progress"):
        if child.stage in ("drafting", "releasing"):
            case.then(child.pk, "defer", reason=reason)
    case.set("merged_into", int(number))
    other = Facts.objects.filter(pk=int(number)).values_list("data", flat=True).first() or {}
    if case.facts.get("few_know") and not other.get("few_know"):
        # What is published of the other may tell of this one's reporter from now on.
        case.correct(int(number), {"few_know": True}, reason=FEW_KNOW_PASSED_ON)


def separate(case: Case) -> None:
    """The lead stands on its own again; the other keeps its trail."""
    case.set("merged_into", None)
    for child in case.children_of("publication_problem"):
        if child.stage == "deferred":
            case.then(child.pk, "resume", reason=str(case.answers["reason"]))


def correct_letter(case: Case) -> None:
    """A correction makes a new version of both copies under the same number (LX-A3-5)."""
    case.reason = str(case.answers["reason"])
    case.reissue("handover_letter")


def void_number(case: Case) -> None:
    """A void number stays in the ledger with its reason and is never given again."""
    case.reason = str(case.answers["reason"])
    case.void_number()
    for child in case.children_of("publication_problem"):
        if child.stage in ("drafting", "releasing"):
            case.then(child.pk, "defer", reason=f"编号作废：{case.reason}")


def escalate(case: Case) -> None:
    """提级核查: the office checks itself."""
    case.set("escalated", True)
    case.set("signature", None)
    office = Unit.objects.filter(kind=Unit.Kind.OFFICE, region_id=case.matter.l3 or 0).first()
    if office is not None:
        case.set("assignee", office.pk)


def recheck(case: Case) -> None:
    """A re-check after closing runs beside the closed lead."""
    case.spawn("recheck")


def _place(case: Case) -> None:
    site = _site_of(case)
    if site is not None:
        case.about(site.pk)
        case.place_in(site.region_id)
        if site.firm_id:
            case.recuse(unit_id=site.firm_id, why="被反映的企业")
    accused = case.facts.get("accused_unit")
    if accused:
        case.recuse(unit_id=int(accused), why="被反映的单位")
    person = case.facts.get("accused_person")
    if person:
        case.recuse(person_id=int(person), why="被反映的人员")


def _site_of(case: Case) -> Site | None:
    return sites_with.first(case.facts.get("site") or 0)


def keep_note(case: Case) -> None:
    """The note stands in the trail alone: the next one doesn't replace it."""
    case.reason = str(case.answers["note"])
