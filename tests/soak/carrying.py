"""Setting a filled database aside, and carrying its rows into one that stands at an older state."""

from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.soak.ground import is_sqlite

ASIDE = "filled"
# Written by migrating itself, or not a table of rows.
LEFT_OUT = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "matters_searchindex",
    "sqlite_stat1",  # what the planner was told
    "sqlite_stat4",
}


def set_aside() -> None:
    """The database becomes `filled`; an empty one takes its place."""
    if is_sqlite():
        database = Path(str(connection.settings_dict["NAME"]))
        run("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        database.replace(_aside())
    else:
        run(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        run("CREATE SCHEMA public")
        connection.close()


def reach_aside() -> None:
    """Let this connection read the tables that were set aside; no foreign keys are checked."""
    if is_sqlite():
        run("PRAGMA foreign_keys=OFF")
        run("ATTACH DATABASE %s AS filled", str(_aside()))
    else:
        run("SET session_replication_role = replica")


def leave_aside() -> None:
    """Work as every process does again."""
    connection.close()


def carry() -> dict[str, int]:
    """Copy every row into the columns that stand here; rows by table."""
    counts = {}
    for table in tables("main" if is_sqlite() else "public"):
        shared = ", ".join(f'"{column}"' for column in shared_columns(table))
        if not shared:
            continue
        run(f'DELETE FROM "{table}"')  # what migrating itself put there  # noqa: S608
        run(f'INSERT INTO "{table}" ({shared}) SELECT {shared} FROM {ASIDE}."{table}"')  # noqa: S608
        counts[table] = count(table)
    return counts


def missing(table: str) -> int:
    """Rows set aside that don't stand here with the same values."""
    text = "" if is_sqlite() else "::text"  # PostgreSQL can't compare json as it is
    shared = ", ".join(f'"{column}"{text}' for column in shared_columns(table))
    sql = (
        f'SELECT COUNT(*) FROM (SELECT {shared} FROM {ASIDE}."{table}"'  # noqa: S608
        f' EXCEPT SELECT {shared} FROM "{table}") AS lost'
    )
    return int(run(sql)[0][0])


def count(table: str) -> int:
    """Rows of a table."""
    return int(run(f'SELECT COUNT(*) FROM "{table}"')[0][0])  # noqa: S608


def shared_columns(table: str) -> list[str]:
    """Columns that stand both here and in what was set aside."""
    here, there = columns(table, "main" if is_sqlite() else "public"), columns(table, ASIDE)
    return [column for column in here if column in there]


def columns(table: str, place: str) -> list[str]:
    """Columns of a table, in order."""
    if is_sqlite():
        return [row[1] for row in run(f'PRAGMA {place}.table_info("{table}")')]
    sql = (
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"
    )
    return [row[0] for row in run(sql, place, table)]


def tables(place: str) -> list[str]:
    """Tables of rows, shadow tables of the search index among them."""
    if is_sqlite():
        sql = f"SELECT name FROM {place}.sqlite_master WHERE type = 'table'"  # noqa: S608
        found = [row[0] for row in run(sql) if not row[0].startswith("sqlite_")]
    else:
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
        found = [row[0] for row in run(sql, place)]
    return sorted(set(found) - LEFT_OUT)


def shape(place: str) -> set[str]:
    """Columns, indexes and triggers, each as one line of text."""
    found = {f"{table}.{column}" for table in tables(place) for column in columns(table, place)}
    if is_sqlite():
        sql = f"SELECT type || ' ' || name FROM {place}.sqlite_master"  # noqa: S608
        found |= {row[0] for row in run(f"{sql} WHERE type IN ('index', 'trigger')")}
    else:
        found |= {
            row[0] for row in run("SELECT indexname FROM pg_indexes WHERE schemaname = %s", place)
        }
        sql = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = %s::regnamespace"
        )
        found |= {row[0] for row in run(sql, place)}
    return {one for one in found if "_fk_" not in one}  # named by chance


def run(sql: str, *values: object) -> list[tuple[object, ...]]:
    """Run one statement; its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def _aside() -> Path:
    return Path(settings.HOME) / "filled.sqlite3"
