"""The chart of a point as a script draws it: words that can be read, one for each limit."""

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from bench.browsing import Browsing
from playwright.sync_api import Page, expect

from bihuan.language.clock import SHANGHAI
from bihuan.telemetry.tests.inboxes import Inbox, definition, reading

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MINE = "990124000021"  # 云台东煤矿, of which nothing else is read
POINT, ALONE = f"{MINE}01MN000100000007", f"{MINE}01MN000100000008"
ARRIVES_MS = 60_000
# What is written on the canvas since it was last laid out, each with its box.
NOTES = """() => {
  const pen = CanvasRenderingContext2D.prototype, write = pen.fillText, clear = pen.clearRect;
  pen.clearRect = function (...box) { window.written = []; return clear.apply(this, box); };
  pen.fillText = function (words, x, y) {
    const size = this.measureText(words);
    const top = y - size.actualBoundingBoxAscent, bottom = y + size.actualBoundingBoxDescent;
    (window.written ||= []).push({ words, left: x, right: x + size.width, top, bottom });
    return write.apply(this, arguments);
  };
}"""


# How many dots were drawn as arcs since the page was loaded.
DOTS = """() => {
  const path = Path2D.prototype, arc = path.arc;
  window.dots = 0;
  path.arc = function (...told) { window.dots += 1; return arc.apply(this, told); };
}"""


def ago(**span: int) -> str:
    return f"{datetime.now(SHANGHAI) - timedelta(**span):%Y-%m-%d %H:%M:%S}"


def define(browsing: Browsing) -> None:
    """Three times the same close limits, then others, and a reading far below them."""
    inbox = Inbox(browsing.demo.home / "inbox")
    said = ((20, "1.0", "1.04"), (16, "1.0", "1.04"), (12, "1.0", "1.04"), (6, "0.98", "1.0"))
    for hours, upper, cut in said:
        at = ago(hours=hours)
        inbox.send("CDDY", at, definition(POINT, upper=upper, cut=cut, at=at), mine=MINE)
    at = ago(seconds=5)
    inbox.send("CDSS", at, reading(at, "0.3", point=POINT), mine=MINE)


def follow(page: Page, point: str, value: str) -> None:
    """From the mines to the point, once its newest reading was taken in."""
    mine = page.locator("main tr, main li", has_text="云台东煤矿").locator("a[href*='/readings/']")
    expect(mine.first).to_be_attached(timeout=ARRIVES_MS)
    page.goto(mine.first.evaluate("link => link.href") + point + "/")
    for _turn in range(ARRIVES_MS // 1000):
        if value in page.locator("body").inner_text():
            return
        page.wait_for_timeout(1000)
        page.reload()


def read_alone(browsing: Browsing) -> None:
    """Ten hours of readings, each longer after the one before than a line may join."""
    inbox = Inbox(browsing.demo.home / "inbox")
    at = ago(hours=11)
    inbox.send("CDDY", at, definition(ALONE, at=at), mine=MINE)
    times = [ago(seconds=seconds) for seconds in range(36_005, 0, -120)]
    records = [reading(at, "0.5", point=ALONE) for at in times]
    inbox.send("CDSS", times[-1], *records, mine=MINE)


def meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (
        one["left"] < other["right"]
        and one["right"] > other["left"]
        and one["top"] < other["bottom"]
        and one["bottom"] > other["top"]
    )


@pytest.mark.parametrize("width", [390, 1440])
def test_each_limit_has_its_words_and_none_lie_on_others(browsing: Browsing, width: int) -> None:
    define(browsing)
    page = browsing.context("watch").new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(f"({NOTES})()")
    page.goto(f"{browsing.demo.base}/desk/mines/")
    follow(page, POINT, "0.3 %CH4")
    expect(page.locator("#zoom canvas")).to_be_visible()
    written = [one for one in page.evaluate("window.written") if "≥" in one["words"]]
    assert sorted(one["words"] for one in written) == ["报警≥0.98", "报警≥1", "断电≥1", "断电≥1.04"]
    assert not [pair for pair in combinations(written, 2) if meet(*pair)]
    wide = page.eval_on_selector("#zoom canvas", "canvas => canvas.width")
    assert all(one["left"] >= 0 and one["right"] <= wide for one in written)
    page.close()


def test_readings_that_no_line_joins_are_dots(browsing: Browsing) -> None:
    read_alone(browsing)
    page = browsing.context("watch").new_page()
    page.set_viewport_size({"width": 390, "height": 900})
    page.add_init_script(f"({DOTS})()")
    page.goto(f"{browsing.demo.base}/desk/mines/")
    follow(page, ALONE, "0.5 %CH4")
    expect(page.locator("#zoom canvas")).to_be_visible()
    assert page.evaluate("window.dots") >= 300
    page.close()
