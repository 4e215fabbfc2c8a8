"""The table of what mines report, every version of a value beside the others."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table."""

    dependencies = [("monitoring", "0001_episodes"), ("places", "0003_mine_codes")]
    operations = [
        migrations.CreateModel(
            name="SeriesValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("series", models.CharField(max_length=20, verbose_name="数据项")),
                ("at", models.DateTimeField(verbose_name="起")),
                ("span_minutes", models.IntegerField(verbose_name="时段分钟")),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=3, max_digits=15, null=True, verbose_name="数值"
                    ),
                ),
                ("unit", models.CharField(max_length=8, verbose_name="单位")),
                ("source", models.CharField(max_length=60, verbose_name="来源")),
                ("received_at", models.DateTimeField(verbose_name="收到时刻")),
                ("version", models.SmallIntegerField(default=1, verbose_name="版本")),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.site",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["received_at"], name="series_received")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("site", "series", "at", "span_minutes", "version"),
                        name="series_value_once",
                    )
                ],
            },
        ),
    ]
