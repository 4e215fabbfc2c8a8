"""Issued versions of statutory tables: frozen cells, each version readable for good."""

from django.conf import settings
from django.db import models

from bihuan.places.models import Region


class ReportVersion(models.Model):
    """One issued version of a table of a region and a day."""

    report = models.CharField("报表", max_length=30)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="地区", related_name="+")
    day = models.DateField("日期")
    version = models.SmallIntegerField("版次")
    rows = models.JSONField("行")
    changed = models.JSONField("改动的单元格", default=list)  # [row key, column key]
    cut_off = models.DateTimeField("截止时刻")
    issued_at = models.DateTimeField("定稿时间")
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="定稿人", related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("report", "region", "day", "version"), name="report_version_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.report} {self.day} v{self.version}"
