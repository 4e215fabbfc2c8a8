"""Let the database itself refuse to change or delete a reading."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER reading_stays_as_written BEFORE UPDATE ON leads_reading
        BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END""",
    """CREATE TRIGGER reading_stays BEFORE DELETE ON leads_reading
        BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION readings_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'readings are append-only'; END $$""",
    """CREATE TRIGGER reading_stays BEFORE UPDATE OR DELETE ON leads_reading
        FOR EACH STATEMENT EXECUTE FUNCTION readings_are_append_only()""",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Runs after the table exists."""

    dependencies = [("leads", "0001_informant")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
