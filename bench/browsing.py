"""The demonstration in a real browser: a server of its own, people signed in, pages acted upon.

Playwright is a development dependency, so it is imported only when a browser is wanted.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from bench.acts import ACTS, leave_by
from bihuan.config.shots import Shot

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Response

PROJECT = Path(__file__).resolve().parents[1]
SIZES = {"1440x900": (1440, 900), "390x844": (390, 844)}
SCHEMES = ("light", "dark")
CHROMIUM = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--lang=zh-CN",
)
WAIT_MS = 20_000
WAIT_PAUSE_S = 0.2
WAIT_ATTEMPTS = 900
STOP_S = 30
PLAN_S = 120


class NoBrowserError(RuntimeError):
    """Nothing can be looked at; says what is missing: Playwright, Chromium, an answer."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A running demonstration."""

    home: Path
    base: str

    @property
    def people(self) -> dict[str, Any]:
        """Accounts and the words with which they come in."""
        return tomllib.loads((PROJECT / "data" / "demo" / "people.toml").read_text("utf-8"))

    @property
    def receipt(self) -> str:
        """A code of a tip-off that was filed."""
        kept = (self.home / "demonstration.txt").read_text("utf-8").splitlines()
        return " ".join(kept[0].split()[1:5])


@contextmanager
def running_demo(home: Path) -> Iterator[Demo]:
    """Settle and serve the demonstration of a data folder while the block runs."""
    command = [sys.executable, "-m", "bihuan", "serve", "--demo", "--port", "0"]
    with running(command, home=home) as base:
        yield Demo(home=home, base=base)


@contextmanager
def running(command: list[str], *, home: Path, base: str = "") -> Iterator[str]:
    """Run a server while the block runs; gives its address, told by itself unless it is known."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    with log.open("wb") as told:
        server = subprocess.Popen(  # noqa: S603
            command, stdout=told, stderr=told, cwd=PROJECT, env=surroundings(home)
        )
        try:
            yield _address(server, log, base)
        finally:
            _stop(server)


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a process that works in a data folder."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BIHUAN_")}
    return {
        **kept,
        "BIHUAN_HOME": str(home),
        "BIHUAN_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
    }


def plan_of(home: Path) -> tuple[list[Shot], list[str]]:
    """The pictures of a data folder, and the routes that nobody planned."""
    done = subprocess.run(
        [sys.executable, "-m", "bihuan", "shots", "--plan"],
        check=True,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env=surroundings(home),
        timeout=PLAN_S,
    )
    told = json.loads(done.stdout)
    return [Shot(**one) for one in told["shots"]], told["unplanned"]


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A headless browser."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a development tool
    except ModuleNotFoundError as missing:
        raise NoBrowserError("没有安装 playwright，请先运行 uv sync --dev。") from missing
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        raise NoBrowserError(
            "没有找到 Chromium，请先安装（Debian、Ubuntu：apt install chromium）。"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=list(FLAGS), env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page that was reached: the last answer of the server and what the console said."""

    page: "Page"
    status: int
    complaints: list[str]


@dataclass
class Browsing:
    """People signed in, one browser context each, kept for all their pages."""

    browser: "Browser"
    demo: Demo
    contexts: dict[str, "BrowserContext"] = field(default_factory=dict)

    @contextmanager
    def visit(self, shot: Shot) -> Iterator[Visit]:
        """Go to a page, act there, and leave it again."""
        with ExitStack() as stack:
            context = self.context(shot.account) if shot.account else self._fresh()
            if not shot.account:
                stack.callback(context.close)
            page = context.new_page()
            stack.callback(page.close)
            yield self._reach(page, shot)

    def context(self, account: str) -> "BrowserContext":
        """The context of an account, signed in at the first call."""
        if account not in self.contexts:
            context = self._fresh()
            page = context.new_page()
            self.sign_in(page, account)
            page.close()
            self.contexts[account] = context
        return self.contexts[account]

    def sign_in(self, page: "Page", account: str) -> None:
        """Account and password; the demonstration asks no code unless one took a phone."""
        page.goto(f"{self.demo.base}/desk/sign-in")
        page.fill("[name=username]", account)
        page.fill("[name=password]", self.demo.people["password"])
        leave_by(page, page.locator("main button[type=submit]"))

    def _fresh(self) -> "BrowserContext":
        context = self.browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(WAIT_MS)
        return context

    def _reach(self, page: "Page", shot: Shot) -> Visit:
        seen = Visit(page=page, status=0, complaints=[])

        def note(response: "Response") -> None:
            asked = response.request
            is_page = asked.is_navigation_request() or asked.method == "POST"
            if is_page and response.status not in (302, 303):
                seen.status = response.status

        page.on("response", note)
        page.on("console", lambda told: _complain(seen, told.type, told.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        if shot.act:
            ACTS[shot.act](self, page, shot)
        else:
            page.goto(f"{self.demo.base}{shot.path}")
        page.wait_for_load_state("load")
        return seen


def require_answer(base: str) -> None:
    """NoBrowserError when no server answers at an address, before a browser waits for it."""
    if not _answers(base):
        raise NoBrowserError(f"{base} 没有应答，请核对地址，并确认演示服务在运行。")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(timeout=STOP_S)


def _complain(seen: Visit, kind: str, text: str) -> None:
    # A refusal page answers with 403, 404 or 422; the browser reports that itself.
    if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
        seen.complaints.append(text)


def _address(server: "subprocess.Popen[bytes]", log: Path, base: str) -> str:
    """The address as soon as it answers."""
    for _attempt in range(WAIT_ATTEMPTS):
        told = log.read_text("utf-8")
        if server.poll() is not None:
            raise RuntimeError(f"the server ended: {told[-2000:]}")
        found = base or next((word for word in told.split() if word.startswith("http://")), "")
        if found and _answers(found.rstrip("/")):
            return found.rstrip("/")
        sleep(WAIT_PAUSE_S)
    raise RuntimeError(f"the server didn't answer: {log.read_text('utf-8')[-2000:]}")


def _answers(base: str) -> bool:
    try:
        with urlopen(f"{base}/health/live", timeout=5):  # noqa: S310
            return True
    except (OSError, ValueError, HTTPException):  # not there, no address at all, no web server
        return False
