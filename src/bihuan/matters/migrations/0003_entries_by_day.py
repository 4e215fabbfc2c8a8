from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries by the day on which they were recorded: a seal reads its day, not the whole trail."""

    dependencies = [("matters", "0002_storage")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["recorded_at"], name="entry_recorded"),
        ),
    ]
