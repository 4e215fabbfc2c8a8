"""What people do with a matter in the browser: find it, press a step, fill its form, send it."""

from dataclasses import dataclass
from pathlib import Path

from bench.browsing import Browsing
from playwright.sync_api import Locator, Page


@dataclass
class Desk:
    """The pages of people at their desks."""

    browsing: Browsing

    def page(self, account: str) -> Page:
        """A page of somebody who is signed in."""
        return self.browsing.context(account).new_page()

    def find(self, account: str, term: str) -> str:
        """The address of the matter that a search for its number finds."""
        page = self.page(account)
        page.goto(f"{self.browsing.demo.base}/desk/search?q={term}")
        address = page.locator("main a[href*='/desk/matters/']").first.get_attribute("href")
        page.close()
        assert address, f"{term} isn't found by {account}"
        return self.browsing.demo.base + address

    def press(self, account: str, matter: str, step: str, **answers: str) -> str:
        """Open the matter, press a step, fill and send its form; gives the words of the page."""
        page = self.page(account)
        page.goto(matter)
        page.locator(f".steplist a[href$='/steps/{step}/']").click()
        fill(page, answers)
        send(page)
        assert page.url == matter, f"{step}: {page.locator('main').inner_text()[:400]}"
        words = page.locator("main").inner_text()
        page.close()
        return words

    def related(self, account: str, matter: str, label: str) -> str:
        """The address of a related matter by its name."""
        page = self.page(account)
        page.goto(matter)
        link = page.locator("#related li", has_text=label).locator("a").first
        address = link.get_attribute("href") or ""
        page.close()
        return self.browsing.demo.base + address

    def download(self, account: str, matter: str, word: str, folder: Path) -> Path:
        """The first paper of the matter in a form, saved."""
        page = self.page(account)
        page.goto(matter)
        with page.expect_download() as started:
            page.locator("#papers li").first.get_by_role("link", name=word).first.click()
        kept = folder / started.value.suggested_filename
        started.value.save_as(kept)
        page.close()
        return kept


def fill(page: Page, answers: dict[str, str]) -> None:
    """Answer the questions of a form by name: a text, the label of an option, or a tick's value."""
    for name, answer in answers.items():
        _answer(page.locator(f"main form [name='{name}']"), answer)


def _answer(controls: Locator, answer: str) -> None:
    first = controls.first
    tag = first.evaluate("field => field.tagName + ':' + field.type")
    if tag.startswith("SELECT"):
        first.select_option(label=answer)
    elif tag in ("INPUT:radio", "INPUT:checkbox"):
        form = first.locator("xpath=ancestor::fieldset[1]")
        form.get_by_label(answer, exact=False).first.check()
    else:
        first.fill(answer)


def send(page: Page) -> None:
    """Press the one main button of the form."""
    page.locator("main form .send button[type=submit]").first.click()
    page.wait_for_load_state("load")
