"""What SQLite's planner knows of the tables; PostgreSQL counts its own by itself.

Without figures SQLite takes one index for as good as another: the children of a matter were once
looked for among all matters of the county, 70 ms instead of 0.1.
"""

import time
from typing import Final

from django.apps import apps
from django.db import connection

from bihuan.database.turns import turn_to_write

SAMPLE: Final = 400  # entries of each index that are looked at, as SQLite's manual advises
EVERY_S: Final = 3600.0
_measured: dict[str, float] = {}


def measure() -> None:
    """Look at a sample of every index; table by table, so that no writer waits for long."""
    if connection.vendor != "sqlite":
        return
    tables = [model._meta.db_table for model in apps.get_models()]
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {SAMPLE}")
        for table in tables:
            with turn_to_write():
                cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def measure_now_and_then() -> None:
    """Measure once an hour, and when the process begins; an import may have changed everything."""
    name, at = str(connection.settings_dict["NAME"]), time.monotonic()
    if name in _measured and at < _measured[name] + EVERY_S:
        return
    measure()
    _measured[name] = at
