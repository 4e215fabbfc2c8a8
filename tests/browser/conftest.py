"""One browser for all tests here, and a server with a data folder of its own per module."""

from collections.abc import Iterator

import pytest
from bench.browsing import Browsing, NoBrowserError, chromium, running_demo


@pytest.fixture(scope="module")
def browsing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsing]:
    """People of the demonstration in Chromium."""
    try:
        with chromium() as browser, running_demo(tmp_path_factory.mktemp("demo")) as demo:
            yield Browsing(browser, demo)
    except NoBrowserError as missing:
        pytest.skip(str(missing))
