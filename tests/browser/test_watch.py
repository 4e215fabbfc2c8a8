"""The watch page must not look alive when it isn't, and must say what is new."""

import re
from collections.abc import Iterator

import pytest
from bench.browsing import Browsing
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PART = "**/desk/alarms/burning/**"
ONE_MORE = (
    '<ul class="burn waiting"><li><a href="?alarm=NEW#episode"><strong>七里坡煤矿</strong>'
    '<span class="said">总回风巷　峰值 1.5 %CH4</span></a></li></ul></section>'
)
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


def test_a_new_alarm_is_said_and_counted_in_the_tab(page: Page) -> None:
    def with_one_more(route: Route) -> None:
        answer = route.fetch()
        body = answer.text() if answer.status == 200 else ""
        waiting = body.replace('data-waiting="', 'data-waiting="1', 1)
        body = waiting.replace("</section>", ONE_MORE, 1)
        route.fulfill(response=answer, body=body)

    expect(page.locator("#fresh")).to_be_hidden()
    page.route(PART, with_one_more)
    fresh = page.locator("#fresh")
    expect(fresh).to_contain_text("新报警：七里坡煤矿", timeout=GIVEN_UP_MS)
    expect(fresh.get_by_role("link")).to_have_attribute("href", "?alarm=NEW#episode")
    assert page.title().endswith("未核实) 监测预警 · 矿安闭环")


def test_the_alarm_beside_the_list_is_drawn_anew_with_it(page: Page) -> None:
    def with_another_figure(route: Route) -> None:
        answer = route.fetch()
        body = answer.text() if answer.status == 200 else ""
        figure = '<dl class="figures"><div><dt>峰值</dt><dd>9.99 %CH4</dd></div>'
        route.fulfill(response=answer, body=body.replace('<dl class="figures">', figure, 1))

    expect(page.locator("#beside")).not_to_contain_text("9.99 %CH4")
    page.route(PART, with_another_figure)
    expect(page.locator("#beside")).to_contain_text("9.99 %CH4", timeout=GIVEN_UP_MS)


def test_a_sound_is_for_who_asks_for_it(page: Page) -> None:
    sound = page.get_by_role("button", name="声音提示")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
