"""Places by their key: regions with their path, sites and units with their region."""

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.places.models import Region, Site, Unit


def region_path(region_id: int) -> tuple[int, ...]:
    """Ids from the province to the region; raises Region.DoesNotExist."""
    found = regions_with.first(region_id)
    if found is None:
        raise Region.DoesNotExist(f"no region {region_id!r}")
    return found.path_ids


@prepared
def regions_with(region_id: int) -> QuerySet[Region]:
    """The region with that key."""
    return Region.objects.filter(pk=region_id)


@prepared
def sites_with(site_id: int) -> QuerySet[Site]:
    """The site with that key, and its region."""
    return Site.objects.filter(pk=site_id).select_related("region")


@prepared
def units_with(unit_id: int) -> QuerySet[Unit]:
    """The unit with that key, and its region."""
    return Unit.objects.filter(pk=unit_id).select_related("region")
