"""The shells render whole pages; what a page says about itself holds together."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment
from markupsafe import Markup

from bihuan.ui import specimen, specimen_desk

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Balance(HTMLParser):
    """Fails on a tag that is closed in the wrong place or never."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        told = dict(attrs)
        if "id" in told:
            self.ids.append(told["id"])
        self.targets += [told[key] for key in ("for", "aria-labelledby", "list") if key in told]
        self.targets += (told.get("aria-describedby") or "").split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    outdir = tmp_path_factory.mktemp("specimen")
    return {page.stem: page.read_text(encoding="utf-8") for page in specimen.render(outdir)}


@pytest.mark.parametrize("name", specimen.PAGES)
def test_a_page_is_whole(pages: dict[str, str], name: str) -> None:
    page = Balance()
    page.feed(pages[name])
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) <= set(page.ids)


@pytest.mark.parametrize("name", specimen.PAGES)
def test_a_page_has_one_heading_and_one_main(pages: dict[str, str], name: str) -> None:
    assert len(re.findall(r"<h1\b", pages[name])) == 1
    assert len(re.findall(r"<main\b", pages[name])) == 1
    assert '<html lang="zh-CN">' in pages[name]


@pytest.mark.parametrize("name", specimen.PAGES)
def test_a_page_uses_only_icons_and_classes_of_the_style_sheet(
    pages: dict[str, str], name: str
) -> None:
    style = (specimen.STATIC / "ui" / "app.css").read_text(encoding="utf-8")
    known = set(re.findall(r"\.([a-z][\w-]*)", style))
    used = {css for value in re.findall(r'class="([^"]*)"', pages[name]) for css in value.split()}
    neutral = {"plain", "ok", "field", "entry", "warn", "entry-words"}
    kinds = set(re.findall(r'class="field (\w+)', pages[name]))
    assert used - known - neutral - kinds == set()


def desk_page(env: Environment, **more: object) -> str:
    context = specimen_desk.shell("list", title="台账")
    return env.get_template("ui/desk.html").render({**context, **more})


def test_sign_out_is_a_post_with_token(env: Environment) -> None:
    token = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="t">')
    html = desk_page(env, csrf_input=token)
    form = re.search(r'<form method="post" action="#out">(.*?)</form>', html)
    assert "csrfmiddlewaretoken" in form[1]


def test_the_current_entry_is_marked(env: Environment) -> None:
    current = re.findall(r'<a href="list.html" aria-current="page"[^>]*>', desk_page(env))
    assert len(current) == 2  # navigation and tab bar


def test_letters_after_g_are_listed_and_linked(env: Environment) -> None:
    html = desk_page(env)
    letters = re.findall(r'data-go="(\w)"', html)
    assert letters
    assert len(letters) == len(set(letters))
    assert all(f"<kbd>{letter}</kbd>" in html for letter in letters)


@pytest.mark.parametrize(
    ("theme", "shown"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ('"><script>', "")],
)
def test_the_theme_comes_from_a_short_list(env: Environment, theme: str, shown: str) -> None:
    assert f'<html lang="zh-CN"{shown}>' in desk_page(env, theme=theme)


def test_the_public_shell_leaves_no_trace(pages: dict[str, str]) -> None:
    assert 'data-act="theme"' not in pages["tip_off"]
    assert 'content="no-referrer"' in pages["tip_off"]
    assert 'data-act="leave"' in pages["tip_off"]
    assert "data-guard" in pages["receipt"]


def test_the_form_that_came_back_keeps_the_words(pages: dict[str, str]) -> None:
    assert "人太多</textarea>" in pages["tip_off_again"]
    assert 'href="#f-what"' in pages["tip_off_again"]
    assert 'id="f-what"' in pages["tip_off_again"]


def test_plain_rendering_needs_no_django() -> None:
    code = (
        "import sys, bihuan.ui.environment as e; e.environment().get_template('ui/desk.html');"
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
