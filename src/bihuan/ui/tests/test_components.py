"""Every macro renders, escapes what it is given, and ties words to controls."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError
from jinja2.environment import TemplateModule
from markupsafe import Markup

from bihuan.ui import charts, environment
from bihuan.ui.icons import PATHS, icon

HOSTILE = "\"><script>alert(1)</script>' onfocus=x"
MANY = ("choice", "choices", "yes_no")
SINGLE = (
    "text", "long_text", "integer", "number", "amount", "day", "moment", "files", "file", "unit",
    "region", "site", "person", "phone", "password", "search", "agree",
)  # fmt: skip


class Outline(HTMLParser):
    """Collects tags and attributes, so that tests ask the parsed page, not its spelling."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.nodes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.nodes.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.nodes if name == tag]


def question(kind: str) -> dict[str, Any]:
    options = [{"value": HOSTILE, "label": HOSTILE, "hint": HOSTILE}]
    return {
        "name": "asked", "label": "问题", "kind": kind, "hint": "提示", "error": "缺什么",
        "required": True, "value": [HOSTILE] if kind == "choices" else HOSTILE, "options": options,
        "suggestions": [HOSTILE], "placeholder": HOSTILE,
    }  # fmt: skip


@pytest.mark.parametrize("kind", [*SINGLE, *MANY])
def test_a_field_of_every_kind_escapes_and_is_described(ui: TemplateModule, kind: str) -> None:
    page = Outline(ui.field(question(kind)))
    assert not page.all("script")
    assert not any("onfocus" in attrs for _, attrs in page.nodes)
    described = [attrs for _, attrs in page.nodes if "aria-describedby" in attrs]
    ids = {attrs["id"] for _, attrs in page.nodes if "id" in attrs}
    assert described
    assert all(set(attrs["aria-describedby"].split()) <= ids for attrs in described)
    assert {"f-asked-wrong", "f-asked-hint"} <= ids


@pytest.mark.parametrize("kind", SINGLE)
def test_a_single_control_has_its_label(ui: TemplateModule, kind: str) -> None:
    page = Outline(ui.field(question(kind)))
    control = next(
        attrs
        for tag, attrs in page.nodes
        if tag in ("input", "textarea", "select") and attrs.get("type") != "hidden"
    )
    assert control["id"] == page.all("label")[0]["for"] == "f-asked"
    assert control["aria-invalid"] == "true"


@pytest.mark.parametrize("kind", MANY)
def test_many_controls_stand_in_a_named_group(ui: TemplateModule, kind: str) -> None:
    page = Outline(ui.field(question(kind)))
    assert page.all("fieldset")[0]["id"] == "f-asked"
    assert len(page.all("legend")) == 1


def test_what_was_typed_is_kept(ui: TemplateModule) -> None:
    html = ui.field({"name": "a", "label": "甲", "kind": "long_text", "value": "人太多"})
    assert "人太多</textarea>" in html
    chosen = ui.field(
        {"name": "b", "label": "乙", "kind": "choice", "value": "2",
         "options": [{"value": "1", "label": "一"}, {"value": "2", "label": "二"}]}
    )  # fmt: skip
    assert [attrs["value"] for attrs in Outline(chosen).all("input") if "checked" in attrs] == ["2"]


def test_a_field_without_value_marks_no_choice(ui: TemplateModule) -> None:
    options = [{"value": "1", "label": "一"}]
    for kind in ("choice", "choices"):
        html = ui.field({"name": "b", "label": "乙", "kind": kind, "options": options})
        assert " checked" not in html


def test_the_error_summary_links_to_the_fields(ui: TemplateModule) -> None:
    html = ui.error_summary(
        [{"name": "what", "label": HOSTILE, "sentence": "请写清楚。", "missing": True}]
    )
    page = Outline(html)
    assert page.all("a")[0]["href"] == "#f-what"
    assert "还差 1 处" in html
    assert not page.all("script")


def test_a_form_carries_the_token_only_when_it_posts(env: Environment) -> None:
    source = (
        '{% import "ui/components.html" as ui %}'
        '{% call ui.form("/x", csrf=token, method=method, multipart=True) %}内容{% endcall %}'
    )
    token = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="t">')
    post = env.from_string(source).render(token=token, method="post")
    assert "csrfmiddlewaretoken" in post
    assert "multipart/form-data" in post
    assert "csrfmiddlewaretoken" not in env.from_string(source).render(token=token, method="get")


COLUMNS = (
    {"key": "title", "label": "内容", "kind": "title"},
    {"key": "site", "label": "煤矿", "kind": "two"},
    {"key": "level", "label": "等级", "kind": "severity"},
    {"key": "state", "label": "状态", "kind": "chip"},
    {"key": "steps", "label": "进度", "kind": "progress"},
    {"key": "due", "label": "期限", "kind": "deadline",
     "sort": {"url": "?sort=due", "direction": "ascending"}},
    {"key": "count", "label": "人数", "kind": "number"},
    {"key": "tags", "label": "标签", "kind": "tags"},
    {"key": "note", "label": "备注"},
)  # fmt: skip


def ledger_row(**cells: Any) -> dict[str, Any]:
    return {"id": "1", "name": HOSTILE, "late": True, "cells": cells,
            "actions": [{"label": HOSTILE, "url": HOSTILE}]}  # fmt: skip


def full_row() -> dict[str, Any]:
    return ledger_row(
        title={"text": HOSTILE, "url": HOSTILE, "sub": HOSTILE},
        site={"text": HOSTILE},
        level={"label": HOSTILE, "level": "major"},
        state={"label": HOSTILE, "tone": "late"},
        steps={"steps": ["done", "now"], "words": HOSTILE},
        due={"words": HOSTILE, "date": HOSTILE, "tone": "late", "fraction": 1},
        count=0,
        tags=[HOSTILE],
        note=HOSTILE,
    )


def test_a_ledger_escapes_every_kind_of_cell(ui: TemplateModule) -> None:
    page = Outline(ui.ledger(COLUMNS, [full_row()], HOSTILE, bulk_id="bulk"))
    assert not page.all("script")
    assert not any("onfocus" in attrs for _, attrs in page.nodes)


def test_every_cell_of_a_ledger_carries_its_column_for_cards(ui: TemplateModule) -> None:
    page = Outline(ui.ledger(COLUMNS, [full_row()], "台账"))
    labels = [cell.get("data-label") for cell in page.all("td")][: len(COLUMNS)]
    assert labels == [column["label"] for column in COLUMNS]
    assert all(cell["role"] == "cell" for cell in page.all("td"))


def test_missing_cells_are_dashes_and_zero_is_not(ui: TemplateModule) -> None:
    html = ui.ledger(COLUMNS, [ledger_row(count=0)], "台账")
    assert html.count("未填") == len(COLUMNS) - 1
    assert re.search(r'data-label="人数">\s*0', html)


def test_ticks_belong_to_the_bulk_form_without_script(ui: TemplateModule) -> None:
    page = Outline(ui.ledger(COLUMNS, [full_row()], "台账", bulk_id="bulk"))
    tick = next(attrs for attrs in page.all("input") if attrs.get("name") == "selected")
    assert (tick["form"], tick["value"]) == ("bulk", "1")
    bar = Outline(ui.bulk_bar("bulk", "/do", [{"label": "批量催办", "value": "remind"}]))
    assert bar.all("form")[0]["id"] == "bulk"
    assert "hidden" not in bar.all("form")[0]
    assert bar.all("button")[0]["value"] == "remind"


def test_a_sorted_column_says_so(ui: TemplateModule) -> None:
    page = Outline(ui.ledger(COLUMNS, [full_row()], "台账"))
    assert [head.get("aria-sort") for head in page.all("th")].count("ascending") == 1


def test_an_empty_ledger_says_so(ui: TemplateModule) -> None:
    html = ui.ledger(COLUMNS, [], "台账")
    assert "没有符合条件的记录" in html
    assert "<table" not in html


def test_a_deadline_is_words_date_and_bar(ui: TemplateModule) -> None:
    page = ui.deadline("逾期 3 天", "11-18", "late", 0.92, "2026-11-18")
    assert "逾期 3 天" in page
    outline = Outline(page)
    assert outline.all("time")[0]["datetime"] == "2026-11-18"
    assert outline.all("progress")[0]["value"] == "0.92"
    assert not Outline(ui.deadline("未设定")).all("progress")


def test_the_flow_says_states_in_words(ui: TemplateModule) -> None:
    states = ("done", "now", "late", "next", "skipped")
    html = ui.flow([{"label": state, "state": state} for state in states])
    for word in ("已办", "在办", "逾期在办", "未到", "不适用"):
        assert f"，{word}<" in html
    assert html.count('aria-current="step"') == 2


def test_refused_steps_give_the_reason_and_no_link(ui: TemplateModule) -> None:
    html = ui.steplist([], [{"label": "审核签字", "reason": "须由主要负责人办理"}])
    assert "须由主要负责人办理" in html
    assert "目前没有由您办理的动作" in html
    assert not Outline(html).all("a")


def test_the_story_keeps_order_and_shows_a_broken_seal(ui: TemplateModule) -> None:
    entry = {"time": "21:47", "at": "2026-11-14T21:47", "words": HOSTILE, "who": "甲", "code": "8e"}
    html = ui.story([{"label": "11 月 14 日", "entries": [entry],
                      "seal": {"words": "校验不一致", "broken": True}}], brief=HOSTILE)  # fmt: skip
    assert html.index("11 月 14 日") < html.index("21:47") < html.index("校验不一致")
    assert "shut broken" in html
    assert not Outline(html).all("script")


@pytest.mark.parametrize("state", ["running", "done", "failed", "cancelled"])
def test_a_job_in_every_state(ui: TemplateModule, state: str) -> None:
    html = ui.job({"title": "导入", "state": state, "words": "已读 3 行", "cancel_url": "/c"}, "")
    assert ("取消</button>" in html) is (state == "running")
    assert "value" not in Outline(html).all("progress")[0]


def test_a_chart_comes_with_its_table(ui: TemplateModule) -> None:
    html = ui.chart(charts.bars([("10", 29)], title=HOSTILE, unit="件"))
    page = Outline(html)
    assert not page.all("script")
    assert len(page.all("table")) == 1
    assert ">29</td>" in html


def test_filters_keep_what_was_asked(ui: TemplateModule) -> None:
    fields = [
        {"name": "q", "label": "关键词", "kind": "search", "value": HOSTILE},
        {"name": "s", "label": "来源", "kind": "choice", "value": "b",
         "options": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]},
        {"label": "期限", "kind": "range", "names": ["from", "to"], "values": ["2026-11-01", None]},
    ]  # fmt: skip
    hidden = [{"name": "stage", "value": "open"}]
    page = Outline(ui.filter_bar("/list", fields, hidden=hidden))
    values = {attrs.get("name"): attrs.get("value") for attrs in page.all("input")}
    assert values == {"stage": "open", "q": HOSTILE, "from": "2026-11-01", "to": ""}
    assert [one["value"] for one in page.all("option") if "selected" in one] == ["b"]


def test_removing_a_filter_is_a_link(ui: TemplateModule) -> None:
    page = Outline(ui.filter_chips([{"label": "来源：执法", "remove_url": "?x"}], "?"))
    assert [link["href"] for link in page.all("a")] == ["?x", "?"]


def test_tabs_show_zero_counts(ui: TemplateModule) -> None:
    html = ui.tabs([{"label": "已逾期", "url": "#", "count": 0}], "按环节查看")
    assert ">0</span>" in html


def test_a_missing_name_is_an_error(env: Environment) -> None:
    with pytest.raises(UndefinedError):
        env.from_string("{{ page.tilte }}").render(page={})


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError, match="unknown icon 'nope'"):
        icon("nope")


@pytest.mark.parametrize("name", sorted(PATHS))
def test_icons_are_decoration(name: str) -> None:
    assert 'aria-hidden="true"' in icon(name)


def test_the_documented_macros_are_exactly_the_exported_ones(
    env: Environment, ui: TemplateModule
) -> None:
    source = env.loader.get_source(env, "ui/components.html")[0]
    documented = set(re.findall(r"^      (\w+)\(", source, re.MULTILINE))
    exported = {name for name in dir(ui) if not name.startswith("_") and not name.endswith("_file")}
    assert documented == exported


def test_the_environment_is_strict_even_if_asked_otherwise() -> None:
    assert environment.environment(undefined=None).undefined.__name__ == "StrictUndefined"
