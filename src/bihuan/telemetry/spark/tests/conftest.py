"""A site in a folder of its own."""

from pathlib import Path

import pytest

from bihuan.telemetry.spark.tests.driving import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Nothing was sent yet."""
    return Site(tmp_path)
