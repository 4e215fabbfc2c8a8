"""Regions, units, posts, persons and sites, each dated so that history stays true."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from bihuan.places.initials import initials_of

if TYPE_CHECKING:
    _Text = models.CharField[str, str]
else:
    _Text = models.CharField  # takes no brackets at run time
INITIALS_MAX = 240


class InitialsField(_Text):
    """Initials of the row's name, written with the row, so that no way of saving forgets them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        fixed = {"max_length": INITIALS_MAX, "blank": True, "editable": False}
        super().__init__(*args, **{**options, **fixed})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """A column of text like any other: migrations needn't know where it comes from."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002 - Django's own signature
        """The initials of the name as it is now."""
        found = initials_of(getattr(model_instance, "name", ""))[:INITIALS_MAX]
        setattr(model_instance, self.attname, found)
        return found


class Region(models.Model):
    """An administrative region (GB/T 2260), with a materialised path of ids from the top."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, "省"
        CITY = 2, "市"
        COUNTY = 3, "县"
        TOWNSHIP = 4, "乡镇"

    code = models.CharField("区划代码", max_length=12)
    name = models.CharField("名称", max_length=60)
    level = models.SmallIntegerField("层级", choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=60, db_index=True)
    valid_from = models.DateField(default=date.min)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "code",
                    "valid_from",
                ),
                name="region_code_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def path_ids(self) -> tuple[int, ...]:
        """Ids from the province down to this region."""
        return tuple(int(part) for part in self.path.split("/") if part)


class Unit(models.Model):
    """A body that holds matters: a bureau, its office and sections, departments, governments."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", "局"
        OFFICE = "office", "行动办公室"
        SECTION = "section", "股室"
        DEPARTMENT = "department", "部门"
        GOVERNMENT = "government", "政府"
        PARTY = "party", "党委"
        POLICE = "police", "公安机关"
        DISCIPLINE = "discipline", "纪检监察机关"
        LICENSING = "licensing", "资质颁发部门"
        FIRM = "firm", "企业"

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="行政区")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    sector = models.CharField("文号行业字", max_length=4, blank=True)
    organ = models.CharField("发文机关代字", max_length=12, blank=True)
    initials = InitialsField("拼音首字母")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "region",
                    "name",
                ),
                name="unit_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who holds posts; not every person has an account."""

    name = models.CharField("姓名", max_length=40)
    work_phone = models.CharField("办公电话", max_length=30, blank=True)

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post of a unit. Its function says what the rules ask of it."""

    class Function(models.TextChoices):
        HEAD = "head", "主要负责人"
        DEPUTY = "deputy", "分管负责人"
        RECEIVER = "receiver", "签收人"
        STAFF = "staff", "工作人员"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    title = models.CharField("职务", max_length=40)
    function = models.CharField("职能", max_length=10, choices=Function)

    def __str__(self) -> str:
        return f"{self.unit.name}{self.title}"


class Appointment(models.Model):
    """A person in a post, dated; an acting one names its paper and *is* the post meanwhile."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True)
    is_acting = models.BooleanField("代理", default=False)
    paper = models.CharField("代理依据文件", max_length=120, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_acting=False) | (~Q(paper="") & Q(until_on__isnull=False)),
                name="acting_needs_paper_and_dates",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person.name}（{self.post}）"


class Site(models.Model):
    """What is supervised: a mine, a pond, a firm, a body."""

    class Kind(models.TextChoices):
        COAL = "coal", "煤矿"
        NONCOAL = "noncoal", "非煤矿山"
        POND = "pond", "尾矿库"
        FIRM = "firm", "企业"
        BODY = "body", "机构"

    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="属地")
    firm = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name="企业单位")
    address = models.CharField("地址", max_length=120, blank=True)
    # Twelve digits by which its monitoring systems name a mine in every file; empty where none is.
    code = models.CharField("煤矿编码", max_length=12, blank=True, default="")
    initials = InitialsField("拼音首字母")
    opened_on = models.DateField("建档日期", null=True)
    closed_on = models.DateField("关闭日期", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "region",
                    "name",
                ),
                name="site_name_once",
            ),
            models.UniqueConstraint(fields=("code",), condition=~Q(code=""), name="site_code_once"),
        )

    def __str__(self) -> str:
        return self.name
