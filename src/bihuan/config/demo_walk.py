"""One lead of the demonstration walks through its story, by the people named in the loop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bihuan.accounts.actors import PUBLIC, Actor
from bihuan.config.demo_data import demo_data
from bihuan.config.demo_pictures import mine_photo
from bihuan.config.demo_places import UNIT_ROLES, DemoCounty
from bihuan.config.demo_plan import PlannedLead
from bihuan.language.clock import SHANGHAI
from bihuan.leads.claims import claim
from bihuan.leads.evidence import IncomingFile
from bihuan.leads.tips import TipOff, file_tip
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_matter, take_step
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Incomplete

OTHER_UNIT = {"enforcement": "coal"}


class _Days:
    """Days counted from the one on which the lead came in: `{day[14]}` in the answers."""

    def __init__(self, start: date) -> None:
        self._start = start

    def __getitem__(self, days: int) -> str:
        return (self._start + timedelta(days=days)).isoformat()


@dataclass(kw_only=True)
class LeadWalk:
    """A planned lead and what has become of it."""

    county: DemoCounty
    lead: PlannedLead
    others: Mapping[int, "LeadWalk"]
    matter_id: int = 0
    twin_id: int = 0
    receipt: str = ""
    progress: list[str] = field(default_factory=list)

    def open(self, now: datetime) -> None:
        """The lead comes in: by telephone and the like, or as a sealed tip-off."""
        lead = self.lead
        if lead.channel == "web":
            self._tip(now)
            return
        answers = {
            "source": lead.source,
            "channel": lead.channel,
            "reporter_kind": lead.reporter_kind,
            "received_at": now,
            "site": lead.site.pk,
            "reporter_reachable": lead.reachable,
        }
        by = self._actor("intake", unit_id=None)
        region = self.county.region
        matter = open_matter("lead", by=by, now=now, answers=answers, region_id=region.pk)
        self.matter_id = matter.pk

    def step(self, now: datetime, role: str, path: str, extra: Mapping[str, str]) -> None:
        """Take one step of the story on the lead, its twin or a child."""
        if path == "reward.claim":
            claim(self.receipt, self.lead.tip["claim"], now=now)
            return
        matter, step = self._target(path)
        by = self._actor(role, unit_id=matter.unit_id)
        templates = {**_templates(matter.kind, step), **extra}
        if step == "record_progress":
            self.progress.append(self._next_progress())
        words = self._words(matter, by=by, now=now)
        answers = {key: text.format_map(words) for key, text in templates.items()}
        _take(matter.pk, step, by=by, now=now, answers=answers)
        if step == "split":
            newest = Matter.objects.filter(kind="lead").order_by("-id").first()
            self.twin_id = newest.pk if newest else 0

    def _tip(self, now: datetime) -> None:
        tip, lead = self.lead.tip, self.lead
        filed = file_tip(
            TipOff(
                words=tip["words"],
                place=tip.get("where", ""),
                happened=tip.get("when", ""),
                kind=lead.topic["type"],
                site_id=lead.site.pk,
                reporter_kind="worker" if tip.get("worker") else "",
                name=tip.get("name", ""),
                phone=tip.get("phone", ""),
                wants_reply=True,
                claim_password=tip.get("claim", ""),
                files=_photos(tip, lead),
            ),
            now=now,
            region_id=self.county.region.pk,
            screened=lead.story["channel"] == "screened",
        )
        self.matter_id, self.receipt = filed.matter.pk, filed.receipt

    def _target(self, path: str) -> tuple[Matter, str]:
        *above, step = path.split(".")
        matter_id = self.twin_id if above[:1] == ["twin"] else self.matter_id
        kinds = [kind for kind in above if kind != "twin"]
        if not kinds:
            return Matter.objects.get(pk=matter_id), step
        loop = catalog().loop(kinds[0])
        sources = loop.step(step).source
        child = Matter.objects.filter(parent_id=matter_id, kind=loop.key, stage__in=sources)
        found = child.order_by("id").first()
        if found is None:
            raise LookupError(f"no {path!r} for the lead of {self.lead.on} ({self.lead.story!r})")
        return found, step

    def _actor(self, role: str, *, unit_id: int | None) -> Actor:
        if role == "reporter":
            return PUBLIC
        unit = self.county.unit_key(unit_id) if role in UNIT_ROLES else ""
        accounts = self.county.accounts_of(role, unit=unit)
        return self.county.actors[accounts[self.lead.index % len(accounts)]]

    def _next_progress(self) -> str:
        texts = self.lead.topic["progress"]
        return str(texts[len(self.progress) % len(texts)])

    def _words(self, matter: Matter, *, by: Actor, now: datetime) -> dict[str, Any]:
        lead, county, topic = self.lead, self.county, self.lead.topic
        finding = lead.story.get("finding", "true")
        shared = demo_data("topics")
        proven = finding != "untrue"
        unit = county.unit_key(matter.unit_id) if matter.unit_id else lead.unit
        facts = self._facts(finding)
        return {
            "mine": lead.site.name,
            "about": matter.title,
            "title": topic["title"].format(mine=lead.site.name),
            "summary": topic["summary"].format(mine=lead.site.name),
            "type": topic["type"],
            "source": lead.source,
            "reporter_kind": lead.reporter_kind,
            "site": lead.site.pk,
            "place": _one_of(shared["places"], lead),
            "unit": county.units[lead.unit].pk,
            "other_unit": county.units[OTHER_UNIT.get(unit, "enforcement")].pk,
            "town": lead.site.region_id,
            "by": by.name,
            "letter_source": "inspection" if lead.channel == "inspection" else "public",
            "day": _Days(lead.on),
            "today": now.astimezone(SHANGHAI).date().isoformat(),
            "year": now.astimezone(SHANGHAI).year,
            "serial": lead.index + 1,
            "finding": finding,
            "facts": facts,
            "progress": self.progress[-1] if self.progress else "",
            "lead_facts": self._verified(matter) or facts,
            "last_progress": str(matter.facts_row.data.get("text") or self._verified(matter)),
            "measures": "、".join(shared.get(f"measures_{finding}", ())),
            "nature": topic["nature"] if proven else "",
            "penalty": lead.penalty if proven else "",
            "reply": _one_of(shared["replies"], lead),
            "amount": lead.reward,
            "accountability": shared[f"accountability_{'true' if proven else 'untrue'}"],
            "other_number": self._other_number(),
        }

    def _facts(self, finding: str) -> str:
        topic = self.lead.topic
        if finding == "partly":
            return str(demo_data("topics")["partly"]).format(found=topic["found"])
        return str(topic["found" if finding == "true" else "cleared"])

    def _verified(self, matter: Matter) -> str:
        """What was found on the lead that a child runs beside, or on the lead itself."""
        above = matter.parent or matter
        return str(above.facts_row.data.get("verified_facts") or "")

    def _other_number(self) -> str:
        if self.lead.repeats is None:
            return ""
        return Matter.objects.get(pk=self.others[self.lead.repeats.index].matter_id).number


def _take(matter_id: int, step: str, *, by: Actor, now: datetime, answers: dict[str, Any]) -> None:
    """Take a step; what only looks like a name is confirmed, as a clerk would after reading."""
    try:
        take_step(matter_id, step, by=by, now=now, answers=answers)
    except Incomplete as wrong:
        if set(wrong.fields) != set(wrong.confirmable):
            raise
        answers = {**answers, "confirmed": list(wrong.confirmable)}
        take_step(matter_id, step, by=by, now=now, answers=answers)


def _templates(kind: str, step: str) -> dict[str, str]:
    """Answers of a step by kind of matter; publications share those they don't have apart."""
    answers = demo_data("answers")
    shared = "publication" if kind.startswith("publication_") else kind
    found = answers.get(kind, {}).get(step) or answers.get(shared, {}).get(step, {})
    return dict(found)


def _photos(tip: dict[str, Any], lead: PlannedLead) -> tuple[IncomingFile, ...]:
    if not tip.get("photo"):
        return ()
    data = mine_photo("现场照片（演示）", seed=lead.index)
    return (IncomingFile(name="现场.jpg", data=data),)


def _one_of(texts: list[str], lead: PlannedLead) -> str:
    return texts[lead.index % len(texts)]
