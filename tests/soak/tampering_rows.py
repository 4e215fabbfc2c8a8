"""Tamperings of the rows that trails tell of: clocks, rungs, recusals, papers, files, records."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import (
    Attachment,
    Matter,
    PaperCopy,
    Record,
    Recusal,
    RungFired,
    Timer,
)
from tests.soak.forging import Tampering, other_than, run

TABLES: tuple[type[models.Model], ...] = (
    Timer,
    RungFired,
    Recusal,
    PaperCopy,
    Attachment,
    Record,
)
# Files are made later, when somebody asks for them; the organ is for a unique key alone.
UNTOLD = {"id", "pdf_digest", "docx_digest", "organ"}
_SOME_MOMENT = datetime(2026, 3, 9, tzinfo=SHANGHAI)


def change_projection(draw: random.Random) -> Tampering:
    """When a matter is due, late or was moved, which follows from its clocks and entries."""
    matter = draw.choice(list(Matter.objects.order_by("id")))
    column = draw.choice(("due_at", "late_from", "moved_at"))
    value = other_than(draw, getattr(matter, column) - timedelta(days=2))
    run(f"UPDATE matters_matter SET {column} = %s WHERE id = %s", value, matter.pk)  # noqa: S608
    return Tampering(what=f"matter column {column}", names=(f"matter {matter.pk}: {column} ",))


def change_row(draw: random.Random) -> Tampering:
    """Any column of a row that the trail tells of."""
    row = _row(draw)
    fields = [one for one in row._meta.concrete_fields if one.attname not in UNTOLD]
    field = draw.choice([one for one in fields if one.related_model not in (Matter, Timer, Record)])
    value = _other(draw, field, getattr(row, field.attname))
    table, column = row._meta.db_table, connection.ops.quote_name(field.column)
    run(f"UPDATE {table} SET {column} = %s WHERE id = %s", value, row.pk)  # noqa: S608
    return _told(f"{row._meta.model_name} column {field.attname}", row)


def delete_row(draw: random.Random) -> Tampering:
    """A row that the trail tells of goes."""
    row = _row(draw)
    run(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)  # noqa: S608
    return _told(f"{row._meta.model_name} deleted", row)


def add_row(draw: random.Random) -> Tampering:
    """A row that no entry tells of, copied from another."""
    row = _row(draw)
    told = _told(f"{row._meta.model_name} added", row)
    changed: dict[str, object] = {"id": row.pk + 1_000_000}
    if isinstance(row, RungFired):
        changed["offset"] = row.offset + 77
    elif isinstance(row, Timer):
        changed["key"] = "'added'"
    elif isinstance(row, PaperCopy):
        changed["version"] = row.version + 7
    columns = [str(field.column) for field in row._meta.concrete_fields]
    quoted = [connection.ops.quote_name(column) for column in columns]
    values = [str(changed.get(c, q)) for c, q in zip(columns, quoted, strict=True)]
    run(
        f"INSERT INTO {row._meta.db_table} ({', '.join(quoted)})"  # noqa: S608
        f" SELECT {', '.join(values)} FROM {row._meta.db_table} WHERE id = %s",
        row.pk,
    )
    if isinstance(row, Record):
        return Tampering(what=told.what, names=(f"matter {changed['id']}: the record was added",))
    return told


def _row(draw: random.Random) -> Any:
    """A row of a drawn table, each table alike often, as long as it has any."""
    tables = list(TABLES)
    draw.shuffle(tables)
    while True:
        rows: list[Any] = list(models.QuerySet(tables.pop()).order_by("pk"))
        if rows:
            return draw.choice(rows)


def _told(what: str, row: Any) -> Tampering:
    if isinstance(row, Record):
        owner = row.pk
    elif isinstance(row, RungFired):
        owner = row.timer.matter_id
    else:
        owner = row.matter_id or row.record_id
    return Tampering(what=what, names=(f"matter {owner}:",))


def _other(draw: random.Random, field: Any, value: Any) -> Any:
    kind = field.get_internal_type()
    if kind == "DateField":
        return (value or _SOME_MOMENT.date()) + timedelta(days=draw.choice((-1, 1, 30)))
    if kind == "DateTimeField":
        return other_than(draw, value or _SOME_MOMENT)
    if kind == "JSONField":
        return json.dumps(other_than(draw, value), ensure_ascii=False)
    if kind == "BinaryField":
        return bytes(reversed(bytes(value)))
    if isinstance(value, str) and value:
        place = draw.randrange(len(value))
        return value[:place] + draw.choice("甲乙丙") + value[place + 1 :]
    if isinstance(value, int) and not isinstance(value, bool):
        return value + draw.choice((-101, 101))  # past the neighbours, which may be unique
    return "伪" if value == "" else other_than(draw, value)
