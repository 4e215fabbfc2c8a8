"""The demonstration in a real browser: a server of its own, people signed in, pages acted upon.

Playwright is a development dependency, so it is imported only when a browser is wanted.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from base64 import b32decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from bihuan.accounts.codes import code_at
from bihuan.config.shots import Shot

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Response

PROJECT = Path(__file__).resolve().parents[1]
SIZES = {"1440x900": (1440, 900), "390x844": (390, 844)}
SCHEMES = ("light", "dark")
FRESH = ("half_in", "half_in_fresh", "recovery_codes")  # by somebody not signed in yet
CHROMIUM = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
PHONES = "demonstration-phones.json"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--lang=zh-CN",
)
TICKET_WAIT_MS = 8_500  # a form of the portal counts only after eight seconds
WAIT_MS = 20_000
WAIT_PAUSE_S = 0.2
WAIT_ATTEMPTS = 900
CLEAR = """() => document.querySelectorAll('main form').forEach(form => {
  form.querySelectorAll('textarea,input:not([type=hidden]):not([type=radio]):not([type=checkbox])')
    .forEach(field => { field.value = ''; });
  form.querySelectorAll('select').forEach(field => { field.selectedIndex = 0; });
  form.querySelectorAll('input[type=radio],input[type=checkbox]')
    .forEach(field => { field.checked = false; });
})"""


class NoBrowserError(RuntimeError):
    """Playwright or Chromium isn't on this machine; says what to install."""


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
            server.terminate()
            server.wait(timeout=30)


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
            if shot.act in FRESH:
                context = self._fresh()
                stack.callback(context.close)
            else:
                context = self.context(shot.account)
            page = context.new_page()
            stack.callback(page.close)
            yield self._reach(page, shot)

    def context(self, account: str) -> "BrowserContext":
        """The context of an account, signed in at the first call; "" is the public."""
        if account not in self.contexts:
            context = self._fresh()
            if account:
                page = context.new_page()
                self.sign_in(page, account)
                page.close()
            self.contexts[account] = context
        return self.contexts[account]

    def sign_in(self, page: "Page", account: str, *, through: bool = True) -> None:
        """Password, and a first phone where the role must have one."""
        page.goto(f"{self.demo.base}/desk/sign-in")
        page.fill("[name=username]", account)
        page.fill("[name=password]", self.demo.people["password"])
        page.click("main button[type=submit]")
        if through and "/sign-in/phone" in page.url:
            self._phones = {**self._phones, account: page.inner_text(".secret").replace(" ", "")}
        if through and "/sign-in/" in page.url:
            page.fill("[name=code]", _code(self._phones[account]))
            page.click("main button[type=submit]")

    @property
    def _phones(self) -> dict[str, str]:
        """Secrets of the phones taken into use, kept beside the data for the next round."""
        kept = self.demo.home / PHONES
        return dict(json.loads(kept.read_text("utf-8"))) if kept.exists() else {}

    @_phones.setter
    def _phones(self, secrets: dict[str, str]) -> None:
        (self.demo.home / PHONES).write_text(json.dumps(secrets), "utf-8")

    def _fresh(self) -> "BrowserContext":
        context = self.browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(WAIT_MS)
        return context

    def _reach(self, page: "Page", shot: Shot) -> Visit:
        seen = Visit(page=page, status=0, complaints=[])

        def note(response: "Response") -> None:
            if response.request.is_navigation_request() and response.status not in (302, 303):
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


def _code(secret: str) -> str:
    padded = secret + "=" * (-len(secret) % 8)
    return code_at(b32decode(padded), datetime.now(UTC))


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
    except OSError:
        return False


def _go(browsing: Browsing, page: "Page", path: str) -> None:
    page.goto(f"{browsing.demo.base}{path}")


def _press(page: "Page", words: str = "") -> None:
    button = page.locator("main form button[type=submit].primary")
    (button.filter(has_text=words) if words else button).last.click()
    page.wait_for_load_state("load")


def send_empty(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A form sent with nothing in it."""
    _go(browsing, page, shot.path)
    page.evaluate(CLEAR)
    _press(page)


def fill_tip(page: "Page") -> None:
    """What a citizen writes."""
    page.fill("[name=what]", "昨天夜班井下人数超过规定，带班领导没有下井，瓦斯探头被堵住。")
    page.fill("[name=mine]", "青石岭煤矿")
    page.check("[name=when][value=today]", force=True)
    page.check("[name=kind][value=major_hazard]", force=True)


def file_tip(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A tip-off filed: its receipt."""
    _go(browsing, page, shot.path)
    fill_tip(page)
    page.wait_for_timeout(TICKET_WAIT_MS)
    _press(page)


def look_up(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """How far a tip-off is."""
    _go(browsing, page, shot.path)
    page.fill("[name=code]", browsing.demo.receipt)
    _press(page)


def look_up_wrong(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A code that leads to nothing."""
    _go(browsing, page, shot.path)
    page.fill("[name=code]", "1111 2222 3333 4444")
    _press(page)


def add_nothing(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """An addition without words or files."""
    look_up(browsing, page, shot)
    _press(page, "提交补充") if page.locator(
        "button.primary", has_text="提交补充"
    ).count() else None


def sign_in_wrong(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A password that isn't right."""
    _go(browsing, page, shot.path)
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "not-the-password")
    _press(page)


def half_in(browsing: Browsing, page: "Page", _shot: Shot) -> None:
    """The password was right; the code of the phone is asked."""
    browsing.context("audit")
    browsing.sign_in(page, "audit", through=False)


def half_in_fresh(browsing: Browsing, page: "Page", _shot: Shot) -> None:
    """The password was right; the role needs a phone first."""
    browsing.sign_in(page, "leader2", through=False)


def recovery_codes(browsing: Browsing, page: "Page", _shot: Shot) -> None:
    """A phone taken into use: its recovery codes, shown once."""
    browsing.sign_in(page, "leader2")


def make_token(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A token made, shown once."""
    _go(browsing, page, shot.path)
    page.fill("[name=name]", "统计报送程序")
    _press(page)


def issue(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A table of a day fixed as a version."""
    _go(browsing, page, shot.path)
    button = page.locator("button", has_text="定稿")
    if button.is_enabled():
        button.click()


def unlock(browsing: Browsing, page: "Page", *, purpose: str, words: str) -> None:
    """A key opened for this session."""
    _go(browsing, page, "/desk/keys")
    if page.locator(f"#unlock-{purpose}").count():
        page.fill(f"#unlock-{purpose}", words)
        page.click(f"form:has(#unlock-{purpose}) button[type=submit]")


def unlock_wrong(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A passphrase that isn't right."""
    unlock(browsing, page, purpose="account", words=f"不是这个口令 {shot.name}")


def unlock_original(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """The original as the intake desk reads it."""
    unlock(browsing, page, purpose="account", words=browsing.demo.people["intake_passphrase"])
    _go(browsing, page, shot.path)


def reveal(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """Who reported, after a reason."""
    unlock(browsing, page, purpose="identity", words=browsing.demo.people["custodian_passphrase"])
    _go(browsing, page, shot.path)
    page.fill("#f-reason", "核发奖励，需核对领取人")
    _press(page)


def make_recovery(browsing: Browsing, page: "Page", _shot: Shot) -> None:
    """A recovery key, shown once to be printed."""
    _go(browsing, page, "/desk/keys")
    page.locator("button", has_text="打印新的恢复密钥").click()


def tick_and_press(browsing: Browsing, page: "Page", _shot: Shot) -> None:
    """Two matters ticked and a step asked for both."""
    _go(browsing, page, "/desk/m/lead/")
    for place in (0, 1):
        page.locator("[data-tick]").nth(place).check()
    page.locator("[data-bulk] button").last.click()


def import_wrong(browsing: Browsing, page: "Page", shot: Shot) -> None:
    """A file that is no table."""
    _go(browsing, page, shot.path)
    table: FilePayload = {"name": "线索.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    page.set_input_files("main input[type=file]", files=[table])
    _press(page)


ACTS = {
    act.__name__: act
    for act in (
        send_empty, file_tip, look_up, look_up_wrong, add_nothing, sign_in_wrong, half_in,
        half_in_fresh, recovery_codes, make_token, issue, unlock_wrong, unlock_original, reveal,
        make_recovery, tick_and_press, import_wrong,
    )
}  # fmt: skip
