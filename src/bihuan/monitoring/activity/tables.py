"""The table of what mines report, with every version of a value that was altered."""

from django.db import models


class SeriesValue(models.Model):
    """A figure of a series over a span; the highest version holds, the others stay beside it.

    No row means nothing is known, never zero. `value` is null where the reporter took it back.
    """

    site = models.ForeignKey("places.Site", models.PROTECT, related_name="+", db_index=False)
    series = models.CharField("数据项", max_length=20)
    at = models.DateTimeField("起")
    span_minutes = models.IntegerField("时段分钟")
    value = models.DecimalField("数值", max_digits=15, decimal_places=3, null=True)
    unit = models.CharField("单位", max_length=8)
    source = models.CharField("来源", max_length=60)
    received_at = models.DateTimeField("收到时刻")
    version = models.SmallIntegerField("版本", default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "series", "at", "span_minutes", "version"),
                name="series_value_once",
            ),
        )
        indexes = (models.Index(fields=("received_at",), name="series_received"),)

    def __str__(self) -> str:
        return f"{self.series} {self.at:%Y-%m-%d %H:%M} {self.value}"
