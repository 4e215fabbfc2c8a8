"""Create the tables of places."""

import datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="姓名")),
                (
                    "work_phone",
                    models.CharField(blank=True, max_length=30, verbose_name="办公电话"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, verbose_name="区划代码")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "level",
                    models.SmallIntegerField(
                        choices=[(1, "省"), (2, "市"), (3, "县"), (4, "乡镇")], verbose_name="层级"
                    ),
                ),
                ("path", models.CharField(db_index=True, max_length=60)),
                ("valid_from", models.DateField(default=datetime.date(1, 1, 1))),
                ("valid_until", models.DateField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="places.region",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bureau", "局"),
                            ("office", "行动办公室"),
                            ("section", "股室"),
                            ("department", "部门"),
                            ("government", "政府"),
                            ("party", "党委"),
                            ("police", "公安机关"),
                            ("discipline", "纪检监察机关"),
                            ("licensing", "资质颁发部门"),
                            ("firm", "企业"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("sector", models.CharField(blank=True, max_length=4, verbose_name="文号行业字")),
                ("organ", models.CharField(blank=True, max_length=12, verbose_name="发文机关代字")),
                ("is_active", models.BooleanField(default=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="places.unit",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.region",
                        verbose_name="行政区",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("short_name", models.CharField(blank=True, max_length=40, verbose_name="简称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("coal", "煤矿"),
                            ("noncoal", "非煤矿山"),
                            ("pond", "尾矿库"),
                            ("firm", "企业"),
                            ("body", "机构"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                (
                    "initials",
                    models.CharField(blank=True, max_length=80, verbose_name="拼音首字母"),
                ),
                ("opened_on", models.DateField(null=True, verbose_name="建档日期")),
                ("closed_on", models.DateField(null=True, verbose_name="关闭日期")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.region",
                        verbose_name="属地",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.unit",
                        verbose_name="企业单位",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=40, verbose_name="职务")),
                (
                    "function",
                    models.CharField(
                        choices=[
                            ("head", "主要负责人"),
                            ("deputy", "分管负责人"),
                            ("receiver", "签收人"),
                            ("staff", "工作人员"),
                        ],
                        max_length=10,
                        verbose_name="职能",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="places.unit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField(verbose_name="自")),
                ("until_on", models.DateField(null=True, verbose_name="至")),
                ("is_acting", models.BooleanField(default=False, verbose_name="代理")),
                (
                    "paper",
                    models.CharField(blank=True, max_length=120, verbose_name="代理依据文件"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="places.person",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="places.post",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_acting", False),
                            models.Q(
                                models.Q(("paper", ""), _negated=True), ("until_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="acting_needs_paper_and_dates",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="region_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(fields=("region", "name"), name="unit_name_once"),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(fields=("region", "name"), name="site_name_once"),
        ),
    ]
