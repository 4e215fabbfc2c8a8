"""Master data of the demonstration: regions, units, mines, persons, accounts, packs in force."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from bihuan.accounts.actors import Actor, actor_of
from bihuan.accounts.models import Grant, User
from bihuan.config.demo_data import demo_data
from bihuan.places.models import Appointment, Person, Post, Region, Site, Unit
from bihuan.regulations.packs import adopt, set_value

UNIT_ROLES = ("receiver", "handler", "head")


@dataclass(kw_only=True)
class DemoCounty:
    """The county while it is being settled; everything is looked up by the keys of the TOML."""

    region: Region
    since: date
    towns: dict[str, Region] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def accounts_of(self, role: str, *, unit: str = "") -> list[str]:
        """Accounts that hold a role, in a unit when one is named; heads only as heads."""
        staff = demo_data("people")["people"].items()
        return [
            account
            for account, (_name, where, roles, _post) in staff
            if role in roles
            and (not unit or where == unit)
            and ("head" not in roles or role == "head")
        ]

    def unit_key(self, unit_id: int | None) -> str:
        """The TOML key of a unit."""
        return next(key for key, unit in self.units.items() if unit.pk == unit_id)


def settle_places(*, today: date, since: date, now: datetime) -> DemoCounty:
    """Create the county with its people; packs are in force from `since`."""
    county = DemoCounty(region=_regions(), since=since)
    _towns(county)
    _units(county)
    _sites(county, today=today)
    _people(county, today=today)
    _acting(county, today=today)
    by = county.users["office-head"]
    for pack in demo_data("places")["packs"]:
        adopt(pack, region=county.region, from_on=since, by=by, reason="演示县采用", now=now)
    for key, value in demo_data("places")["settings"].items():
        set_value(key, region=county.region, value=value, reason="演示县设定", by=by, now=now)
    return county


def _regions() -> Region:
    above: Region | None = None
    for level, row in enumerate(demo_data("places")["regions"], start=1):
        above = _region(row["code"], row["name"], level=level, parent=above)
    if above is None:
        raise ValueError("data/demo/places.toml names no regions")
    return above


def _region(code: str, name: str, *, level: int, parent: Region | None) -> Region:
    region = Region.objects.create(code=code, name=name, level=level, parent=parent, path="")
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save(update_fields=("path",))
    return region


def _towns(county: DemoCounty) -> None:
    level = county.region.level + 1
    for key, (code, name) in demo_data("places")["towns"].items():
        town = _region(code, name, level=level, parent=county.region)
        county.towns[key] = town
        county.units[key] = Unit.objects.create(
            name=f"{name}人民政府", kind=Unit.Kind.GOVERNMENT, region=town, sector="煤"
        )


def _units(county: DemoCounty) -> None:
    for key, row in demo_data("places")["units"].items():
        county.units[key] = Unit.objects.create(
            name=row["name"],
            kind=row["kind"],
            region=county.region,
            parent=county.units.get(row.get("parent", "")),
            sector=row.get("sector", "煤"),
        )
    for key, name in demo_data("places")["firms"].items():
        county.units[key] = Unit.objects.create(
            name=name, kind=Unit.Kind.FIRM, region=county.region
        )


def _sites(county: DemoCounty, *, today: date) -> None:
    places = demo_data("places")
    closed = {name: today + timedelta(days=days) for name, days in places["closed"].items()}
    for number, (name, kind, town, firm) in enumerate(places["mines"]["list"], start=1):
        site = Site.objects.create(
            name=name,
            kind=kind,
            region=county.towns[town],
            firm=county.units[firm],
            address=f"{county.region.name}{county.towns[town].name}",
            opened_on=places["opened_on"],
            closed_on=closed.get(name),
            code=f"{places['county']}{number:06}" if kind == Site.Kind.COAL else "",
        )
        county.sites.append(site)


def _people(county: DemoCounty, *, today: date) -> None:
    people = demo_data("people")
    # One hash for all: every account has the same printed password, and each costs 200 ms.
    password = make_password(people["password"])
    for account, (name, unit_key, roles, (function, title)) in people["people"].items():
        person, unit = Person.objects.create(name=name), county.units[unit_key]
        user = User.objects.create(username=account, person=person, unit=unit, password=password)
        county.users[account] = user
        for role in roles:
            region = unit.region if role in UNIT_ROLES else county.region
            Grant.objects.create(
                user=user, role=role, unit=unit, region=region, from_on=county.since
            )
        post = Post.objects.create(unit=unit, title=title, function=function)
        Appointment.objects.create(post=post, person=person, from_on=county.since)
        county.actors[account] = actor_of(user, on=today)


def _acting(county: DemoCounty, *, today: date) -> None:
    acting = demo_data("people")["acting"]
    first, last = (today + timedelta(days=days) for days in acting["days"])
    post = Post.objects.create(
        unit=county.units[acting["unit"]], title=acting["title"], function=Post.Function.HEAD
    )
    Appointment.objects.create(
        post=post,
        person=Person.objects.create(name=acting["before"]),
        from_on=first - timedelta(days=700),
        until_on=first - timedelta(days=1),
    )
    person = county.users[acting["account"]].person
    if person is None:
        raise ValueError(f"acting account {acting['account']!r} has no person")
    Appointment.objects.create(
        post=post,
        person=person,
        from_on=first,
        until_on=last,
        is_acting=True,
        paper=acting["paper"],
    )
