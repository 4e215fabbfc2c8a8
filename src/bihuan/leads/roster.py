"""Who takes what comes in on a day, and which channels stand on the public page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from bihuan.leads.ledgers import CHANNEL, OPEN, ROSTER
from bihuan.matters.models import Record
from bihuan.matters.records import valid_on
from bihuan.places.models import Region

NOBODY = "无专人"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An open channel on a day and the names of those who take it."""

    channel: Record
    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """The names, or 无专人."""
        return "、".join(self.names) or NOBODY

    @property
    def is_manned(self) -> bool:
        """Whether anybody takes it."""
        return bool(self.names)


def watches_on(on: date, *, region: Region) -> list[Watch]:
    """Every open channel of a place with its people on that day (LX-A1-1-1)."""
    names: dict[str, list[str]] = defaultdict(list)
    rows = valid_on(on).filter(ledger=ROSTER, region_id__in=region.path_ids)
    for row in rows.select_related("person").order_by("id"):
        if row.person is not None:
            names[str(row.facts.get("channel"))].append(row.person.name)
    return [
        Watch(channel=channel, names=tuple(dict.fromkeys(names[str(channel.pk)])))
        for channel in _open_channels(on, region=region)
    ]


def published_channels(on: date, *, region: Region) -> list[Record]:
    """Channels that the public page shows: open and published; a closed one is hidden."""
    return [row for row in _open_channels(on, region=region) if row.facts.get("is_published")]


def _open_channels(on: date, *, region: Region) -> list[Record]:
    rows = valid_on(on).filter(ledger=CHANNEL, region_id__in=region.path_ids).order_by("id")
    return [row for row in rows if row.facts.get("state") == OPEN]
