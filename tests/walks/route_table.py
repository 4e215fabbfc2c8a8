"""What `routes.toml` expects of each address and of each operation of the API."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("routes.toml")


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is expected of one address; the head of the table says what each key means."""

    name: str
    path: str
    of: str
    who: str = ""
    wrong: tuple[str, int] | None = None
    get: bool = True
    post: dict[str, Any] | None = None
    status: int = 200
    opens: str = ""
    recused: bool = False


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is expected of one operation of the API."""

    key: str
    path: str
    of: str
    who: str = ""
    wrong: tuple[str, int] | None = None
    body: dict[str, Any] | None = None
    statuses: tuple[int, ...] = (200, 201)
    recused: bool = False


def _read() -> tuple[tuple[Route, ...], tuple[Operation, ...]]:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    routes = tuple(Route(**line) for line in table["routes"])
    return routes, tuple(Operation(**line) for line in table["operations"])


ROUTES, OPERATIONS = _read()
