"""A chart that a script drew on a wide screen isn't cut off on paper."""

import pytest
from bench.browsing import Browsing
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PAPER_PX = (210 - 2 * 16) / 25.4 * 96  # A4 less the margins of app.css
ARRIVES_MS = 60_000
CANVAS = "#zoom canvas"
NOTES = """() => { window.widths = []; window.addEventListener('beforeprint', () => window.widths
  .push(document.querySelector('#zoom canvas').getBoundingClientRect().width)); }"""
POINT = "main a[href*='/readings/']"


def drawn_px(page: Page) -> float:
    """How wide the chart is."""
    return float(page.eval_on_selector(CANVAS, "canvas => canvas.getBoundingClientRect().width"))


def follow(page: Page, link: str) -> None:
    page.goto(page.locator(link).first.evaluate("link => link.href"))


@pytest.mark.parametrize("width", [390, 1440, 2560])
def test_the_chart_of_a_point_fits_on_the_paper(browsing: Browsing, width: int) -> None:
    page = browsing.context("watch").new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{browsing.demo.base}/desk/mines/")
    follow(page, POINT)
    expect(page.locator(POINT).first).to_be_attached(timeout=ARRIVES_MS)
    follow(page, POINT)
    expect(page.locator(CANVAS)).to_be_visible()
    before = drawn_px(page)
    page.evaluate(NOTES)
    page.pdf(prefer_css_page_size=True)
    widths = page.evaluate("window.widths")
    assert widths, "the browser says when it prints"
    assert all(PAPER_PX / 2 < one <= PAPER_PX for one in widths)
    assert drawn_px(page) == before
    page.close()
