"""Fixtures for every test: a county of invented people, a private data folder, the clock."""

import os
from collections.abc import Generator
from pathlib import Path

import pluggy
import pytest
from django.conf import LazySettings as Settings
from django.db import connection
from tests.clauses.mine import Mine
from tests.doors import Door
from tests.people import County, settle_county

from bihuan.database import outages


@pytest.fixture
def county(db: None) -> County:
    """青石县 with its people, packs adopted."""
    return settle_county()


@pytest.fixture
def neighbour(county: County) -> County:
    """白水县 next door, same province and city."""
    return settle_county("白水县", code="990122")


@pytest.fixture
def door(county: County) -> Door:
    """Calls of the people of 青石县."""
    return Door(county)


@pytest.fixture
def mine(county: County, tmp_path: Path) -> Mine:
    """青石岭煤矿, which has defined no point yet; a module's own `mine` defines some."""
    del county
    folder = tmp_path / "inbox"
    folder.mkdir()
    return Mine(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pure packages can't touch a database: their tests say the same on the second one."""
    for item in items:
        if {"language", "documents", "telemetry"} & set(item.path.parts):
            item.add_marker(pytest.mark.once)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pluggy.Result[pytest.TestReport]]:
    """In CI a skip is a failure: a suite that can't run there proves nothing."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("BIHUAN_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the connection stay where worker or server would let go of it.

    Rounds of the worker and requests made outside Django's client end inside the test's
    transaction; PostgreSQL would lose it.
    """
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", _stay)


def _stay() -> None:
    """Leave the connection as it is."""


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Settings) -> None:
    """Each test has its own folder of files, and a disk that nobody has called full yet."""
    settings.HOME = tmp_path
    outages.forget()
