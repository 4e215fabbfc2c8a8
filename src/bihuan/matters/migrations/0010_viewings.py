"""Who read a sensitive matter; the database itself refuses to change or delete a line."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

SQLITE = [
    """CREATE TRIGGER viewing_stays_as_written BEFORE UPDATE ON matters_viewing
        BEGIN SELECT RAISE(ABORT, 'viewings are append-only'); END""",
    """CREATE TRIGGER viewing_stays BEFORE DELETE ON matters_viewing
        BEGIN SELECT RAISE(ABORT, 'viewings are append-only'); END""",
]
SQLITE_BACK = ["DROP TRIGGER viewing_stays_as_written", "DROP TRIGGER viewing_stays"]
POSTGRESQL = [
    """CREATE FUNCTION viewings_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'viewings are append-only'; END $$""",
    """CREATE TRIGGER viewing_stays BEFORE UPDATE OR DELETE ON matters_viewing
        FOR EACH STATEMENT EXECUTE FUNCTION viewings_are_append_only()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER viewing_stays ON matters_viewing",
    "DROP FUNCTION viewings_are_append_only()",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def take_down(apps, editor):
    """Take the triggers away."""
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        editor.execute(statement)


def _to(model):
    return models.ForeignKey(db_index=False, on_delete=PROTECT, related_name="+", to=model)


class Migration(migrations.Migration):
    """A table of its own: the trail tells what was done, this what was read."""

    dependencies = [
        ("matters", "0009_once"),
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Viewing",
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
                (
                    "door",
                    models.CharField(
                        "方式",
                        max_length=8,
                        choices=[
                            ("page", "页面"),
                            ("file", "附件"),
                            ("paper", "文书"),
                            ("export", "导出"),
                            ("api", "接口"),
                        ],
                    ),
                ),
                ("hour", models.IntegerField()),
                ("at", models.DateTimeField("查看时间")),
                (
                    "matter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=PROTECT,
                        related_name="viewings",
                        to="matters.matter",
                    ),
                ),
                ("region", _to("places.region")),
                ("who", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["region", "id"], name="viewing_region"),
                    models.Index(fields=["who", "id"], name="viewing_who"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("matter", "who", "door", "hour"), name="viewing_once"
                    ),
                ],
            },
        ),
        migrations.RunPython(build, take_down),
    ]
