"""Columns of a list: the fixed ones, the declared ones, and which of them the URL chooses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

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
from bihuan.matters.declarations import catalog
from bihuan.ui.words import short_day

FACT_KINDS = (
    Kind.CHOICE,
    Kind.CHOICES,
    Kind.TEXT,
    Kind.DAY,
    Kind.INTEGER,
    Kind.AMOUNT,
    Kind.NUMBER,
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


def cells_of(
    row: Row, *, shown: Sequence[str], look: Look, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """The cells of a row that are shown, by column key."""
    cells: dict[str, Any] = {}
    for key in shown:
        if key in _MADE:
            cells[key] = _MADE[key](row, look)
        elif key in _DAYS:
            on = row[_DAYS[key]]
            cells[key] = short_day(on) if on else None
        else:
            cells[key] = row[_PLAIN[key]] if key in _PLAIN else facts.get(key)
    return cells


def _title(row: Row, look: Look) -> Row:
    under = (known_as(row, look=look), _category(row, look))
    return {
        "text": look.title_of(row) or catalog().loop(row["kind"]).label,
        "url": url_of(row["id"], look=look),
        "sub": " · ".join(part for part in under if part),
    }


def _site(row: Row, look: Look) -> Row | None:
    town = _township(row, look)
    return {"text": row["site__name"], "sub": town} if row["site__name"] else None


def _state(row: Row, look: Look) -> Row:
    return state_cell(catalog().loop(row["kind"]), row, look=look)


def _progress(row: Row, look: Look) -> Row:
    return progress_cell(catalog().loop(row["kind"]), row, look=look)


def _due(row: Row, look: Look) -> Row:
    return deadline_cell(row, look=look)


def _township(row: Row, look: Look) -> str:
    return look.townships.get(row["l4"], "")


def _category(row: Row, look: Look) -> str:
    key: str = row["category"]
    return look.categories.get(key, key)


_PLAIN: Final = {"unit": "unit__name", "source": "source"}
_DAYS: Final = {"opened": "opened_at", "closed": "closed_at"}
_MADE: Final[Mapping[str, Callable[[Row, Look], Any]]] = {
    "title": _title,
    "site": _site,
    "state": _state,
    "progress": _progress,
    "due": _due,
    "township": _township,
    "category": _category,
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
