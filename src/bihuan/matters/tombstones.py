"""Tables of what was destroyed on a person's decision, and of what is proposed for it."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from bihuan.matters.writing import GuardedQuerySet


class OpenDisposal(models.Model):
    """Which disposal is open for (matter, class of data), or until when none is proposed."""

    about = models.ForeignKey("matters.Matter", models.CASCADE, related_name="open_disposals")
    retention = models.CharField(max_length=40)
    disposal = models.OneToOneField("matters.Matter", models.CASCADE, related_name="disposes_as")
    kept_until = models.DateField(null=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("about", "retention"), name="disposal_once"),
        )

    def __str__(self) -> str:
        return f"{self.retention} of {self.about_id}"


class TombstoneQuerySet(GuardedQuerySet["Tombstone"]):
    """Tombstones are added and looked at; none is ever taken away."""

    def delete(self) -> NoReturn:
        """Refuse: what was destroyed stays known."""
        raise TypeError("tombstones stay")


class Tombstone(models.Model):
    """One thing that was destroyed: which, of what matter, under which disposal. No content.

    The trail of the disposal tells the same; this row is found without reading trails. `gone_at`
    is when its file and the remains in the database's log were removed, after the commit.
    """

    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="tombstones")
    disposal = models.ForeignKey("matters.Matter", models.PROTECT, related_name="destroyed")
    retention = models.CharField(max_length=40)
    what = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField()
    file = models.CharField(max_length=64, blank=True)
    destroyed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    objects = TombstoneQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("matter", "what"), name="tombstone_once"),)
        indexes = (
            models.Index(fields=("id",), name="tombstone_open", condition=Q(gone_at=None)),
            models.Index(fields=("file",), name="tombstone_file"),
        )

    def __str__(self) -> str:
        return f"{self.what} of {self.matter_id}"

    @property
    def told(self) -> dict[str, Any]:
        """The line as the trail of the disposal and the list beside the database tell it."""
        return {
            "matter": self.matter_id,
            "retention": self.retention,
            "what": self.what,
            "digest": self.digest,
            "size": self.size,
        }
