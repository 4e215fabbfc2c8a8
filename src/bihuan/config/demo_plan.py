"""Which leads the demonstration has: story, day, mine, unit and words of each, by a fixed seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from random import Random
from typing import Any

from bihuan.config.demo_data import demo_data
from bihuan.config.demo_places import DemoCounty
from bihuan.places.models import Site

SEED = 20220131
JITTER_MINUTES_MAX = 18
CHANNELS = (
    ("phone", "举报电话", 9),
    ("mail", "电子信箱", 4),
    ("letter", "来信", 2),
    ("visit", "来访", 2),
    ("forwarded", "市局转办", 2),
)
UNITS = {
    "coal": (("coal", 12), ("enforcement", 3), ("town", 4), ("energy", 1)),
    "noncoal": (("noncoal", 10), ("natural", 4), ("town", 4)),
}
PENALTIES = (20000, 30000, 50000, 80000, 100000, 150000)
REWARDS = (2000, 3000, 5000, 8000, 10000)


@dataclass(kw_only=True)
class PlannedLead:
    """One lead before it comes in."""

    story: dict[str, Any]
    on: date
    index: int
    minutes: int
    site: Site
    unit: str
    channel: str
    source: str
    topic: dict[str, Any]
    reporter_kind: str
    reachable: str
    penalty: int
    reward: int
    tip: dict[str, Any] = field(default_factory=dict)
    repeats: "PlannedLead | None" = None

    @property
    def steps(self) -> list[list[Any]]:
        """The story's steps, the shared parts first."""
        parts = demo_data("stories")["parts"]
        shared = [step for part in self.story.get("parts", ()) for step in parts[part]]
        return [*shared, *self.story.get("steps", ())]


def planned_leads(county: DemoCounty, *, today: date) -> list[PlannedLead]:
    """Every lead of the demonstration in order of its day."""
    # No secret depends on it: the county must be the same on every machine.
    draw = Random(SEED)  # noqa: S311
    topics = {kind: cycle(_topics(kind, draw)) for kind in UNITS}
    tips = {claims: cycle(_tips(claims=claims)) for claims in (False, True)}
    leads: list[PlannedLead] = []
    for index, (day, story) in enumerate(sorted(_days(draw), key=_day_of)):
        on = today + timedelta(days=day)
        site = _site(county, story, draw, on=on)
        kind = str(site.kind)
        channel, source = _channel(story, draw)
        tip = next(tips[story.get("claims", False)]) if channel == "web" else {}
        leads.append(
            PlannedLead(
                story=story,
                on=on,
                index=index,
                minutes=draw.randint(0, JITTER_MINUTES_MAX),
                site=site,
                unit=story.get("unit") or _unit(county, site, draw),
                channel=channel,
                source=source,
                topic=_pinned(story, index) or next(topics[kind]),
                reporter_kind=_reporter_kind(channel, tip, draw),
                reachable=_reachable(story, channel),
                penalty=draw.choice(PENALTIES),
                reward=draw.choice(REWARDS),
                tip=tip,
            )
        )
    _link_repeats(leads)
    return leads


def _days(draw: Random) -> Iterator[tuple[int, dict[str, Any]]]:
    for story in demo_data("stories")["stories"].values():
        for day in story.get("opened", ()):
            yield day, story
        if "spread" in story:
            first, last, count = story["spread"]
            for place in range(count):
                yield round(first + (last - first) * (place + draw.random()) / count), story


def _day_of(planned: tuple[int, dict[str, Any]]) -> int:
    return planned[0]


def _site(county: DemoCounty, story: dict[str, Any], draw: Random, *, on: date) -> Site:
    """A mine in being that day; stories with topics of their own are about coal."""
    sites = [site for site in county.sites if site.closed_on is None or on < site.closed_on]
    if "topics" in story:
        sites = [site for site in sites if site.kind == Site.Kind.COAL]
    return draw.choice(sites)


def _topics(kind: str, draw: Random) -> list[dict[str, Any]]:
    found = demo_data("topics")[kind]
    kept = [topic for key, topic in found.items() if key not in _pinned_keys()]
    draw.shuffle(kept)
    return kept


def _pinned_keys() -> set[str]:
    stories = demo_data("stories")["stories"].values()
    return {key for story in stories for key in story.get("topics", ())}


def _pinned(story: dict[str, Any], index: int) -> dict[str, Any] | None:
    keys = story.get("topics", ())
    if not keys:
        return None
    topic: dict[str, Any] = demo_data("topics")["coal"][keys[index % len(keys)]]
    return topic


def _tips(*, claims: bool) -> list[dict[str, Any]]:
    return [tip for tip in demo_data("topics")["tips"] if not claims or "claim" in tip]


def _channel(story: dict[str, Any], draw: Random) -> tuple[str, str]:
    named = story.get("channel", "")
    if named == "inspection":
        return "inspection", "督查发现"
    if named:
        return "web", "网上举报"
    channel, source, _weight = draw.choices(CHANNELS, [weight for *_names, weight in CHANNELS])[0]
    return channel, source


def _unit(county: DemoCounty, site: Site, draw: Random) -> str:
    choices = UNITS[str(site.kind)]
    unit = draw.choices([key for key, _weight in choices], [weight for _key, weight in choices])[0]
    towns = {town.pk: key for key, town in county.towns.items()}
    return towns[site.region_id] if unit == "town" else unit


def _reporter_kind(channel: str, tip: dict[str, Any], draw: Random) -> str:
    if channel == "inspection":
        return "inspection"
    if channel == "web":
        unsaid = "public" if "name" in tip else "anonymous"
        return "worker" if tip.get("worker") else unsaid
    return draw.choices(("public", "worker", "anonymous"), (6, 3, 2))[0]


def _reachable(story: dict[str, Any], channel: str) -> str:
    return "否" if channel == "inspection" else str(story.get("reachable", "是"))


def _link_repeats(leads: list[PlannedLead]) -> None:
    """A lead that is merged tells of the same mine and matter as one that came before it."""
    for place, lead in enumerate(leads):
        if not lead.story.get("repeats"):
            continue
        lead.repeats = next(
            other
            for other in reversed(leads[:place])
            if "hand_over" in other.story.get("parts", ()) and other.on < lead.on
        )
        lead.site, lead.topic = lead.repeats.site, lead.repeats.topic
