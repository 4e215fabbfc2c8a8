"""The organ that numbered a publication: counties count each for itself."""

from django.db import migrations, models

BACKFILL = (
    "UPDATE disclosure_snapshot SET organ = (SELECT CAST(COALESCE(l3, l2, l1, 0) AS varchar(20))"
    " FROM matters_matter WHERE matters_matter.id = disclosure_snapshot.matter_id)"
)


def fill(apps, editor):
    """Where the matter stands, it was numbered."""
    editor.execute(BACKFILL)


class Migration(migrations.Migration):
    """The column; the key follows."""

    dependencies = [("disclosure", "0001_initial"), ("matters", "0008_organs")]
    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="organ",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
