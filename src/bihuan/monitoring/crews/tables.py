"""What is kept of positions: reports, head-counts, presences, shift totals, entries, excesses.

Cards stand here by their code. No name of a miner does.
"""

from typing import Final

from django.db import models
from django.db.models import F, Q

from bihuan.matters.models import Matter
from bihuan.places.models import Site

WHOLE_MINE: Final = ""


class PositionReport(models.Model):
    """Everybody underground at a moment, as it was sent; sent otherwise again, the last counts."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    channel = models.CharField(max_length=8)
    total = models.IntegerField()
    unplaced = models.IntegerField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "at", "digest"), name="position_report_once"),
            models.UniqueConstraint(
                fields=("site", "at"),
                condition=Q(is_current=True),
                name="position_report_current",
            ),
        )

    def __str__(self) -> str:
        return f"{self.site_id} {self.at}"


class Headcount(models.Model):
    """How many are in an area at a moment; `WHOLE_MINE` is all, also those without an area."""

    report = models.ForeignKey(PositionReport, models.CASCADE, related_name="counts")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    area = models.CharField(max_length=16, blank=True)
    count = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("report", "area"), name="headcount_once"),
            models.CheckConstraint(condition=Q(count__gte=0), name="headcount_not_negative"),
        )
        indexes = (models.Index(fields=("site", "area", "at"), name="headcount_of_area"),)

    def __str__(self) -> str:
        return f"{self.area or '全矿'} {self.count}"


class Presence(models.Model):
    """A card in an area from one moment to another; `seen_at` is the last report that has it.

    `until_at` is the first moment at which it was seen elsewhere or not at all. `spot` is where
    the card was seen by its station, `spot_since` since when it hasn't moved from there.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    card = models.CharField(max_length=24)
    area = models.CharField(max_length=16, blank=True)
    from_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField()  # into the mine
    spot = models.CharField(max_length=48, blank=True)
    spot_since = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(seen_at__gte=F("from_at")), name="presence_in_order"
            ),
        )
        indexes = (
            models.Index(fields=("site", "seen_at"), name="presence_seen"),
            models.Index(fields=("site", "card"), condition=Q(until_at=None), name="presence_open"),
            models.Index(fields=("site", "entered_at"), name="presence_entered"),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.area}"


class DoubledCard(models.Model):
    """One card that a report has in two areas at once."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    card = models.CharField(max_length=24)
    places = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "at", "card"), name="doubled_card_once"),
        )

    def __str__(self) -> str:
        return f"{self.card} {self.places}"


class ShiftTotal(models.Model):
    """Different persons who went down for a shift, by their cards, and the most at once."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    shift = models.CharField(max_length=20)
    on = models.DateField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    persons = models.IntegerField()
    peak = models.IntegerField()
    peak_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "begins_at", "shift"), name="shift_total_once"),
        )
        indexes = (models.Index(fields=("persons",), name="shift_total_by_persons"),)

    def __str__(self) -> str:
        return f"{self.on} {self.shift} {self.persons}"


class EntryRecord(models.Model):
    """Somebody went in at an entry point; `person` is the mine's own number for him."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    point = models.CharField(max_length=40)
    card = models.CharField(max_length=24)
    person = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "at", "point", "card", "person"), name="entry_record_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.point} {self.card}"


class CrewExcess(models.Model):
    """A face over its limit, with the one alarm that it opened."""

    class Counting(models.TextChoices):
        PEAK = "peak", "同时在面"
        TOTAL = "total", "单班总人数"

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    area = models.CharField(max_length=16)
    counting = models.CharField(max_length=5, choices=Counting)
    limit = models.IntegerField()
    started_at = models.DateTimeField()
    peak = models.IntegerField()
    peak_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    matter = models.OneToOneField(Matter, models.CASCADE, related_name="crew_excess")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "area", "counting"),
                condition=Q(ended_at=None),
                name="crew_excess_open_once",
            ),
            models.UniqueConstraint(
                fields=("site", "area", "counting", "started_at"), name="crew_excess_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.area} {self.peak}>{self.limit}"
