"""What is done on a page before it is looked at: forms sent, keys opened, codes typed."""

from base64 import b32decode
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bihuan.accounts.codes import code_at
from bihuan.config.shots import Shot

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page

    from bench.browsing import Browsing

TICKET_WAIT_MS = 8_500  # a form of the portal counts only after eight seconds
CLEAR = """() => document.querySelectorAll('main form').forEach(form => {
  form.querySelectorAll('textarea,input:not([type=hidden]):not([type=radio]):not([type=checkbox])')
    .forEach(field => { field.value = ''; });
  form.querySelectorAll('select').forEach(field => { field.selectedIndex = 0; });
  form.querySelectorAll('input[type=radio],input[type=checkbox]')
    .forEach(field => { field.checked = false; });
})"""


def _go(browsing: "Browsing", page: "Page", path: str) -> None:
    page.goto(f"{browsing.demo.base}{path}")


def _press(page: "Page", words: str = "") -> None:
    button = page.locator("main form button[type=submit].primary")
    leave_by(page, (button.filter(has_text=words) if words else button).last)


def leave_by(page: "Page", button: "Locator") -> None:
    """Press what sends a form, and wait until the page that answers is there."""
    if page.locator("script[src*='portal/sending']").count():  # the answer takes the page's place
        page.evaluate("document.body.dataset.old = '1'")
        button.click()
        page.wait_for_selector("body:not([data-old])", state="attached")
        return
    with page.expect_navigation(wait_until="load"):
        button.click()


def send_empty(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A form sent with nothing in it."""
    _go(browsing, page, shot.path)
    page.evaluate(CLEAR)
    _press(page)


def order(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """The one button of a page pressed: what was ordered."""
    _go(browsing, page, shot.path)
    _press(page)


def fill_tip(page: "Page") -> None:
    """What a citizen writes."""
    page.fill("[name=what]", "昨天夜班井下人数超过规定，带班领导没有下井，瓦斯探头被堵住。")
    page.fill("[name=mine]", "青石岭煤矿")
    page.check("[name=when][value=today]", force=True)
    page.check("[name=kind][value=major_hazard]", force=True)


def file_tip(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A tip-off filed: its receipt."""
    _go(browsing, page, shot.path)
    fill_tip(page)
    page.wait_for_timeout(TICKET_WAIT_MS)
    _press(page)


def look_up(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """How far a tip-off is."""
    _go(browsing, page, shot.path)
    page.fill("[name=code]", browsing.demo.receipt)
    _press(page)


def look_up_wrong(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A code that leads to nothing."""
    _go(browsing, page, shot.path)
    page.fill("[name=code]", "1111 2222 3333 4444")
    _press(page)


def add_nothing(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """An addition without words or files."""
    look_up(browsing, page, shot)
    if page.locator("button.primary", has_text="提交补充").count():
        _press(page, "提交补充")


def sign_in_wrong(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A password that isn't right."""
    _go(browsing, page, shot.path)
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "not-the-password")
    _press(page)


def take_phone(browsing: "Browsing", page: "Page", _shot: Shot) -> None:
    """A phone taken into use: its recovery codes, shown once."""
    _go(browsing, page, "/desk/account/phone")
    if page.locator(".secret").count():  # not when an earlier round took it
        page.fill("[name=code]", _code(page.inner_text(".secret").replace(" ", "")))
        _press(page)


def half_in(browsing: "Browsing", page: "Page", _shot: Shot) -> None:
    """The password was right; the code of the phone is asked."""
    browsing.sign_in(page, "leader2")


def make_token(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A token made, shown once."""
    _go(browsing, page, shot.path)
    page.fill("[name=name]", "统计报送程序")
    _press(page)


def issue(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A table of a day fixed as a version."""
    _go(browsing, page, shot.path)
    button = page.locator("button", has_text="定稿")
    if button.is_enabled():
        leave_by(page, button)


def unlock(browsing: "Browsing", page: "Page", *, purpose: str, words: str) -> None:
    """A key opened for this session."""
    _go(browsing, page, "/desk/keys")
    if page.locator(f"#unlock-{purpose}").count():
        page.fill(f"#unlock-{purpose}", words)
        leave_by(page, page.locator(f"form:has(#unlock-{purpose}) button[type=submit]"))


def unlock_wrong(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A passphrase that isn't right."""
    unlock(browsing, page, purpose="account", words=f"不是这个口令 {shot.name}")


def unlock_original(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """The original as the intake desk reads it."""
    unlock(browsing, page, purpose="account", words=browsing.demo.people["intake_passphrase"])
    _go(browsing, page, shot.path)


def reveal(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """Who reported, after a reason."""
    unlock(browsing, page, purpose="identity", words=browsing.demo.people["custodian_passphrase"])
    _go(browsing, page, shot.path)
    page.fill("#f-reason", "核发奖励，需核对领取人")
    _press(page)


def make_recovery(browsing: "Browsing", page: "Page", _shot: Shot) -> None:
    """A recovery key, shown once to be printed."""
    _go(browsing, page, "/desk/keys")
    leave_by(page, page.locator("button", has_text="打印新的恢复密钥"))


def tick_and_press(browsing: "Browsing", page: "Page", _shot: Shot) -> None:
    """Two matters ticked and a step asked for both."""
    _go(browsing, page, "/desk/m/lead/")
    for place in (0, 1):
        page.locator("[data-tick]").nth(place).check()
    leave_by(page, page.locator("[data-bulk] button").last)


def import_wrong(browsing: "Browsing", page: "Page", shot: Shot) -> None:
    """A file that is no table."""
    _go(browsing, page, shot.path)
    table: FilePayload = {"name": "线索.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    page.set_input_files("main input[type=file]", files=[table])
    _press(page)


ACTS = {
    act.__name__: act
    for act in (
        send_empty, order, file_tip, look_up, look_up_wrong, add_nothing, sign_in_wrong, half_in,
        take_phone, make_token, issue, unlock_wrong, unlock_original, reveal,
        make_recovery, tick_and_press, import_wrong,
    )
}  # fmt: skip


def _code(secret: str) -> str:
    padded = secret + "=" * (-len(secret) % 8)
    return code_at(b32decode(padded), datetime.now(UTC))
