"""Fixtures for every test: a county of invented people, a private data folder, the clock."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("BIHUAN_HOME", tempfile.mkdtemp(prefix="bihuan-test-"))
os.environ.setdefault("BIHUAN_MODE", "test")

import pytest
from tests.people import County, settle_county


@pytest.fixture
def county(db: None) -> County:
    """青石县 with its people, packs adopted."""
    return settle_county()


@pytest.fixture
def neighbour(county: County) -> County:
    """白水县 next door, same province and city."""
    return settle_county("白水县", code="990122")


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[None]:
    """Each test has its own folder of files."""
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    yield
