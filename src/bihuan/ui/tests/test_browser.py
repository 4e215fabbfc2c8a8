"""What only a browser can tell: axe finds nothing, nothing overflows, keys and ticks work."""

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bihuan.ui import specimen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

type Visit = Callable[..., Any]

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " form-action 'self'"
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDTHS = (320, 360, 480, 719, 720, 721, 768, 960, 1024, 1180, 1366, 1920)


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the specimen under the policy of the product."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    outdir = tmp_path_factory.mktemp("specimen")
    specimen.render(outdir)
    handler = functools.partial(Pages, directory=outdir)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    contexts: list[BrowserContext] = []

    def go(name: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda told: page.complaints.append(told.text))
        page.goto(f"{site}/{name}.html")
        return page

    yield go
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("name", specimen.PAGES)
def test_axe_finds_nothing(visit: Visit, name: str, size: Any, scheme: str) -> None:
    page = visit(name, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert page.complaints == []


@pytest.mark.parametrize("name", specimen.PAGES)
def test_nothing_overflows_sideways(visit: Visit, name: str) -> None:
    page = visit(name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_keys_search_go_and_list(visit: Visit) -> None:
    page = visit("workbench", viewport={"width": 1440, "height": 900})
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("g?")
    assert page.input_value("#find") == "g?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.click("[data-act=close-dialog]")
    page.keyboard.press("g")
    page.keyboard.press("y")
    page.wait_for_url("**/list.html")


def test_ticks_bring_up_the_bar(visit: Visit) -> None:
    page = visit("list", viewport={"width": 1440, "height": 900})
    assert page.inner_text("[data-count]") == "2"
    page.check("[data-tick-all]")
    assert page.inner_text("[data-count]") == "9"
    page.uncheck("[data-tick-all]")
    assert not page.is_visible("#bulk")


def test_the_list_works_without_script(visit: Visit) -> None:
    page = visit("list", viewport={"width": 390, "height": 844}, java_script_enabled=False)
    assert page.is_visible("#bulk")
    assert not page.is_visible("select[name=level]")
    page.click("a[href='#filters']")
    assert page.is_visible("select[name=level]")
    page.click(".tabbar a[href='#nav']")
    assert page.is_visible("#nav")


def test_the_theme_is_kept(visit: Visit) -> None:
    page = visit("workbench", viewport={"width": 1440, "height": 900}, color_scheme="light")
    page.click("[data-act=theme]")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert any(cookie["name"] == "theme" for cookie in page.context.cookies())


def test_a_dependent_question_waits(visit: Visit) -> None:
    page = visit("tip_off", viewport={"width": 390, "height": 844})
    assert not page.is_visible("#f-name")
    page.check("input[name=who][value=n]")
    assert page.is_visible("#f-name")
    assert not page.is_visible("#f-phrase")


def test_leaving_quickly_empties_the_page(visit: Visit) -> None:
    page = visit("tip_off", viewport={"width": 390, "height": 844})
    page.fill("#f-what", "夜班下井人数超过规定")
    page.click("[data-act=leave]")
    page.wait_for_url("**/published.html")
    page.go_back()
    assert page.url == "about:blank", "the form can be gone back to"


def test_the_receipt_asks_before_it_is_left(visit: Visit) -> None:
    page = visit("receipt", viewport={"width": 390, "height": 844})
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click("h1")
    page.click("nav a[href='tip_off.html']")
    page.wait_for_url("**/tip_off.html")
    assert asked == ["beforeunload"]
