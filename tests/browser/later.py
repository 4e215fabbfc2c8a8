"""The product with its present moment set ahead: the data folder says by how many days."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.config.wsgi import application as product
from bihuan.matters.moment import standing_at

AHEAD = "days-ahead"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request as on that day."""
    said = Path(settings.HOME) / AHEAD
    days = int(said.read_text("ascii")) if said.exists() else 0
    with standing_at(datetime.now(UTC) + timedelta(days=days)):
        return product(environ, start_response)
