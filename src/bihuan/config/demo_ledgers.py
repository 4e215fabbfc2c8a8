"""Ledgers of the demonstration: channels, who takes what comes in, notices at the mines."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle

from bihuan.config.demo_data import demo_data, moment_on
from bihuan.config.demo_pictures import mine_photo
from bihuan.config.demo_places import DemoCounty
from bihuan.leads.ledgers import CHANNEL, MISSING, NOTICE, OPEN, POSTED, ROSTER
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import write_record
from bihuan.monitoring.alarms.handover import ROSTER as DUTY_ROSTER
from bihuan.places.models import Site

type Happening = tuple[datetime, Callable[[datetime], None]]
FIRM = "firm"
ON_DUTY_DAYS = 365
FACTS = ("name", "media", "address", "hours")


def write_channels(county: DemoCounty, now: datetime) -> None:
    """Open the channels, put people on their roster, then publish those that are manned."""
    by, day = county.actors["office-head"], county.since.isoformat()
    for row in demo_data("ledgers")["channels"]:
        facts = {key: row[key] for key in FACTS if key in row} | {"state": OPEN}
        channel = write_record(CHANNEL, by=by, now=now, facts=facts)
        for account in row["people"]:
            person = county.users[account].person_id
            roster = {"channel": str(channel.pk), "person": person, "valid_from": day}
            write_record(ROSTER, by=by, now=now, facts=roster)
        if row["published"]:
            facts |= {"is_published": "是"}
            write_record(
                CHANNEL, by=by, now=now, facts=facts, record_id=channel.pk, reason="对外公布"
            )


def write_duty_roster(county: DemoCounty, *, now: datetime) -> None:
    """Who keeps watch over the readings, for the year from that day."""
    by, day = county.actors["office-head"], now.date()
    until = (day + timedelta(days=ON_DUTY_DAYS)).isoformat()
    for row in demo_data("ledgers")["watches"]:
        facts = {
            "person": county.users[row["account"]].person_id,
            "shift": row["shift"],
            "phone": row["phone"],
            "valid_from": day.isoformat(),
            "valid_until": until,
        }
        write_record(DUTY_ROSTER, by=by, now=now, facts=facts)


def notice_visits(county: DemoCounty, *, today: date) -> Iterator[Happening]:
    """The inspector's round of the mines; two without a notice, some not looked at yet."""
    plan = demo_data("ledgers")["notices"]
    places = cycle(plan["places"])
    seen = county.sites[: plan["posted"] + plan["missing"]]
    for index, site in enumerate(seen):
        day = today + timedelta(days=plan["first_day"] + index * plan["every_days"])
        is_posted = index < plan["posted"]
        visit = partial(_visit, county, site, next(places), is_posted=is_posted, seed=index)
        yield moment_on(day, "0 14:30"), visit


def _visit(
    county: DemoCounty, site: Site, place: str, now: datetime, *, is_posted: bool, seed: int
) -> None:
    plan = demo_data("ledgers")["notices"]
    firm = county.users[FIRM].unit_id
    by = county.actors[FIRM if site.firm_id == firm else "inspector"]
    facts: dict[str, object] = {
        "site": site.pk,
        "place": place,
        "state": POSTED if is_posted else MISSING,
        "valid_from": now,
        "note": plan["note" if is_posted else "note_missing"],
    }
    if site.firm_id == firm:
        facts["note"] = plan["note_firm"]
    if is_posted:
        data = mine_photo(site.name, seed=seed)
        facts["photo"] = [keep_file(data, name=f"{site.name}公告牌.jpg", by=by, now=now).pk]
    write_record(NOTICE, by=by, now=now, facts=facts)
