"""An empty store for a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bihuan.telemetry.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Opened, and closed after the test."""
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()
