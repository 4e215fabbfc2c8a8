"""Grounds that watches found at sites, each with the one proposal that it opened, for good."""

from django.db import models

from bihuan.matters.writing import GuardedQuerySet


class SiteGround(models.Model):
    """A ground is (watch, site, key); found again it joins its proposal or stays decided.

    Several stand on one proposal where the watch gathers them.
    """

    watch = models.CharField(max_length=40)
    site = models.ForeignKey("places.Site", models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    proposal = models.ForeignKey("matters.Matter", models.CASCADE, related_name="grounds")

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("watch", "site", "key"), name="site_ground_once"),
        )

    def __str__(self) -> str:
        return f"{self.watch} {self.key}"
