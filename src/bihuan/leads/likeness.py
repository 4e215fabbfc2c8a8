"""Suggest earlier leads that may tell of the same event; a person decides, nothing is merged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from bihuan.accounts.actors import Actor
from bihuan.language.clock import SHANGHAI
from bihuan.leads.retelling import Rarity, Score, likeness, telling_of, terms_of
from bihuan.matters.models import Matter
from bihuan.matters.reach import visible
from bihuan.matters.search import find

OF_SITE = 200  # newest leads of the same site that are compared
OF_TERM = 40  # newest leads per search term, sites apart
TERMS = 4
FLOOR = 0.12  # below it a suggestion only distracts
LIKELY = 0.5  # from here on it is shown as 可能重复
SAME_SITE = 0.06  # what the same site adds to the score


class _Earlier(NamedTuple):
    """What is compared of an earlier lead; hundreds are read to suggest three."""

    pk: int
    site_id: int | None
    opened_at: datetime
    facts: Mapping[str, Any]

    @property
    def text(self) -> str:
        """Title and summary, as one text to compare."""
        return f"{self.facts.get('title') or ''}。{self.facts.get('summary') or ''}"


class _Found(NamedTuple):
    """One lead that reads alike."""

    other_site: bool
    value: float
    pk: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An earlier lead, how alike it is (0 to 1), and why in one sentence."""

    matter: Matter
    score: float
    why: str
    other_site: bool = False  # both name a site, and not the same

    @property
    def is_likely(self) -> bool:
        """Whether it is shown as 可能重复; what names another mine only reads alike."""
        return self.score >= LIKELY and not self.other_site


def suggestions(
    summary: str,
    *,
    site_id: int | None,
    by: Actor,
    now: datetime,
    limit: int = 3,
    exclude: Collection[int] = (),
) -> list[Suggestion]:
    """Earlier leads within the actor's reach that read alike, the likeliest first (LX-A1-2-1)."""
    earlier = _candidates(summary, site_id=site_id, by=by, exclude=exclude)
    told = {lead.pk: lead.text for lead in earlier}
    rarity = Rarity(telling_of(text) for text in told.values())
    found: list[_Found] = []
    for lead in earlier:
        score = likeness(summary, told[lead.pk], rarity=rarity)
        same_site = site_id is not None and lead.site_id == site_id
        value = min(0.99, score.value + (SAME_SITE if same_site else 0.0))
        if score.value >= FLOOR:
            why = _why(score, value=value, same_site=same_site, lead=lead, now=now)
            other_site = None not in (site_id, lead.site_id) and lead.site_id != site_id
            found.append(_Found(other_site, value, lead.pk, why))
    likest = _likest(found, limit=limit)
    matters = Matter.objects.in_bulk([one.pk for one in likest])
    return [
        Suggestion(matter=matters[one.pk], score=one.value, why=one.why, other_site=one.other_site)
        for one in likest
    ]


def _candidates(
    summary: str, *, site_id: int | None, by: Actor, exclude: Collection[int]
) -> list[_Earlier]:
    leads = visible(by).filter(kind="lead").exclude(pk__in=list(exclude))
    told = leads.values_list("id", "site_id", "opened_at", "facts_row__data")
    found = {}
    if site_id is not None:
        newest = told.filter(site_id=site_id).order_by("-id")[:OF_SITE]
        found = {row[0]: _Earlier(*row) for row in newest}
    ids: set[int] = set()
    for term in terms_of(summary)[:TERMS]:
        ids.update(find(term, by=by, kind="lead", limit=OF_TERM))
    for row in told.filter(pk__in=ids - found.keys()):
        found[row[0]] = _Earlier(*row)
    return list(found.values())


def _likest(found: list[_Found], *, limit: int) -> list[_Found]:
    """What names the same mine or none comes first, however alike another mine's lead reads.

    A mine may have been misnamed: the last place is that lead's when it reads like a repeat and
    what it would push out doesn't.
    """
    ordered = sorted(found, key=_place_of)
    first = ordered[:limit]
    elsewhere = next((one for one in ordered if one.other_site), None)
    if elsewhere is None or elsewhere in first or not first:
        return first
    if elsewhere.value >= LIKELY > first[-1].value:
        first[-1] = elsewhere
    return first


def _place_of(one: _Found) -> tuple[bool, float, int]:
    return one.other_site, -one.value, -one.pk


def _why(score: Score, *, value: float, same_site: bool, lead: _Earlier, now: datetime) -> str:
    shared = ["同一企业"] if same_site else []
    if score.shared_face:
        shared.append(f"同一工作面{score.shared_face}")
    if score.shared_day:
        month, day = score.shared_day.split("-")
        shared.append(f"同说{month}月{day}日")
    if score.shared_shift:
        shared.append("同一班次")
    grounds = "、".join(shared or ["用语相近"])
    apart = _days_apart(lead, now=now)
    when = f"相隔{apart}天" if apart else "当天收到"
    contrary = "，所说日期不同" if score.other_day else ""
    return f"相似{min(99, round(value * 100))}%：{grounds}，{when}{contrary}"


def _days_apart(lead: _Earlier, *, now: datetime) -> int:
    listed = str(lead.facts.get("listed_on") or "")
    day = date.fromisoformat(listed) if listed else lead.opened_at.astimezone(SHANGHAI).date()
    return abs((now.astimezone(SHANGHAI).date() - day).days)
