"""What tamperings are made of: a statement past the engine, another value, a flipped bit."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from tests.soak.ground import is_sqlite

TRIGGERS = ("entry_stays_as_written", "entry_stays", "seal_stays_as_written", "seal_stays")


@dataclass(frozen=True, kw_only=True)
class Tampering:
    """What was done, and the words of which one must stand in a fault that `verify` tells."""

    what: str
    names: tuple[str, ...]


def past_triggers() -> None:
    """Let this transaction write the trail: whoever tampers has the rights to."""
    with connection.cursor() as cursor:
        if is_sqlite():
            for name in TRIGGERS:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")


def run(sql: str, *values: Any) -> None:
    """One statement straight in the database."""
    adapt = connection.ops.adapt_datetimefield_value
    plain = [adapt(value) if hasattr(value, "hour") else value for value in values]
    with connection.cursor() as cursor:
        cursor.execute(sql, plain)


def other_than(draw: random.Random, value: Any) -> Any:
    """Another value of the same shape."""
    if value is None:
        return draw.choice((1, 7))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + draw.choice((-1, 1))
    if isinstance(value, str):
        place = draw.randrange(len(value) + 1)
        return value[:place] + draw.choice("甲乙丙") + value[place + 1 :]
    if isinstance(value, list):
        return [*value, "伪造"]
    if isinstance(value, dict):
        return {**value, "forged": True}
    moment: Any = value + timedelta(microseconds=draw.choice((-1, 1, 86_400_000_000)))
    return moment


def flipped(draw: random.Random, raw: bytes) -> bytes:
    """The bytes with one bit turned."""
    place = draw.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ (1 << draw.randrange(8))]) + raw[place + 1 :]
