"""Clauses, versions of packs, their adoption by a place, and local settings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Clause(models.Model):
    """One clause of a document: where it stands and its figures, in our own words."""

    id = models.CharField("条款编号", max_length=20, primary_key=True)
    title = models.CharField("要点", max_length=80)
    document = models.CharField("依据包", max_length=40, db_index=True)
    item = models.CharField("原文条目", max_length=20)
    capability = models.CharField("能力", max_length=20)
    primitive = models.CharField("形式", max_length=20)
    same_as = models.CharField("同一要求", max_length=20, blank=True)
    skip = models.BooleanField("仅供查阅", default=False)
    values = models.JSONField("数值", default=dict)

    def __str__(self) -> str:
        return f"{self.id} {self.title}"


class LoadedPack(models.Model):
    """One version of a pack, as its file read when it was loaded; versions are never changed."""

    key = models.CharField("依据包", max_length=40)
    version = models.PositiveIntegerField("版本")
    digest = models.CharField(max_length=12)
    title = models.CharField("文件名称", max_length=120)
    document = models.CharField("文号", max_length=80)
    place_name = models.CharField("发文地区", max_length=40)
    issued_on = models.DateField("印发日期", null=True)
    period_from = models.DateField("原文期间自", null=True)
    period_until = models.DateField("原文期间至", null=True)
    content = models.JSONField()
    loaded_at = models.DateTimeField("载入时间")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "version"), name="pack_version_once"),
        )

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）"


class Adoption(models.Model):
    """A place takes a pack into force, from a day until a day (both included)."""

    pack_key = models.CharField("依据包", max_length=40)
    region = models.ForeignKey("places.Region", models.PROTECT, verbose_name="行政区")
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True)
    decided_by = models.CharField("决定人", max_length=120)
    note = models.TextField("说明")
    adopted_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="adoption_ends_after_its_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pack_key} {self.from_on}"


class Setting(models.Model):
    """A value a place set itself. Rows are only added; null goes back to the pack."""

    key = models.CharField("参数", max_length=60)
    region = models.ForeignKey("places.Region", models.PROTECT, verbose_name="行政区")
    value = models.JSONField("设定值", null=True)
    reason = models.TextField("理由")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    set_at = models.DateTimeField("设定时间")
    valid_from = models.DateField("生效日")

    class Meta:
        indexes = (models.Index(fields=("key", "region"), name="setting_of_place"),)

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"


class Revision(models.Model):
    """The one row that tells every process that packs, adoptions or settings changed.

    The stamp is random, not counted: after a rolled-back change a counter would come to the same
    number with other content, and a process that had seen the first would keep it.
    """

    stamp = models.CharField(max_length=16)

    def __str__(self) -> str:
        return self.stamp
