"""Let the database itself refuse to change or delete a figure: an altered one is a new version."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER series_value_stays_as_written BEFORE UPDATE ON monitoring_seriesvalue
        BEGIN SELECT RAISE(ABORT, 'figures are append-only'); END""",
    """CREATE TRIGGER series_value_stays BEFORE DELETE ON monitoring_seriesvalue
        BEGIN SELECT RAISE(ABORT, 'figures are append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION figures_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'figures are append-only'; END $$""",
    """CREATE TRIGGER series_value_stays BEFORE UPDATE OR DELETE ON monitoring_seriesvalue
        FOR EACH STATEMENT EXECUTE FUNCTION figures_are_append_only()""",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Runs after the table exists."""

    dependencies = [("monitoring", "0002_series_values")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
