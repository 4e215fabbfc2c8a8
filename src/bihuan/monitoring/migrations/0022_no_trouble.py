"""A column that nothing wrote."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0021_paired_points")]

    operations = [migrations.RemoveField(model_name="followed", name="trouble")]
