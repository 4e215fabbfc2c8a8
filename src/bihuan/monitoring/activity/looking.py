"""Which mines a watch looks at now, what is registered about them, and how it words its figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import batched

from bihuan.language.clock import SHANGHAI
from bihuan.language.pack import Value
from bihuan.matters.models import Entry, Heartbeat, Record
from bihuan.matters.site_proposals import BEAT
from bihuan.monitoring.activity.tables import SeriesValue
from bihuan.monitoring.mines import MINE_KINDS, NOTHING_KNOWN, Profile, profiles_on
from bihuan.places.models import Site
from bihuan.regulations.values import value_of

BATCH = 200
OVERLAP = timedelta(hours=1)
TONNES = Decimal(10_000)  # of a 万吨
_WRITES = ("record.write", "record.void")


@dataclass(frozen=True, kw_only=True)
class Mine:
    """A mine as watches see it."""

    id: int
    name: str
    path: tuple[int, ...]
    profile: Profile = field(default=NOTHING_KNOWN)

    @property
    def capacity_t(self) -> Decimal | None:
        """Approved capacity in tonnes a year; None where none is registered."""
        approved = self.profile.capacity
        return None if approved is None else Decimal(approved) * TONNES

    def value(self, key: str, *, on: date) -> Value:
        """A parameter as in force at the mine on a day."""
        return value_of(key, region_path=self.path, on=on)

    def number(self, key: str, *, on: date) -> Decimal | None:
        """A parameter's number, None where it is not set."""
        found = self.value(key, on=on)
        return Decimal(str(found.value)) if found.is_set else None


def day_of(moment: datetime) -> date:
    """The day of a moment in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def mines_to_look_at(*, now: datetime) -> Iterator[list[Mine]]:
    """Mines in batches: those of which something came since the last look, once a day all."""
    sites = Site.objects.filter(kind__in=MINE_KINDS).select_related("region").order_by("pk")
    since = _since(now)
    if since is not None:
        sites = sites.filter(pk__in=_touched(since))
    profiles = profiles_on(day_of(now))
    for batch in batched(sites.iterator(chunk_size=BATCH), BATCH):
        yield [mine_of(site, profiles=profiles) for site in batch]


def mine_of(site: Site, *, profiles: dict[int, Profile]) -> Mine:
    """A site with what is registered about it."""
    return Mine(
        id=site.pk,
        name=site.name,
        path=site.region.path_ids,
        profile=profiles.get(site.pk, NOTHING_KNOWN),
    )


def _since(now: datetime) -> datetime | None:
    last = Heartbeat.objects.filter(name=BEAT).values_list("beat_at", flat=True).first()
    if last is None or not timedelta(0) <= now - last or day_of(last) != day_of(now):
        return None
    return last - OVERLAP


def _touched(since: datetime) -> set[int]:
    came = SeriesValue.objects.filter(received_at__gte=since).order_by()
    written = Entry.objects.filter(recorded_at__gte=since, step__in=_WRITES)
    records = Record.objects.filter(
        pk__in=list(written.values_list("matter_id", flat=True)), site__isnull=False
    )
    return {
        *came.values_list("site_id", flat=True).distinct(),
        *(pk for pk in records.values_list("site_id", flat=True) if pk is not None),
    }


def plain(number: Decimal, *, places: int = 3) -> str:
    """A number as it is read: no exponent, no zeros behind."""
    text = f"{round(number, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_ten_thousand(tonnes: Decimal) -> str:
    """Tonnes in 万吨, to the tonne."""
    return f"{plain(tonnes / TONNES, places=4)} 万吨"


def chinese_day(day: date) -> str:
    """A day in words."""
    return f"{day.year}年{day.month}月{day.day}日"


def fraction_text(number: Fraction) -> str:
    """A fraction as a decimal of two places at most."""
    return plain(Decimal(number.numerator) / Decimal(number.denominator), places=2)
