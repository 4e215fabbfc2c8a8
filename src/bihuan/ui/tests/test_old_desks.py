"""Style, script and templates use only what Chromium 100 and a strict CSP allow."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).parent.parent
CSS = UI / "static" / "ui" / "app.css"
JS = UI / "static" / "ui" / "app.js"
TEMPLATES = sorted((UI / "templates").rglob("*.html"))

# Each is newer than Chromium 100, or needs 'unsafe-inline'.
REFUSED_IN_CSS = {
    "nesting": r"&",
    "light-dark()": r"light-dark\(",
    "color-mix()": r"color-mix\(",
    ":has()": r":has\(",
    "oklch() and friends": r"\b(?:oklch|oklab|lch|lab|color)\(",
    "container queries": r"@container|container-type",
    "range media queries": r"@media[^{]*[<>]",
    "dynamic viewport units": r"\d(?:dvh|svh|lvh|dvw|dvi)\b",
    "@scope, @property, @starting-style": r"@scope|@property|@starting-style",
    "subgrid": r"\bsubgrid\b",
    "individual transforms": r"[;{]\s*(?:rotate|scale|translate)\s*:",
    "relative colours": r"\b(?:rgb|hsl)a?\(from",
    "anchor positioning": r"anchor-name|position-anchor|anchor\(",
    "fonts from the network": r"@font-face|@import|https?://(?!www\.w3\.org)",
    "trigonometry and rounding": r"\b(?:sin|cos|round|mod)\(",
}
REFUSED_IN_JS = {
    "structuredClone": r"structuredClone",
    ".at()": r"\.at\(",
    "Object.groupBy": r"groupBy",
    "new array copies": r"\.(?:toSorted|toReversed|toSpliced|findLast)\(",
    "modules": r"^\s*(?:import|export)\b",
    "view transitions": r"startViewTransition",
    "popover": r"popover",
    "eval": r"\beval\(|new Function",
    "markup from strings": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write",
    "inline style": r"\.style\b|cssText",
    "other hosts": r"https?://",
}
REFUSED_IN_TEMPLATES = {
    "inline style": r"""\sstyle\s*=""",
    "inline handler": r"""\son[a-z]+\s*=\s*["']""",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "style element": r"<style",
    "script address": r"javascript:",
    "unescaped output": r"\|\s*safe\b",
    "other hosts": r"https?://",
}


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("feature", REFUSED_IN_CSS)
def test_the_style_sheet_runs_on_old_desks(feature: str) -> None:
    text = without_comments(CSS.read_text(encoding="utf-8"))
    assert not re.findall(REFUSED_IN_CSS[feature], text), feature


@pytest.mark.parametrize("feature", REFUSED_IN_JS)
def test_the_script_runs_on_old_desks(feature: str) -> None:
    text = without_comments(JS.read_text(encoding="utf-8"))
    assert not re.findall(REFUSED_IN_JS[feature], text, re.MULTILINE), feature


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_the_strict_csp(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    found = {name for name, pattern in REFUSED_IN_TEMPLATES.items() if re.search(pattern, text)}
    assert not found


def test_rules_do_not_nest() -> None:
    """A brace inside a style rule is nesting, with or without an ampersand."""
    depth: list[str] = []
    text = re.sub(r'"[^"]*"', '""', without_comments(CSS.read_text(encoding="utf-8")))
    for before, brace in re.findall(r"([^{}]*)([{}])", text):
        if brace == "}":
            depth.pop()
            continue
        head = before.rsplit(";", 1)[-1].strip()
        outer = [one for one in depth if not one.startswith("@")]
        assert not outer, f"{head!r} inside {outer!r}"
        depth.append(head)
    assert not depth


def test_every_used_token_is_defined() -> None:
    text = CSS.read_text(encoding="utf-8")
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+)\s*:", text))


def test_both_dark_themes_are_the_same() -> None:
    text = CSS.read_text(encoding="utf-8")
    wish = re.search(r":root:not\(\[data-theme=light\]\) \{(.*?)\}", text, re.DOTALL)
    choice = re.search(r":root\[data-theme=dark\] \{(.*?)\}", text, re.DOTALL)
    assert wish[1].split() == choice[1].split()


def test_sizes_stay_small() -> None:
    assert CSS.stat().st_size <= 60 * 1024
    assert JS.stat().st_size <= 8 * 1024
