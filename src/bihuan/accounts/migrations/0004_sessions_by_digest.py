"""Sessions kept under their own keys end: from now on rows are named by a digest of the key."""

from django.db import migrations


def end_every_session(apps, editor):
    """Everybody signs in again after the upgrade."""
    apps.get_model("sessions", "Session").objects.all().delete()
    apps.get_model("accounts", "Sitting").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_audit_is_append_only"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(end_every_session, end_every_session)]
