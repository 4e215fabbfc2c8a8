"""Effects of publications: freezing the snapshot, withdrawing it with a tombstone."""

from datetime import date
from typing import Any

from bihuan.disclosure.models import Snapshot
from bihuan.language.loop import Series
from bihuan.matters import numbers
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.search import normalise

SERIES = Series(key="publication", pattern="公开〔{year}〕{serial}号")


def keep_draft(case: Case) -> None:
    """Keep who drafted it; another person releases it."""
    case.set("drafted_by", case.by.user_id)


def release(case: Case) -> None:
    """Freeze what the public reads from now on."""
    organ = numbers.organ_of(case)
    number = numbers.take_number(SERIES, organ=organ, sector="", year=case.today.year)
    case.set("publication_number", number)
    Snapshot.objects.update_or_create(
        matter=case.matter,
        defaults={
            **frozen(case, number=number),
            "organ": organ,
            "checked_by_id": case.by.user_id or None,
            "released_by_id": case.by.user_id or None,
            "released_at": case.now,
            "withdrawn_at": None,
            "withdrawn_reason": "",
        },
    )


def frozen(case: Case, *, number: str) -> dict[str, Any]:
    """What the public reads, by column of the snapshot; a draft without a day bears today's."""
    about = case.parent
    word = catalog().publication_of(case.loop.key)
    body = word.snapshot(case) if word else {"text": case.facts.get("text", "")}
    title = str(body.get("title") or (about.matter.title if about else case.matter.title))
    words = [number, title, *(str(value) for value in body.values() if isinstance(value, str))]
    day = str(case.facts.get("published_on") or case.today.isoformat())
    return {
        "about": about.matter if about else None,
        "kind": case.loop.key,
        "number": number,
        "title": title[:200],
        "body": body,
        "search_text": normalise(" ".join(words)),
        "county_id": case.matter.l3,
        "township_id": case.matter.l4,
        "category": case.matter.category,
        "medium": str(case.facts.get("medium") or ""),
        "link": str(case.facts.get("link") or ""),
        "published_on": date.fromisoformat(day),
    }


def withdraw(case: Case) -> None:
    """The text goes, number and reason stay for good."""
    Snapshot.objects.filter(matter=case.matter).update(
        withdrawn_at=case.now, withdrawn_reason=str(case.answers["reason"])[:400]
    )


def keep_reason(case: Case) -> None:
    """Why it isn't published for now."""
    case.set("deferred_reason", case.answers["reason"])
