"""What the two systems about tailings ponds told, by pond id, whoever's pond that is."""

from django.db import models


class PondNotice(models.Model):
    """One line of an export: a contact or a warning of a pond; sent again it is the same line.

    It carries the pond's id of that system and no site: which pond it is of is matched when it is
    read, so that a pond registered later finds what came before.
    """

    region = models.ForeignKey("places.Region", models.PROTECT, related_name="+", db_index=False)
    system = models.CharField("来源系统", max_length=16)
    pond_id = models.CharField("尾矿库编号", max_length=40)
    kind = models.CharField("类别", max_length=10)
    key = models.CharField("条目", max_length=64)
    text = models.CharField("内容", max_length=300)
    happened_on = models.DateField("日期", null=True)
    source = models.CharField("文件", max_length=120)
    updated_at = models.DateTimeField("更新时刻")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("region", "system", "pond_id", "kind", "key"), name="pond_notice_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.system} {self.pond_id} {self.kind}"
