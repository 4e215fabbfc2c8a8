"""The verb `shots`: pages of a running demonstration are pictured, what can't be is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.browsing import Demo, NoBrowserError, chromium, running_demo

from bihuan.config.tests.processes import run

pytestmark = pytest.mark.once

DEMO = {"BIHUAN_MODE": "demo"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demonstration that is served, on a machine with a browser."""
    try:
        with chromium():
            pass
    except NoBrowserError as missing:
        pytest.skip(str(missing))
    with running_demo(tmp_path_factory.mktemp("demo")) as served:
        yield served


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_is_pictured_on_the_desktop_and_the_phone(demo: Demo, tmp_path: Path) -> None:
    shots = ("shots", "--url", demo.base, "--quick", "--out", str(tmp_path))
    done = run(demo.home, *shots, "--only", "portal-privacy", **DEMO)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == f"1 个页面，2 张图，在 {tmp_path}"
    assert len(list(tmp_path.glob("**/*.png"))) == 2


@pytest.mark.slow
@pytest.mark.browser
def test_what_cannot_be_pictured_is_said(demo: Demo, tmp_path: Path) -> None:
    shots = ("shots", "--quick", "--out", str(tmp_path))
    done = run(demo.home, *shots, "--url", demo.base, "--only", "no-such-page", **DEMO)
    assert done.returncode == 2
    assert done.stderr.strip() == "没有名称含“no-such-page”的页面。"
    nobody = "http://127.0.0.1:9"
    done = run(demo.home, *shots, "--url", nobody, "--only", "portal-privacy", **DEMO)
    assert done.returncode == 2
    assert f"{nobody} 没有应答" in done.stderr
    assert not list(tmp_path.iterdir())
