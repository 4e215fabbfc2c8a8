"""The watch page must not look alive when it isn't; it and every other page say what is new."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from bench.browsing import Browsing
from playwright.sync_api import Page, expect

from bihuan.language.clock import SHANGHAI
from bihuan.telemetry.tests.inboxes import Inbox, definition, reading

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MINE = "990124000021"  # 云台东煤矿, of which nothing else is read
POINT, OTHER = f"{MINE}01MN000100000001", f"{MINE}01MN000100000002"
GIVEN_UP_MS = 25_000


@pytest.fixture
def page(browsing: Browsing) -> Iterator[Page]:
    """The page of who keeps watch, in a context of its own."""
    context = browsing.browser.new_context(locale="zh-CN")
    page = context.new_page()
    browsing.sign_in(page, "watch")
    page.goto(f"{browsing.demo.base}/desk/alarms/")
    yield page
    context.close()


def at_present() -> str:
    return f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def define(inbox: Inbox, point: str) -> None:
    inbox.send("CDDY", at_present(), definition(point, at=at_present()), mine=MINE)


def read(inbox: Inbox, value: str, *, point: str = POINT) -> None:
    """The mine sends a reading of this moment."""
    inbox.send("CDSS", at_present(), reading(at_present(), value, point=point), mine=MINE)


def test_a_page_without_answers_says_since_when(page: Page) -> None:
    stale = page.locator("#stale")
    expect(stale).to_be_hidden()
    page.context.set_offline(True)
    expect(stale).to_contain_text("和系统断开了", timeout=GIVEN_UP_MS)
    expect(page).to_have_title("(断开) 监测预警 · 矿安闭环")
    page.context.set_offline(False)
    expect(stale).to_be_hidden(timeout=GIVEN_UP_MS)


def test_who_is_signed_out_is_told_and_led_to_the_sign_in(page: Page) -> None:
    page.context.clear_cookies()
    told = page.locator("#stale")
    expect(told).to_contain_text("登录已失效", timeout=GIVEN_UP_MS)
    told.get_by_role("link", name="重新登录").click()
    expect(page).to_have_url(re.compile(r"/desk/sign-in\?next=.*alarms"))


def test_an_alarm_is_said_as_it_comes_and_drawn_anew_as_it_rises(
    page: Page, browsing: Browsing
) -> None:
    inbox = Inbox(browsing.demo.home / "inbox")
    define(inbox, POINT)
    read(inbox, "1.20")
    fresh = page.locator("#fresh")
    expect(fresh).to_contain_text("新报警：云台东煤矿", timeout=GIVEN_UP_MS)
    assert page.title().endswith("未核实) 监测预警 · 矿安闭环")
    fresh.get_by_role("link").click()
    beside = page.locator("#beside")
    expect(beside).to_contain_text("云台东煤矿　东翼回风巷")
    expect(beside).to_contain_text("1.2 %CH4")
    read(inbox, "1.80")
    expect(beside).to_contain_text("1.8 %CH4", timeout=GIVEN_UP_MS)
    assert page.url.endswith("#episode")
    page.goto(f"{browsing.demo.base}/desk/m/alarm/")  # who saw it here isn't told again there
    expect(page.locator("#bell a")).to_have_attribute(
        "aria-label", re.compile("[1-9] 组报警未核实")
    )
    expect(page.locator("#alarm-news .news").filter(has_text="云台东煤矿")).to_have_count(0)


def test_a_sound_is_for_who_asks_for_it(page: Page) -> None:
    sound = page.get_by_role("button", name="声音提示")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")


def test_a_new_alarm_is_said_once_on_whatever_page_its_watch_is(
    page: Page, browsing: Browsing
) -> None:
    inbox = Inbox(browsing.demo.home / "inbox")
    page.goto(f"{browsing.demo.base}/desk/m/alarm/")
    bell = page.locator("#bell a")
    expect(bell).to_have_attribute("aria-label", re.compile("组报警未核实"))
    define(inbox, OTHER)
    read(inbox, "1.30", point=OTHER)
    news = page.locator("#alarm-news .news").filter(has_text="云台东煤矿")
    expect(news).to_contain_text("峰值 1.3 %CH4", timeout=GIVEN_UP_MS)
    expect(page).to_have_title(re.compile(r"^\(\d+ 未核实\) "))
    page.goto(f"{browsing.demo.base}/desk/")
    expect(bell).to_have_attribute("aria-label", re.compile("[1-9] 组报警未核实"))
    expect(news).to_have_count(0)
    bell.click()
    expect(page).to_have_url(f"{browsing.demo.base}/desk/alarms/")
