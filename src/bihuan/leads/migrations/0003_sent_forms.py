from django.db import migrations, models


class Migration(migrations.Migration):
    """Take the table of sent forms over; it exists already."""

    dependencies = [("leads", "0002_readings_stay"), ("portal", "0002_sent_forms_leave")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SentForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("mark", models.BinaryField(max_length=32, unique=True)),
                        ("sealed", models.BinaryField(default=bytes)),
                        ("sent_at", models.DateTimeField(db_index=True)),
                    ],
                ),
            ],
        ),
    ]
