"""What a phone keeps of a tip-off once its pages are closed: nothing that names or quotes."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.acts import TICKET_WAIT_MS
from bench.browsing import CHROMIUM, FLAGS, Browsing
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WORDS = "三采区皮带巷瓦斯探头被塑料袋套住"
NAME, PHONE = "欧阳举贤", "19900004417"
PASSWORD = "七里坡的老槐树下"
ADDED = "昨晚又把传感器线拔了"
MINE = "无名沟小煤窑"


def test_a_profile_keeps_nothing_of_a_tip_off(browsing: Browsing, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with _phone(browsing, profile) as phone:
        code, number = _a_whole_visit(phone.new_page(), browsing.demo.base)
    assert len(list(profile.rglob("*"))) > 20, "the profile folder is elsewhere"
    planted = (WORDS, NAME, PHONE, PASSWORD, ADDED, MINE, code, code.replace(" ", ""), number)
    assert _found(profile, (*planted, "已收到", "data:image/png")) == []
    assert _found(profile, ("/tip-off",)), "the search doesn't see what a profile does hold"


def _a_whole_visit(page: Page, base: str) -> tuple[str, str]:
    """A named tip-off after one refusal, then its progress and an addition; code and number."""
    page.goto(f"{base}/tip-off")
    page.fill("[name=what]", WORDS)
    page.fill("[name=phrase]", PASSWORD)
    page.wait_for_timeout(TICKET_WAIT_MS)
    page.locator("main form button.primary").click()
    expect(page.locator("#errors")).to_be_visible()
    page.fill("[name=mine]", MINE)
    page.check("[name=who][value=named]", force=True)
    page.fill("[name=name]", NAME)
    page.fill("[name=phone]", PHONE)
    page.locator("main form button.primary").click()
    expect(page.locator("h1")).to_have_text("已收到您的举报")
    code = page.locator(".code").get_attribute("aria-label") or ""
    found = re.search(r"受理号\s*([0-9A-Za-z-]+)", page.locator("main").inner_text())
    assert found
    with page.expect_download() as picture:
        page.get_by_role("link", name="存为图片").click()
    assert picture.value.suggested_filename == "图片.png"
    page.check("[name=kept]")
    page.locator("main form button.primary").click()
    page.wait_for_url("**/receipt")
    page.fill("[name=code]", code)
    page.locator("main form button.primary").click()
    expect(page.locator("h1")).to_contain_text("已收到")
    page.fill("[name=answer]", ADDED)
    page.wait_for_timeout(TICKET_WAIT_MS)
    page.locator("button.primary", has_text="提交补充").click()
    expect(page.locator(".notice")).to_contain_text("已收到补充内容")
    return code, found[1]


@contextmanager
def _phone(browsing: Browsing, profile: Path) -> Iterator[BrowserContext]:
    """A browser that writes its own profile folder, ended as a person ends it."""
    found = next(path for name in CHROMIUM if (path := shutil.which(name)))
    context = browsing.browser.browser_type.launch_persistent_context(
        profile,
        executable_path=found,
        args=list(FLAGS),
        env={**os.environ, "LANGUAGE": "zh_CN"},
        viewport={"width": 360, "height": 640},
        locale="zh-CN",
    )
    try:
        yield context
    finally:
        context.close()


def _found(folder: Path, planted: tuple[str, ...]) -> list[str]:
    """Which of the planted texts stand in which files, in either writing of a browser."""
    files = [(file, file.read_bytes()) for file in sorted(folder.rglob("*")) if file.is_file()]
    return [
        f"{text} in {file.relative_to(folder)}"
        for text in planted
        for file, content in files
        if text.encode() in content or text.encode("utf-16-le") in content
    ]
