"""What was published: snapshots that never change; a withdrawn one leaves a tombstone."""

from django.conf import settings
from django.db import models

from bihuan.matters.models import Matter
from bihuan.places.models import Region


class Snapshot(models.Model):
    """One published item as the public reads it, frozen at release."""

    # An outer portal has the snapshots and not the matters.
    matter = models.OneToOneField(
        Matter, models.PROTECT, related_name="snapshot", db_constraint=False
    )
    about = models.ForeignKey(
        Matter, models.PROTECT, null=True, related_name="snapshots", db_constraint=False
    )
    kind = models.CharField(max_length=30)
    organ = models.CharField(max_length=20, blank=True, default="", db_default="")
    number = models.CharField("公开编号", max_length=40)
    title = models.CharField(max_length=200)
    body = models.JSONField()
    search_text = models.TextField()
    county = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    township = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=60, blank=True)
    medium = models.CharField("公开媒体", max_length=60)
    link = models.CharField("链接或期号", max_length=200, blank=True)
    published_on = models.DateField("公开日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        indexes = (models.Index(fields=("kind", "-id"), name="snapshot_kind"),)
        constraints = (
            models.UniqueConstraint(fields=("organ", "number"), name="publication_number_once"),
        )

    def __str__(self) -> str:
        return self.number
