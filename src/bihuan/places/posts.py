"""Who holds a post on a day; an acting appointment with paper and dates is the post itself."""

from datetime import date

from django.db.models import Q, QuerySet

from bihuan.database.prepared import prepared
from bihuan.places.models import Appointment


def holders_of(function: str, *, unit_id: int | None, on: date) -> list[Appointment]:
    """Appointments to posts of that function in a unit, in force that day; acting ones first."""
    return _holders(str(function), unit_id or 0, on)


@prepared
def _holders(function: str, unit_id: int, on: date) -> QuerySet[Appointment]:
    return (
        Appointment.objects.filter(post__unit_id=unit_id, post__function=function)
        .filter(from_on__lte=on)
        .filter(Q(until_on__isnull=True) | Q(until_on__gte=on))
        .select_related("person", "post")
        .order_by("-is_acting", "-from_on", "id")
    )
