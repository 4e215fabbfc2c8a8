"""The organ that gave a number: counties count each for itself, so their numbers look alike."""

from django.db import migrations, models

BACKFILL = (
    """UPDATE matters_matter SET organ = CAST(COALESCE(l3, l2, l1, 0) AS varchar(20))
        WHERE number <> ''""",
    """UPDATE matters_papercopy SET organ = (SELECT CAST(COALESCE(l3, l2, l1, 0) AS varchar(20))
        FROM matters_matter WHERE matters_matter.id = matters_papercopy.matter_id)""",
    """UPDATE matters_numbervoid SET organ = (SELECT CAST(COALESCE(l3, l2, l1, 0) AS varchar(20))
        FROM matters_matter WHERE matters_matter.id = matters_numbervoid.matter_id)
        WHERE matter_id IS NOT NULL""",
)


def fill(apps, editor):
    """Whoever numbers a matter numbers its papers."""
    for statement in BACKFILL:
        editor.execute(statement)


class Migration(migrations.Migration):
    """A column each; the numbers stay as they are."""

    dependencies = [("matters", "0007_tombstones_stay")]
    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="organ",
                field=models.CharField(blank=True, db_default="", default="", max_length=20),
            )
            for name in ("matter", "numbervoid", "papercopy")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
