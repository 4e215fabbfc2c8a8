"""Who sends data and when: sources, and the breaks between what they sent."""

from django.db import models


class DataSource(models.Model):
    """One thing at a site that sends data of one system, with its first and last moment.

    A source that never sent is one without moments, and no row means it was never linked.
    """

    site = models.ForeignKey("places.Site", models.PROTECT, related_name="+", db_index=False)
    system = models.CharField("系统", max_length=20)
    object = models.CharField("对象", max_length=60, blank=True)
    first_seen_at = models.DateTimeField("首次收到")
    last_seen_at = models.DateTimeField("最近收到")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "system", "object"), name="source_once"),
        )
        indexes = (models.Index(fields=("system", "last_seen_at"), name="source_seen"),)

    def __str__(self) -> str:
        return f"{self.system} {self.object} {self.last_seen_at:%Y-%m-%d %H:%M}"


class SourceBreak(models.Model):
    """A span in which a source sent nothing, known once it sent again; 缺数, never 0."""

    source = models.ForeignKey(DataSource, models.CASCADE, related_name="breaks", db_index=False)
    started_at = models.DateTimeField("断开")
    ended_at = models.DateTimeField("恢复")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "started_at"), name="break_once"),)
        indexes = (models.Index(fields=("ended_at",), name="break_ended"),)

    def __str__(self) -> str:
        return f"{self.source_id} {self.started_at:%Y-%m-%d %H:%M}"


class DayCount(models.Model):
    """Readings of a source on a day, as its system counted them; sent again it is replaced."""

    source = models.ForeignKey(DataSource, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField("日期")
    expected = models.IntegerField("应收", null=True)
    received = models.IntegerField("实收", null=True)
    missing = models.IntegerField("缺失", null=True)
    late = models.IntegerField("迟到", null=True)
    frozen = models.IntegerField("异常不变", null=True)
    out_of_range = models.IntegerField("越量程", null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "day"), name="day_count_once"),)

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}"
