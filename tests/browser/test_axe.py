"""Pages of every kind: axe finds nothing, the console says nothing, nothing overflows sideways.

Pages of one route differ in nothing that has a colour: each part looks at the first of them in
every scheme and size, at the others' colours in light on the desktop. Of routes with very many
pages (a form of each ledger) some are looked at, spread evenly.
"""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bench.browsing import SIZES, Browsing, Visit, plan_of
from bench.shots import finding_of
from playwright.sync_api import Page

from bihuan.config.shots import Shot

pytestmark = [pytest.mark.slow, pytest.mark.browser]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = {**ALL, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
SHAPES: dict[str, Any] = {**ALL, "rules": {"color-contrast": {"enabled": False}}}
DESKTOP = next(iter(SIZES))
SCHEMES = (("light", ALL), ("dark", COLOURS))
EACH = 12  # pages of a route
PARTS = 4  # workers share the pages among them
RUN = "options => axe.run(document, options).then(found => found.violations)"
axe = Axe()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_clean(browsing: Browsing, part: int) -> None:
    shots, unplanned = plan_of(browsing.demo.home)
    assert not unplanned, f"say in shot_pages.py what these show: {unplanned}"
    findings: list[str] = []
    seen: set[str] = set()
    for shot in some_of_each(shots)[part::PARTS]:
        with browsing.visit(shot) as visit:
            is_first = shot.route not in seen
            wrong = finding_of(shot, visit.status) + _faults(visit, is_first=is_first)
        seen.add(shot.route)
        findings += [f"{shot.name}: {text}" for text in wrong]
    assert not findings, "\n".join(findings)


def some_of_each(shots: list[Shot]) -> list[Shot]:
    """Not more than so many pages of a route, the first and the last among them."""
    by_route: dict[str, list[Shot]] = {}
    for shot in shots:
        by_route.setdefault(shot.route, []).append(shot)
    found = []
    for pages in by_route.values():
        count = min(len(pages), EACH)
        steps = max(count - 1, 1)
        found += [pages[place * (len(pages) - 1) // steps] for place in range(count)]
    return found


def _faults(visit: Visit, *, is_first: bool) -> list[str]:
    """Faults of one page in both sizes; it is loaded once."""
    page = visit.page
    page.evaluate(axe.axe_script)
    found: list[str] = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        again = ALL if size == DESKTOP else SHAPES
        for scheme, options in SCHEMES if is_first else (("light", again),):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found += [f"{size} {scheme}: {text}" for text in _violations(page, options)]
        if page.evaluate(OVERFLOW) > 0:
            found.append(f"{size}: overflows sideways")
    return [*found, *visit.complaints]


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    told = page.evaluate(RUN, options)
    return [
        f"{one['id']} {json.dumps([node['target'] for node in one['nodes']][:3])}" for one in told
    ]
