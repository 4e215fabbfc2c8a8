"""Let the database itself refuse to delete an envelope: it is emptied, and its row tells when."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER envelope_stays BEFORE DELETE ON leads_envelope
        BEGIN SELECT RAISE(ABORT, 'envelopes are emptied, never deleted'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION envelopes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'envelopes are emptied, never deleted'; END $$""",
    """CREATE TRIGGER envelope_stays BEFORE DELETE ON leads_envelope
        FOR EACH STATEMENT EXECUTE FUNCTION envelopes_stay()""",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Runs after the table exists."""

    dependencies = [("leads", "0004_envelopes_destroyed")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
