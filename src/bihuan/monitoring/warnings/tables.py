"""What is kept of goafs: every reading of a point, once."""

from django.db import models

from bihuan.places.models import Site


class GoafReading(models.Model):
    """A reading of a goaf's point; `value` is the decimal as it came."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+", db_index=False)
    point = models.CharField(max_length=40)
    at = models.DateTimeField()
    value = models.CharField(max_length=24)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "point", "at"), name="goaf_reading_once"),
        )

    def __str__(self) -> str:
        return f"{self.point} {self.value}"
