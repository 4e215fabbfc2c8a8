"""Pictures of every page, in both sizes and schemes and as printed, into a folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.browsing import SCHEMES, SIZES, Browsing, Demo, chromium, require_answer
from bihuan.config.shots import Shot

if TYPE_CHECKING:
    from playwright.sync_api import Page

REFUSED = 400
SERVER_ERROR = 500


@dataclass
class Taken:
    """How many pictures were taken, and what was wrong."""

    count: int = 0
    findings: list[str] = field(default_factory=list)


def take(
    shots: list[Shot], demo: Demo, folder: Path, *, is_quick: bool, say: Callable[[str], object]
) -> Taken:
    """Picture every page; a quick round takes the desktop and the phone in light only."""
    require_answer(demo.base)
    taken = Taken()
    folder.mkdir(parents=True, exist_ok=True)
    schemes = SCHEMES[:1] if is_quick else SCHEMES
    with chromium() as browser:
        from playwright.sync_api import Error as PlaywrightError  # noqa: PLC0415 - it is there now

        browsing = Browsing(browser, demo)
        for number, shot in enumerate(shots, start=1):
            wrong: list[str] = []
            try:
                with browsing.visit(shot) as visit:
                    wrong = finding_of(shot, visit.status) + visit.complaints
                    taken.count += _picture(
                        visit.page, shot, folder, schemes, is_printed=not is_quick
                    )
            except PlaywrightError as error:
                wrong.append(error.message.splitlines()[0])
            taken.findings += [f"{shot.name}（{shot.path}）：{text}" for text in wrong]
            say(f"[{number}/{len(shots)}] {shot.name} {'；'.join(wrong)}".rstrip())
    return taken


def finding_of(shot: Shot, status: int) -> list[str]:
    """What is wrong with an answer, in words."""
    if status >= SERVER_ERROR:
        return [f"出错 {status}"]
    if shot.act == "send_empty" and status < REFUSED:
        return ["空白的表单被接受了"]
    if not shot.act and shot.status not in (0, status):
        return [f"应答 {status}，应为 {shot.status}"]
    return []


def _picture(
    page: "Page", shot: Shot, folder: Path, schemes: tuple[str, ...], *, is_printed: bool
) -> int:
    count = 0
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme, media="screen")  # type: ignore[arg-type]
            _screenshot(page, folder / f"{shot.name}-{size}-{scheme}.png")
            count += 1
    if is_printed:
        page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
        page.emulate_media(color_scheme="light", media="print")
        _screenshot(page, folder / f"{shot.name}-print.png")
        count += 1
    return count


def _screenshot(page: "Page", path: Path) -> None:
    # A change of scheme fades; the picture shows the page after it.
    page.screenshot(path=path, full_page=True, animations="disabled")
