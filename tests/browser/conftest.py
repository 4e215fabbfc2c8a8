"""One browser for the tests of a module, and a server with a data folder of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.browsing import (
    PROJECT,
    Browsing,
    Demo,
    NoBrowserError,
    chromium,
    running,
    running_demo,
    surroundings,
)

from bihuan.config.ports import free_port


@pytest.fixture(scope="module")
def browsing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsing]:
    """People of the demonstration in Chromium."""
    try:
        with chromium() as browser, running_demo(tmp_path_factory.mktemp("demo")) as demo:
            yield Browsing(browser, demo)
    except NoBrowserError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsing]:
    """The same on a server whose present moment the test sets ahead; its clock is the command."""
    home = tmp_path_factory.mktemp("moving")
    ready = [sys.executable, "-m", "bihuan", "init", "--demo"]
    subprocess.run(ready, check=True, cwd=PROJECT, env=surroundings(home))  # noqa: S603
    port = free_port("127.0.0.1", 0)
    serve = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws"]
    serve += ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "1"]
    serve.append("tests.browser.later:application")
    base = f"http://127.0.0.1:{port}"
    try:
        with chromium() as browser, running(serve, home=home, base=base):
            yield Browsing(browser, Demo(home=home, base=base))
    except NoBrowserError as missing:
        pytest.skip(str(missing))
