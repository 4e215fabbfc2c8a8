"""What a pair of switches makes names both points."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0020_goaf_readings")]

    operations = [
        migrations.AddField(
            model_name="episode",
            name="other_point",
            field=models.CharField(blank=True, default="", max_length=28),
        ),
    ]
