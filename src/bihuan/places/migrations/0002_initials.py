"""Units have initials too, and every name all its readings."""

from django.db import migrations, models

from bihuan.places.initials import initials_of

MAX = 240
BATCH = 1000


def fill(apps, editor):
    """Give every unit and site its initials."""
    for name in ("Unit", "Site"):
        model = apps.get_model("places", name)
        changed = []
        for row in model.objects.only("pk", "name").order_by("pk").iterator(BATCH):
            row.initials = initials_of(row.name)[:MAX]
            changed.append(row)
        model.objects.bulk_update(changed, ["initials"], batch_size=BATCH)


class Migration(migrations.Migration):
    """Initials were only kept of the sites of the demonstration."""

    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="initials",
            field=models.CharField(
                "拼音首字母", max_length=MAX, blank=True, editable=False, default=""
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="site",
            name="initials",
            field=models.CharField("拼音首字母", max_length=MAX, blank=True, editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
