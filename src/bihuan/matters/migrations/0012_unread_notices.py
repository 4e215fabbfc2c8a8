"""Notices that wait to be read, by the matter they are about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Reading a matter reads what was told of it: a question of every matter's page."""

    dependencies = [("matters", "0011_initials_in_search")]

    operations = [
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["matter", "user"],
                name="outbox_unread",
            ),
        ),
    ]
