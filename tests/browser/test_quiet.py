"""The portal on a phone: nothing typed gets lost on the way, nothing is left to go back to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.acts import TICKET_WAIT_MS
from bench.browsing import Browsing
from PIL import Image
from playwright.sync_api import Locator, Page, Request, Route, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WORDS = "夜班瓦斯探头被塑料袋套住"
PASSWORD = "七里坡的老槐树下"
COVERED = """() => Array.from(document.querySelectorAll('main input, main textarea, main select'))
  .filter(field => field.offsetParent)
  .filter(field => { field.scrollIntoView(); const box = field.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return hit && hit.closest('.public-top'); })
  .map(field => field.id)"""


@pytest.fixture
def page(browsing: Browsing) -> Iterator[Page]:
    """A small phone whose history begins with the start page."""
    context = browsing.browser.new_context(
        viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(f"{browsing.demo.base}/")
    page.goto(f"{browsing.demo.base}/tip-off")
    yield page
    context.close()


def test_a_refused_form_keeps_its_files_and_password(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    Image.effect_noise((300, 300), 90).save(photo, "JPEG")
    page.set_input_files("[name=files]", photo)
    page.fill("[name=phrase]", PASSWORD)
    page.fill("[name=what]", WORDS)
    page.wait_for_timeout(TICKET_WAIT_MS)
    _send(page)
    expect(page.locator("#errors h2")).to_have_text("还差 1 处，已填的内容都在")
    assert page.locator("[name=files]").evaluate("field => field.files[0].name") == "photo.jpg"
    assert page.input_value("[name=phrase]") == PASSWORD
    assert page.input_value("[name=what]") == WORDS
    assert page.locator("[name=files]").count() == 1
    assert not page.is_visible("[name=name]"), "what depends on an answer isn't folded again"
    page.fill("[name=mine]", "青石岭煤矿")
    page.wait_for_timeout(TICKET_WAIT_MS)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        _send(page)
    _is_received(page)
    assert int(sent.value.all_headers()["content-length"]) > photo.stat().st_size


def test_without_script_the_form_names_what_is_lost(browsing: Browsing, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (64, 48)).save(photo, "JPEG")
    context = browsing.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{browsing.demo.base}/tip-off")
    plain.set_input_files("[name=files]", photo)
    plain.fill("[name=what]", WORDS)
    plain.wait_for_timeout(TICKET_WAIT_MS)
    _send(plain)
    expect(plain.locator("#errors h2")).to_have_text("还差 1 处，文件要重新填，其余都在")
    assert plain.input_value("[name=what]") == WORDS
    plain.get_by_role("link", name="快速离开").click()
    expect(plain).to_have_url(f"{browsing.demo.base}/published")
    context.close()


def test_without_a_network_everything_stays_and_goes_out_later(page: Page) -> None:
    _fill(page)
    page.context.set_offline(True)
    _send(page)
    told = page.locator("form [role=alert]")
    expect(told).to_have_text("没有发出去，内容都还在，请再点一次。")
    assert page.input_value("[name=what]") == WORDS
    page.context.set_offline(False)
    page.wait_for_timeout(TICKET_WAIT_MS)
    expect(_button(page)).to_have_text("提交举报")
    _send(page)
    _is_received(page)


def test_a_lost_answer_is_told_as_such_and_given_again(page: Page) -> None:
    answers: list[str] = []

    def lose(route: Route) -> None:
        answers.append(route.fetch().text())
        route.abort()

    _fill(page)
    page.wait_for_timeout(TICKET_WAIT_MS)
    page.route("**/tip-off", lose)
    _send(page)
    expect(page.locator("form [role=alert]")).to_contain_text("请再点一次")
    page.unroute("**/tip-off")
    _send(page)
    code = _is_received(page)
    assert code in answers[0]
    expect(page.locator(".notice")).to_contain_text("没有重复登记")


def test_an_answer_without_the_form_leaves_the_form_standing(page: Page) -> None:
    sentence = "系统没有办成这一步，请稍后再试。"
    broken = f"<body class=lone><main id=main><div class=card><p>{sentence}</p></div></main>"
    _fill(page)
    page.route(
        "**/tip-off", lambda route: route.fulfill(status=500, content_type="text/html", body=broken)
    )
    _send(page)
    expect(page.locator("form [role=alert]")).to_have_text(f"{sentence}您填的内容都还在。")
    assert page.input_value("[name=what]") == WORDS


def test_two_taps_send_once(page: Page) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.route("**/tip-off", lambda route: (page.wait_for_timeout(300), route.continue_()))
    _fill(page)
    page.wait_for_timeout(TICKET_WAIT_MS)
    said = _button(page).evaluate("""button => { button.click(); button.click();
      button.form.requestSubmit(); return [button.textContent, button.disabled]; }""")
    assert said == ["正在发送，请不要关闭", True]
    _is_received(page)
    assert len(sent) == 1


def test_after_leaving_quickly_nothing_comes_back(page: Page) -> None:
    base = page.url.removesuffix("/tip-off")
    _fill(page)
    page.wait_for_timeout(TICKET_WAIT_MS)
    _send(page)
    code = _is_received(page)
    page.get_by_role("link", name="快速离开").click()
    expect(page).to_have_url(f"{base}/published")
    page.reload()
    expect(page).to_have_url(f"{base}/published")
    page.go_back()
    expect(page).to_have_url(f"{base}/")
    page.reload()
    page.go_forward()
    expect(page).to_have_url(f"{base}/published")
    assert code not in page.content()


def test_after_the_code_is_noted_nothing_comes_back(page: Page) -> None:
    base = page.url.removesuffix("/tip-off")
    _fill(page)
    page.wait_for_timeout(TICKET_WAIT_MS)
    _send(page)
    code = _is_received(page)
    page.check("[name=kept]")
    _button(page).click()
    expect(page).to_have_url(f"{base}/receipt")
    for move in (page.reload, page.go_back, page.reload, page.go_forward):
        move()
        assert page.url in (f"{base}/receipt", f"{base}/")
        assert "已经收到" not in page.content()
        assert code not in page.content()


def test_a_page_that_is_gone_back_to_is_empty(page: Page, browsing: Browsing) -> None:
    _fill(page)
    page.goto(f"{browsing.demo.base}/published")
    page.go_back()
    assert page.input_value("[name=what]") == ""
    page.goto(f"{browsing.demo.base}/receipt")
    page.fill("[name=code]", browsing.demo.receipt)
    _send(page)
    expect(page.locator(".path").first).to_be_visible()
    page.reload()
    assert page.input_value("[name=code]") == ""


def test_a_page_that_is_set_aside_whole_is_emptied(page: Page) -> None:
    aside = "kind => dispatchEvent(new PageTransitionEvent(kind, {persisted: true}))"
    _fill(page)
    page.evaluate(aside, "pagehide")
    assert page.locator("body").inner_html() == ""
    with page.expect_navigation():
        page.evaluate(aside, "pageshow")
    assert page.input_value("[name=what]") == ""


def test_the_way_out_covers_no_field(page: Page) -> None:
    _send(page)
    expect(page.locator("#errors")).to_be_visible()
    assert page.evaluate(COVERED) == []
    _button(page).scroll_into_view_if_needed()
    expect(page.get_by_role("link", name="快速离开")).to_be_in_viewport(ratio=1)


def _fill(page: Page) -> None:
    page.fill("[name=what]", WORDS)
    page.fill("[name=mine]", "青石岭煤矿")


def _button(page: Page) -> Locator:
    return page.locator("main form button.primary").first


def _send(page: Page) -> None:
    _button(page).click()


def _is_received(page: Page) -> str:
    expect(page.locator("h1")).to_have_text("已收到您的举报")
    return page.locator(".code").get_attribute("aria-label") or ""
