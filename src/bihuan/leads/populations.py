"""Who owes a reward notice: the mines in being on a day."""

from datetime import date

from django.db.models import Q

from bihuan.language.words import Population
from bihuan.places.models import Site

MINE_KINDS = (Site.Kind.COAL, Site.Kind.NONCOAL)


def mines_in_being(region_ids: tuple[int, ...], on: date) -> list[int]:
    """Ids of coal and non-coal mines below those regions, opened by that day and not yet closed."""
    below = Q(pk__in=())
    for region_id in region_ids:
        below |= Q(region__path__contains=f"/{region_id}/")
    opened = Q(opened_on=None) | Q(opened_on__lte=on)
    lasting = Q(closed_on=None) | Q(closed_on__gt=on)
    found = Site.objects.filter(below, opened, lasting, kind__in=MINE_KINDS)
    return list(found.order_by("kind", "id").values_list("pk", flat=True))


MINES = Population(
    key="mines",
    label="当日存续的煤矿和非煤矿山",
    member="site",
    members=mines_in_being,
    basis=("SX-52-1",),
)
POPULATIONS = (MINES,)
