"""What watches found at sites: a ground opens one proposal, for good."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of grounds."""

    dependencies = [
        ("matters", "0012_unread_notices"),
        ("places", "0003_mine_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteGround",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("watch", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=80)),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ground_row",
                        to="matters.matter",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.site",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="siteground",
            constraint=models.UniqueConstraint(
                fields=("watch", "site", "key"), name="site_ground_once"
            ),
        ),
    ]
