"""Storage that Django can't say: clustered entries, abort triggers, search index."""

from django.db import migrations

SQLITE = [
    "DROP TABLE matters_entry",
    """CREATE TABLE matters_entry (
        matter_id bigint NOT NULL, seq integer NOT NULL, step varchar(40) NOT NULL,
        actor_id integer NOT NULL, happened_at datetime NOT NULL, recorded_at datetime NOT NULL,
        hash BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (matter_id, seq)) WITHOUT ROWID""",
    """CREATE TRIGGER entry_stays_as_written BEFORE UPDATE ON matters_entry
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER entry_stays BEFORE DELETE ON matters_entry
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    """CREATE TRIGGER seal_stays_as_written BEFORE UPDATE ON matters_seal
        BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
    """CREATE TRIGGER seal_stays BEFORE DELETE ON matters_seal
        BEGIN SELECT RAISE(ABORT, 'seals are append-only'); END""",
    """CREATE VIRTUAL TABLE matters_searchindex USING fts5(
        tokens, content='', detail=none, columnsize=0,
        tokenize='unicode61 remove_diacritics 0')""",
]
POSTGRESQL = [
    "ALTER TABLE matters_searchtext ADD COLUMN tokens text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX searchtext_tokens ON matters_searchtext USING gin (tokens)",
    """CREATE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$""",
    """CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON matters_entry
        FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only()""",
    """CREATE TRIGGER seal_stays BEFORE UPDATE OR DELETE ON matters_seal
        FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only()""",
]


def build(apps, editor):
    """Run the statements of this database."""
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Runs after the tables exist."""

    dependencies = [("matters", "0001_initial")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
