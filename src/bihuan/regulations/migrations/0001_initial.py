"""Create the tables of regulations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Clause",
            fields=[
                (
                    "id",
                    models.CharField(
                        max_length=20, primary_key=True, serialize=False, verbose_name="条款编号"
                    ),
                ),
                ("title", models.CharField(max_length=80, verbose_name="要点")),
                ("document", models.CharField(db_index=True, max_length=40, verbose_name="依据包")),
                ("item", models.CharField(max_length=20, verbose_name="原文条目")),
                ("capability", models.CharField(max_length=20, verbose_name="能力")),
                ("primitive", models.CharField(max_length=20, verbose_name="形式")),
                ("same_as", models.CharField(blank=True, max_length=20, verbose_name="同一要求")),
                ("skip", models.BooleanField(default=False, verbose_name="仅供查阅")),
                ("values", models.JSONField(default=dict, verbose_name="数值")),
            ],
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stamp", models.CharField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name="LoadedPack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, verbose_name="依据包")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("digest", models.CharField(max_length=12)),
                ("title", models.CharField(max_length=120, verbose_name="文件名称")),
                ("document", models.CharField(max_length=80, verbose_name="文号")),
                ("place_name", models.CharField(max_length=40, verbose_name="发文地区")),
                ("issued_on", models.DateField(null=True, verbose_name="印发日期")),
                ("period_from", models.DateField(null=True, verbose_name="原文期间自")),
                ("period_until", models.DateField(null=True, verbose_name="原文期间至")),
                ("content", models.JSONField()),
                ("loaded_at", models.DateTimeField(verbose_name="载入时间")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "version"), name="pack_version_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Adoption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pack_key", models.CharField(max_length=40, verbose_name="依据包")),
                ("from_on", models.DateField(verbose_name="自")),
                ("until_on", models.DateField(null=True, verbose_name="至")),
                ("decided_by", models.CharField(max_length=120, verbose_name="决定人")),
                ("note", models.TextField(verbose_name="说明")),
                ("adopted_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.region",
                        verbose_name="行政区",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on__isnull", True),
                            ("until_on__gte", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="adoption_ends_after_its_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="参数")),
                ("value", models.JSONField(null=True, verbose_name="设定值")),
                ("reason", models.TextField(verbose_name="理由")),
                ("set_at", models.DateTimeField(verbose_name="设定时间")),
                ("valid_from", models.DateField(verbose_name="生效日")),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="places.region",
                        verbose_name="行政区",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["key", "region"], name="setting_of_place")],
            },
        ),
    ]
