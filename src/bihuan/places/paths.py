"""Where a region stands: its ids from the province down."""

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.places.models import Region


def region_path(region_id: int) -> tuple[int, ...]:
    """Ids from the province to the region; raises Region.DoesNotExist."""
    found = _regions.first(region_id)
    if found is None:
        raise Region.DoesNotExist(f"no region {region_id!r}")
    return found.path_ids


@prepared
def _regions(region_id: int) -> QuerySet[Region]:
    return Region.objects.filter(pk=region_id)
