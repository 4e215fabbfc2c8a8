"""The county that this portal speaks for, and what its settings say to the public."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, override

from bihuan.exchange.models import Notice
from bihuan.exchange.peers import is_outside
from bihuan.language.clock import SHANGHAI
from bihuan.language.pack import Value
from bihuan.language.parameter import Kind, Option, Origin, parse_value
from bihuan.leads.roster import published_channels
from bihuan.places.models import Region, Site, Unit
from bihuan.regulations.values import value_of

NOT_TYPED = "未录入"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way to report, as the public page shows it."""

    name: str
    address: str
    hours: str


@dataclass(frozen=True, kw_only=True)
class PortalPlace:
    """The county with the names of the body that answers."""

    region: Region
    bureau: str
    office: str
    on: date

    def value(self, key: str) -> Value:
        """A setting as in force here today."""
        return value_of(key, region_path=self.region.path_ids, on=self.on)

    @cached_property
    def hotline(self) -> str:
        """The number that the administrator typed with its hours, or 未录入 (LX-W5-6)."""
        number, hours = self.value("lead.hotline_number"), self.value("lead.hotline_hours")
        if not number.is_set or not number.text.strip():
            return NOT_TYPED
        return f"{number.text}（{hours.text}）" if hours.is_set else number.text

    @cached_property
    def kinds(self) -> tuple[Option, ...]:
        """Kinds of tip-offs of the packs in force."""
        kinds = self.value("lead.types")
        return kinds.options if kinds.is_set else ()

    def channels(self) -> list[Channel]:
        """Open, published channels; a closed one isn't there (LX-W2-1)."""
        return [
            Channel(
                name=str(row.facts.get("name") or row.title),
                address=str(row.facts.get("address") or NOT_TYPED),
                hours=str(row.facts.get("hours") or ""),
            )
            for row in published_channels(self.on, region=self.region)
        ]

    @cached_property
    def sites(self) -> dict[str, int]:
        """Ids of the county's sites by name."""
        found = Site.objects.filter(region__path__startswith=self.region.path, closed_on=None)
        return dict(found.order_by("name").values_list("name", "pk"))

    @cached_property
    def townships(self) -> dict[str, str]:
        """Names of the townships by id."""
        found = Region.objects.filter(parent=self.region, level=Region.Level.TOWNSHIP)
        return {str(pk): name for pk, name in found.order_by("code").values_list("pk", "name")}


@dataclass(frozen=True, kw_only=True)
class GivenPlace(PortalPlace):
    """The county as its inner deployment last told of it; the matters are not here."""

    told: Mapping[str, Any]

    @override
    def value(self, key: str) -> Value:
        """A setting as it was in force when the package was written."""
        given = self.told["values"].get(key)
        if given is None:
            return Value(key=key, value=None, origin=Origin.UNSET)
        kind = Kind(given["kind"])
        value = None if given["value"] is None else parse_value(kind, given["value"])
        return Value(key=key, value=value, origin=Origin(given["origin"]), kind=kind)

    @override
    def channels(self) -> list[Channel]:
        """The channels that were open and published."""
        return [
            Channel(name=name, address=address, hours=hours)
            for name, address, hours in self.told["channels"]
        ]

    @cached_property
    @override
    def sites(self) -> dict[str, int]:
        """Ids of the county's sites by name, as they are inside."""
        return {name: pk for pk, name in self.told["sites"]}


def portal_place(now: datetime) -> PortalPlace | None:
    """The county whose portal this is; None before one is set up, or told of."""
    return given_place(now) if is_outside() else own_place(now)


def given_place(now: datetime) -> GivenPlace | None:
    """The county that an outer portal speaks for; None before the first package from inside."""
    notice = Notice.objects.order_by("-pk").first()
    if notice is None:
        return None
    return GivenPlace(
        region=Region.objects.get(pk=notice.told["county"]),
        bureau=notice.told["bureau"],
        office=notice.told["office"],
        on=now.astimezone(SHANGHAI).date(),
        told=notice.told,
    )


def own_place(now: datetime) -> PortalPlace | None:
    """The county whose office answers here; None before one is set up."""
    office = (
        Unit.objects.filter(kind=Unit.Kind.OFFICE, is_active=True)
        .select_related("region")
        .order_by("pk")
        .first()
    )
    if office is None:
        return None
    bureau = Unit.objects.filter(
        kind=Unit.Kind.BUREAU, region_id=office.region_id, is_active=True
    ).first()
    return PortalPlace(
        region=office.region,
        bureau=bureau.name if bureau else office.name,
        office=office.name,
        on=now.astimezone(SHANGHAI).date(),
    )
