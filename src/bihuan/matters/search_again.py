"""The search index brought up to what it holds today, in batches that may be broken off."""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from bihuan.matters import search

BATCH = 1000
# Plain statements: a migration runs this while the models may already be ahead of the tables.
_ROWS = (
    "SELECT t.matter_id, t.text, t.scope, m.title, s.name FROM matters_searchtext t"
    " JOIN matters_matter m ON m.id = t.matter_id LEFT JOIN places_site s ON s.id = m.site_id"
    " WHERE t.matter_id > %s ORDER BY t.matter_id LIMIT %s"
)


def add_initials(say: Callable[[str], Any]) -> int:
    """Add the initials of titles and sites to texts that lack them; how many there were.

    Each batch is a transaction of its own, and a text that has them is left alone: what was
    broken off goes on where it stopped.
    """
    last, seen, changed = 0, 0, 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_ROWS, [last, BATCH])
                rows = cursor.fetchall()
            changed += sum(_renewed(*row) for row in rows)
        if not rows:
            _tidied(changed)
            return changed
        last, seen = rows[-1][0], seen + len(rows)
        if seen % (BATCH * 10) == 0:
            say(f"initials in the search index: {seen} matters")


def _tidied(changed: int) -> None:
    """Merge what was taken out and put in; PostgreSQL does so by itself."""
    if changed and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO matters_searchindex (matters_searchindex) VALUES ('optimize')"
            )


def _renewed(matter_id: int, text: str, scope: str, title: str, site: str | None) -> bool:
    if search.TYPED in text:
        return False
    renewed = search.with_initials(text, title=title, site=site or "")
    search.replace(matter_id, (text, scope), (renewed, scope))
    return True
