"""Columns of a list: the fixed ones, the declared ones, and which of them the URL chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.desk.filtering import Asked
from bihuan.desk.rows import (
    Look,
    Row,
    deadline_cell,
    known_as,
    progress_cell,
    state_cell,
    url_of,
)
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Loop
from bihuan.language.wording import money_text
from bihuan.ui.words import short_day

FACT_KINDS = (
    Kind.CHOICE,
    Kind.CHOICES,
    Kind.TEXT,
    Kind.DAY,
    Kind.INTEGER,
    Kind.AMOUNT,
    Kind.YES_NO,
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One column that a list may show."""

    key: str
    label: str
    kind: str = "text"
    phone: str = "show"
    default: bool = True


FIXED = (
    Shown(key="title", label="事项", kind="title"),
    Shown(key="site", label="监管对象", kind="two"),
    Shown(key="unit", label="承办单位", phone="hide"),
    Shown(key="state", label="环节", kind="chip"),
    Shown(key="progress", label="闭环进度", kind="progress", phone="hide"),
    Shown(key="due", label="期限", kind="deadline", phone="end"),
    Shown(key="township", label="乡镇", phone="hide", default=False),
    Shown(key="category", label="类别", phone="hide", default=False),
    Shown(key="source", label="来源", phone="hide", default=False),
    Shown(key="opened", label="登记日期", kind="date", phone="hide", default=False),
    Shown(key="closed", label="办结日期", kind="date", phone="hide", default=False),
)


def available(loop: Loop) -> tuple[Shown, ...]:
    """Every column of a kind: the fixed ones, then the declared ones in their order."""
    return FIXED + tuple(
        Shown(key=field.key, label=field.label, phone="hide") for field in fact_columns(loop)
    )


def fact_columns(loop: Loop) -> tuple[Field, ...]:
    """Declared facts with a place in the list; a sealed field never is one."""
    placed = [
        field
        for field in loop.fields.values()
        if field.column and field.kind in FACT_KINDS and not field.sealed
    ]
    return tuple(sorted(placed, key=_place_of))


def chosen(asked: Asked, *, loop: Loop) -> tuple[Shown, ...]:
    """Columns that are named, in their order, else the system's; the matter always stands first."""
    columns = available(loop)
    if not asked.get("cols"):
        return tuple(column for column in columns if column.default)
    known = {column.key: column for column in columns[1:]}
    named = [known[key] for key in dict.fromkeys(asked.get("cols").split(",")) if key in known]
    return (columns[0], *named)


def choice_links(asked: Asked, *, loop: Loop) -> list[dict[str, Any]]:
    """One link per column that puts it in or takes it out."""
    now = [column.key for column in chosen(asked, loop=loop)]
    links = []
    for column in available(loop)[1:]:
        is_in = column.key in now
        keys = [key for key in now if key != column.key] if is_in else [*now, column.key]
        label = f"隐藏“{column.label}”" if is_in else f"显示“{column.label}”"
        url = asked.url(cols=",".join(keys))
        links.append({"label": label, "url": url, "icon": "close" if is_in else "plus"})
    return links


def heads(columns: Sequence[Shown], asked: Asked) -> list[dict[str, Any]]:
    """Column heads for the ledger; two of them sort."""
    drawn = []
    for column in columns:
        head: dict[str, Any] = {"key": column.key, "label": column.label, "kind": column.kind}
        if column.kind != "chip":
            head["phone"] = column.phone
        if column.key in ("due", "opened"):
            order = "due" if column.key == "due" else "new"
            direction = "ascending" if order == "due" else "descending"
            is_used = asked.is_newest_first == (order == "new")
            head["sort"] = {"url": asked.url(sort=order), "direction": direction if is_used else ""}
        drawn.append(head)
    return drawn


def cells_of(row: Row, *, loop: Loop, look: Look, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Every cell of a row by column key."""
    category = look.categories.get(row["category"], row["category"])
    town = look.townships.get(row["l4"], "")
    under = [known_as(row, look=look), category]
    return {
        **facts,
        "title": {
            "text": row["title"] or loop.label,
            "url": url_of(row["id"], look=look),
            "sub": " · ".join(part for part in under if part),
        },
        "site": {"text": row["site__name"], "sub": town} if row["site__name"] else None,
        "unit": row["unit__name"],
        "state": state_cell(loop, row, at=look.at),
        "progress": progress_cell(loop, row, at=look.at),
        "due": deadline_cell(row, look=look),
        "township": town,
        "category": category,
        "source": row["source"],
        "opened": short_day(row["opened_at"]),
        "closed": short_day(row["closed_at"]) if row["closed_at"] else None,
    }


def fact_words(field: Field, value: Any, *, labels: Mapping[str, str]) -> str:
    """A kept value as a list or a file shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.kind is Kind.AMOUNT:
        return money_text(str(value))
    if isinstance(value, list):
        return "、".join(labels.get(str(part), str(part)) for part in value)
    return labels.get(str(value), str(value)) + (field.unit or "")


def _place_of(field: Field) -> int:
    return field.column
