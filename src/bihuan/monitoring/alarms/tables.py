"""Episodes as the desk asks for them: a projection of the ledger of readings, made again at will.

The ledger is the truth about readings, the matter's trail about what people did. This table joins
the two, and ranks and lists without either.
"""

from django.db import models
from django.db.models import Q


class Episode(models.Model):
    """One episode of the ledger, in its newest state."""

    # Generation of the ledger and the number there: a ledger that was begun anew counts again.
    # Those of pairs of switches aren't in the ledger: theirs are below zero.
    id = models.BigIntegerField(primary_key=True)
    mine = models.CharField(max_length=12)
    site = models.ForeignKey("places.Site", models.PROTECT, null=True, related_name="+")
    point = models.CharField(max_length=28)
    # Of what a pair of switches makes: the second of the two, `point` is the first.
    other_point = models.CharField(max_length=28, blank=True, default="")
    kind = models.CharField(max_length=16)
    level = models.CharField(max_length=16, blank=True)
    sensor_type = models.CharField(max_length=4, blank=True)
    sensor = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    limit = models.FloatField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    peak = models.FloatField(null=True)
    peak_at = models.DateTimeField(null=True)
    samples = models.IntegerField(default=0)
    is_calibrated = models.BooleanField(default=False)
    state = models.CharField(max_length=20)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = (
            models.Index(fields=("site", "started_at"), name="episode_site"),
            models.Index(fields=("point", "kind", "started_at"), name="episode_point"),
            models.Index(
                fields=("matter",), name="episode_matter", condition=Q(matter__isnull=False)
            ),
            models.Index(
                fields=("kind", "started_at"),
                name="episode_waiting",
                condition=Q(matter__isnull=True, ended_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.point} {self.kind} {self.level}"


class Followed(models.Model):
    """How far the ledger of readings was followed: the last change that was taken over."""

    name = models.CharField(max_length=20, primary_key=True)
    commit = models.BigIntegerField(default=0)
    episode = models.BigIntegerField(default=0)
    generation = models.IntegerField(default=0)
    born = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.commit}.{self.episode}"
