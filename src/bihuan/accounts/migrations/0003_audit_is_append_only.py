"""Lines of the administration record can't be changed or taken away."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER audit_stays_as_written BEFORE UPDATE ON accounts_auditline
        BEGIN SELECT RAISE(ABORT, 'the administration record is append-only'); END""",
    """CREATE TRIGGER audit_stays BEFORE DELETE ON accounts_auditline
        BEGIN SELECT RAISE(ABORT, 'the administration record is append-only'); END""",
]
SQLITE_BACK = ["DROP TRIGGER audit_stays_as_written", "DROP TRIGGER audit_stays"]
POSTGRESQL = [
    """CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the administration record is append-only'; END $$""",
    """CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON accounts_auditline
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER audit_stays ON accounts_auditline",
    "DROP FUNCTION audit_is_append_only()",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def take_down(apps, editor):
    """Take the triggers away."""
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Runs after the table exists."""

    dependencies = [("accounts", "0002_sessions_and_audit")]
    operations = [migrations.RunPython(build, take_down)]
