"""A tip-off from a citizen's phone to its published result, in Chromium, by all who take part."""

import re
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bench.acts import TICKET_WAIT_MS
from bench.browsing import PROJECT, Browsing, Demo, surroundings
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from bihuan.language.clock import SHANGHAI
from tests.browser.desk import Desk, fill, send
from tests.browser.later import AHEAD

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WORDS = "昨天夜班302工作面下井人数超过规定，带班领导没有下井，瓦斯探头被塑料袋套住。"
TITLE = "反映青石岭煤矿夜班超定员组织生产"
LATE_BY = 9
PUBLIC_WORDS = "群众反映该矿夜班下井人数超过规定，已组织核查。"


def test_a_tip_off_goes_from_a_phone_to_its_published_result(
    moving: Browsing, tmp_path: Path
) -> None:
    desk = Desk(moving)
    phone = _phone(moving)
    receipt, acceptance = _report(phone.new_page(), moving.demo, tmp_path)

    lead = desk.find("intake", acceptance)
    _register_from_the_original(desk, lead)
    desk.press("office", lead, "classify", unit="煤矿安全股", locality="石门镇")
    desk.press("office", lead, "hand_over", letter_source="群众举报")
    _letter_opens(desk, lead, tmp_path)

    assert "举报照片1.jpg" in desk.press("coal-receiver", lead, "acknowledge")
    desk.press(
        "coal-receiver", lead, "object", objection="所反映事项属执法检查，建议由执法大队牵头。"
    )
    reason = "异议成立，改由执法大队核查。"
    told = {"unit": "应急执法大队", "letter_source": "群众举报", "reason": reason}
    assert "改派" in desk.press("office", lead, "reassign", **told)
    desk.press("enforcement-receiver", lead, "acknowledge")

    _let_days_pass(moving.demo, LATE_BY)
    proposal = desk.related("leader", lead, "建议")
    reason = "检测报告明日出具，由执法大队继续核查。"
    desk.press("leader", proposal, "decline", reason=reason)

    _answer_of_the_section(desk, lead)
    desk.press("office", lead, "accept_report")
    for child in ("公开问题清单", "公开查处进展"):
        _publish(desk, lead, child)
    desk.press("office", lead, "record_accountability", accountability="不涉及，企业已按规定处罚。")
    assert "办结" in desk.press("office", lead, "close")
    _publish(desk, lead, "公开办理结果")
    _reporter_reads_the_result(phone.new_page(), moving.demo, receipt)


def test_a_tip_off_and_a_step_need_no_script(moving: Browsing, tmp_path: Path) -> None:
    plain = moving.browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = plain.new_page()
    _receipt, acceptance = _report(page, moving.demo, tmp_path)
    moving.sign_in(page, "intake2")
    page.goto(f"{moving.demo.base}/desk/search?q={acceptance}")
    page.locator("main a[href*='/desk/matters/']").first.click()
    page.locator(".steplist a[href$='/steps/dismiss/']").click()
    send(page)
    expect(page.locator(".errors")).to_contain_text("理由")
    fill(page, {"reason": "所反映事项不属于矿山安全，已告知向主管部门反映。"})
    send(page)
    expect(page.locator("#story")).to_contain_text("不予受理")
    plain.close()


def _phone(browsing: Browsing) -> BrowserContext:
    return browsing.browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )


def _report(page: Page, demo: Demo, folder: Path) -> tuple[str, str]:
    """File a tip-off with a photo; gives the receipt and the acceptance number."""
    photo = folder / "photo.jpg"
    drawn = BytesIO()
    Image.new("RGB", (640, 480), "steelblue").save(drawn, "JPEG")
    photo.write_bytes(drawn.getvalue())
    page.goto(f"{demo.base}/tip-off")
    page.fill("[name=what]", WORDS)
    page.fill("[name=mine]", "青石岭煤矿")
    page.check("[name=when][value=today]")
    page.check("[name=kind][value=major_hazard]")
    page.set_input_files("[name=files]", photo)
    page.wait_for_timeout(TICKET_WAIT_MS)
    page.locator("main form button.primary").click()
    expect(page.locator("h1")).to_have_text("已收到您的举报")
    receipt = page.locator(".code").get_attribute("aria-label") or ""
    assert re.fullmatch(r"\d{4}( \d{4}){3}", receipt)
    found = re.search(r"受理号\s*([0-9A-Za-z-]+)", page.locator("main").inner_text())
    assert found
    return receipt, found[1]


def _register_from_the_original(desk: Desk, lead: str) -> None:
    """The clerk opens the sealed words beside the form and writes his own."""
    page = desk.page("intake")
    page.goto(f"{desk.browsing.demo.base}/desk/keys")
    page.fill("#unlock-account", desk.browsing.demo.people["intake_passphrase"])
    page.click("form:has(#unlock-account) button[type=submit]")
    page.goto(lead)
    assert WORDS not in page.content(), "the reporter's words stand outside the envelope"
    page.locator(".steplist a[href$='/steps/register/']").click()
    expect(page.locator("main")).to_contain_text(WORDS)
    photo = page.locator("a[href*='/original/']").first.get_attribute("href")
    answer = page.context.request.get(f"{desk.browsing.demo.base}{photo}")
    assert answer.headers["content-type"].startswith("image/")
    fill(
        page,
        {
            "title": TITLE,
            "summary": "青石岭煤矿夜班302工作面下井人数超过规定，瓦斯传感器被遮挡。",
            "type": "重大事故隐患",
            "source": "网上举报",
            "site": "青石岭煤矿",
        },
    )
    _pass_the_photo_on(page)
    expect(page.locator("[name=title]")).to_have_value(TITLE)
    send(page)
    assert re.search(r"线索〔\d{4}〕\d+号", page.locator("main").inner_text())
    page.close()


def _pass_the_photo_on(page: Page) -> None:
    """In a page of its own, while the form stays as it is filled in."""
    with page.context.expect_page() as opened:
        page.locator("a[href$='/attach']").click()
    beside = opened.value
    size = beside.locator("main img").evaluate("picture => picture.naturalWidth")
    assert size > 0, "the policy for pictures keeps it from being seen"
    beside.locator("main label.agree").click()
    beside.locator("main form button.primary").click()
    expect(beside.locator("main")).to_contain_text("已存为附件“举报照片1.jpg”")
    beside.close()


def _letter_opens(desk: Desk, lead: str, folder: Path) -> None:
    letter = desk.download("office", lead, "PDF", folder)
    read = ["/usr/bin/pdftotext", str(letter), "-"]
    told = subprocess.run(read, check=True, capture_output=True, text=True).stdout  # noqa: S603
    flat = re.sub(r"\s", "", told)
    number = re.search(r"移〔\d{4}〕\d+号", flat)
    assert number
    assert TITLE in flat
    assert "煤矿安全股" in flat
    with zipfile.ZipFile(desk.download("office", lead, "Word", folder)) as word:
        assert word.testzip() is None
        assert number[0] in re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())


def _let_days_pass(demo: Demo, days: int) -> None:
    """Everybody stands so many days later, and the clock has gone round."""
    (demo.home / AHEAD).write_text(str(days), "ascii")
    command = [sys.executable, "-m", "bihuan", "tick", "--as-of", _today(days).isoformat()]
    subprocess.run(command, check=True, cwd=PROJECT, env=surroundings(demo.home))  # noqa: S603


def _today(days: int = 0) -> datetime:
    return datetime.now(SHANGHAI) + timedelta(days=days)


def _answer_of_the_section(desk: Desk, lead: str) -> None:
    desk.press(
        "enforcement-handler",
        lead,
        "record_findings",
        finding="属实",
        verified_facts="现场核查，夜班下井人数超过核定数，传感器被遮挡，已责令停止作业。",
        measures="顶格处罚",
        result_penalty="50000",
    )
    desk.press("enforcement-handler", lead, "request_signature")
    desk.press("enforcement-head", lead, "sign")
    desk.press("enforcement-handler", lead, "report_back")


def _publish(desk: Desk, lead: str, label: str) -> None:
    """Draft by the office, check and release by another person."""
    child = desk.related("office", lead, label)
    desk.press("office", child, "submit", text=PUBLIC_WORDS)
    desk.press(
        "publisher",
        child,
        "release",
        personal_data_checked="是",
        transfer_checked="是",
        published_on=_today(LATE_BY).date().isoformat(),
        medium="县政府网站",
    )


def _reporter_reads_the_result(page: Page, demo: Demo, receipt: str) -> None:
    page.goto(f"{demo.base}/receipt")
    page.fill("[name=code]", receipt)
    page.locator("main form button.primary").first.click()
    expect(page.locator("h1")).to_contain_text("办结")
    assert receipt.replace(" ", "") not in page.url
    page.locator("main a[href*='/published/']").first.click()
    expect(page.locator("main")).to_contain_text(PUBLIC_WORDS)
