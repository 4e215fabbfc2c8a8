"""The columns that somebody wants to see whenever he opens a list."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE


class Migration(migrations.Migration):
    """One row for a person and a kind."""

    dependencies = [
        ("desk", "0002_saved_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UsualColumns",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("keys", models.TextField()),
                ("kept_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind"), name="usual_columns_once"),
                ],
            },
        ),
    ]
