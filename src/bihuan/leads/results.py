"""The ten typed results of a lead (LX-A1-4-3): fields, and their words in tables."""

from collections.abc import Mapping
from typing import Any

from bihuan.language.field import Field, Kind
from bihuan.language.wording import money_text, share_text

_BASIS = ("LX-A1-4-3", "LX-A7-5")

RESULT_FIELDS = (
    Field(key="result_nature", label="违法性质", max_length=120, personal=True, basis=_BASIS),
    Field(key="result_halt_on", label="停产整顿起日", kind=Kind.DAY, basis=_BASIS),
    Field(key="result_halt_until", label="停产整顿止日", kind=Kind.DAY, basis=_BASIS),
    Field(key="result_closure_on", label="关闭取缔日期", kind=Kind.DAY, basis=_BASIS),
    Field(key="result_penalty", label="行政处罚", kind=Kind.AMOUNT, unit="元", basis=_BASIS),
    Field(key="result_licence", label="吊销的证照", max_length=80, basis=_BASIS),
    Field(key="result_punished_on", label="联合惩戒起日", kind=Kind.DAY, basis=_BASIS),
    Field(key="result_punished_until", label="联合惩戒止日", kind=Kind.DAY, basis=_BASIS),
    Field(
        key="result_discipline", label="党纪政纪处分", kind=Kind.INTEGER, unit="人", basis=_BASIS
    ),
    Field(key="result_criminal", label="刑事责任追究", kind=Kind.INTEGER, unit="人", basis=_BASIS),
)
RESULT_LABELS = (
    "违法性质",
    "停产整顿",
    "关闭取缔",
    "行政处罚",
    "吊销证照",
    "重大事故隐患整改率",
    "提级核查",
    "失信企业联合惩戒",
    "党纪政纪处分",
    "刑事责任追究",
)
NONE = "无"
TAKEN = "已采取"
# Measures of the source that a label of the result tells of: without a date it is still taken.
_MEASURES = {"停产整顿": "halt_and_list", "关闭取缔": "close_down"}


def result_rows(facts: Mapping[str, Any], *, rate: str = NONE) -> list[tuple[str, str]]:
    """All ten labels in source order, each with its value or an empty text; `rate` is computed."""
    values = (
        facts.get("result_nature") or "",
        _span(facts.get("result_halt_on"), facts.get("result_halt_until"))
        or _taken(facts, "停产整顿"),
        _day(facts.get("result_closure_on")) or _taken(facts, "关闭取缔"),
        _amount(facts.get("result_penalty")),
        facts.get("result_licence") or "",
        rate,
        "是" if facts.get("escalated") else "",
        _span(facts.get("result_punished_on"), facts.get("result_punished_until")),
        _persons(facts.get("result_discipline")),
        _persons(facts.get("result_criminal")),
    )
    return [(label, str(value)) for label, value in zip(RESULT_LABELS, values, strict=True)]


def result_cell(facts: Mapping[str, Any], *, rate: str = NONE) -> str:
    """The result cell of form 7: the filled ones joined in source order, never typed by hand."""
    filled = [(label, value) for label, value in result_rows(facts, rate=rate) if value]
    return "；".join(f"{label}：{value}" for label, value in filled if value != NONE)


def rectification_rate(*, closed: int, total: int) -> str:
    """Closed over all major hazards of the lead; 无 with none."""
    return share_text(closed, of=total) if total else NONE


def _taken(facts: Mapping[str, Any], label: str) -> str:
    return TAKEN if _MEASURES[label] in (facts.get("measures") or ()) else ""


def _day(value: Any) -> str:
    return str(value) if value else ""


def _span(start: Any, end: Any) -> str:
    if not start and not end:
        return ""
    return f"{start or ''}起" + (f"至{end}" if end else "")


def _amount(value: Any) -> str:
    return money_text(str(value)) if value else ""


def _persons(value: Any) -> str:
    return f"{value}人" if value else ""
