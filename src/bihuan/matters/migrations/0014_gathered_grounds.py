"""Several grounds may stand on one proposal."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0013_site_grounds")]

    operations = [
        migrations.AlterField(
            model_name="siteground",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grounds",
                to="matters.matter",
            ),
        ),
    ]
