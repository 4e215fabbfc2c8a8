"""Let the database itself refuse to delete a tombstone, or to change what it says."""

from django.db import migrations

SAYS = "matter_id, disposal_id, retention, what, digest, size, file, destroyed_at"
SQLITE = [
    """CREATE TRIGGER tombstone_stays BEFORE DELETE ON matters_tombstone
        BEGIN SELECT RAISE(ABORT, 'tombstones stay'); END""",
    f"""CREATE TRIGGER tombstone_stays_as_written BEFORE UPDATE OF {SAYS} ON matters_tombstone
        BEGIN SELECT RAISE(ABORT, 'tombstones stay'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION tombstones_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'tombstones stay'; END $$""",
    f"""CREATE TRIGGER tombstone_stays BEFORE DELETE OR UPDATE OF {SAYS} ON matters_tombstone
        FOR EACH STATEMENT EXECUTE FUNCTION tombstones_stay()""",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Runs after the table exists."""

    dependencies = [("matters", "0006_retention")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
