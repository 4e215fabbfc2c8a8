"""The generated page of a loop: its diagram, its stages with clocks, its steps with who may."""

from bihuan.language.diagrams import loop_page
from bihuan.language.tests.declared import LOOP

ROLES = {"office": "县局办公室", "section": "业务科室"}


def test_the_diagram_draws_every_move_between_stages() -> None:
    page = loop_page(LOOP, roles=ROLES)
    drawn = page[page.index("```mermaid") : page.index("```\n\n|")].splitlines()
    assert drawn == [
        "```mermaid",
        "stateDiagram-v2",
        "    found: 待登记",
        "    sent: 整改中",
        "    done: 已销号",
        "    [*] --> found",
        "    found --> sent: 交办",
        "    sent --> done: 销号",
        "    done --> sent: 重办",
        "    done --> [*]",
    ]


def test_stages_tell_holder_and_clock() -> None:
    page = loop_page(LOOP, roles=ROLES)
    assert page.startswith("# 隐患整改 (`repair`)\n")
    assert "| `found` | 待登记 | 县局办公室 | 未设定（`notice.days`） |" in page
    assert "| `sent` | 整改中 | 业务科室 | 整改（`repair.days`） |" in page
    assert "| `done` | 已销号 | 县局办公室 | 已了结 |" in page


def test_steps_tell_who_may_and_by_which_clause() -> None:
    page = loop_page(LOOP, roles=ROLES)
    assert "| `send` | 交办 | 县局办公室 | LX-A1-6 |" in page
    assert "| `note` | 记录 | 县局办公室、业务科室 |  |" in page
    assert page.endswith("|\n")


def test_a_role_without_a_label_is_shown_by_its_key() -> None:
    assert "| `send` | 交办 | office | LX-A1-6 |" in loop_page(LOOP, roles={})
