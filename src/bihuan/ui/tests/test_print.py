"""Paper shows what was decided and nothing that only a screen can do."""

from importlib.resources import files

CSS = files("bihuan.ui").joinpath("static/ui/app.css").read_text("utf-8")
PAPER = CSS.partition("@media print")[2]
HIDDEN = next(rule for rule in PAPER.split("}") if "display: none !important" in rule)


def test_navigation_forms_and_buttons_stay_off_the_paper() -> None:
    hidden = {name.strip() for name in HIDDEN.partition("{")[0].split(",")}
    assert {
        ".top", ".nav", ".tabbar", ".crumbs", ".filters", ".tabs", ".pager", ".public-top",
        ".buttons", ".send", ".look-up", ".not-paper", ".leave", ".steplist-card",
    } <= hidden  # fmt: skip


def test_paper_is_not_sorted_by_a_click() -> None:
    assert "th[aria-sort] a::after { content: none; }" in PAPER


def test_dark_desks_print_black_on_white() -> None:
    assert ":root[data-theme=dark]" in PAPER
    assert "color-scheme: light" in PAPER
    assert "--card: #fff" in PAPER
