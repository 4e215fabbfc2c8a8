"""A table as a workbook: banner, columns in source order, changed cells marked, notes."""

from bihuan.documents.workbooks import Column, Sheet, workbook_bytes
from bihuan.reports.issuing import Table
from bihuan.ui.words import moment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook_of(table: Table) -> bytes:
    """The workbook of a table; the same version always gives the same bytes."""
    return workbook_bytes([sheet_of(table)])


def sheet_of(table: Table) -> Sheet:
    """The one sheet of a table."""
    columns = table.report.columns
    places = {column.key: place for place, column in enumerate(columns)}
    rows = {row.key: place for place, row in enumerate(table.rows)}
    return Sheet(
        name=table.report.label,
        title=table.report.label,
        columns=tuple(
            Column(
                label=column.label,
                width=column.width,
                note=f"原文写作“{column.source_wording}”" if column.source_wording else None,
            )
            for column in columns
        ),
        rows=[[row.cells.get(column.key, "") for column in columns] for row in table.rows],
        header_fields=(
            ("地区", table.region.name),
            ("日期", table.day.isoformat()),
            ("版次", standing_words(table)),
        ),
        changed=frozenset(
            (rows[row], places[column])
            for row, column in table.changed
            if row in rows and column in places
        ),
        notes=tuple(notes_of(table)),
        made_at_text=made_words(table),
    )


def file_name(table: Table) -> str:
    """The name under which it is saved."""
    draft = "（未定稿）" if table.is_draft else ""
    return f"{table.report.label}{table.day}第{table.version}版{draft}.xlsx"


def standing_words(table: Table) -> str:
    """Which version it is and whether it is fixed."""
    return f"第 {table.version} 版" + ("（未定稿）" if table.is_draft else "")


def made_words(table: Table) -> str:
    """Who fixed it and when; nothing for a draft, whose moment is the reader's own."""
    if table.issued is None:
        return "未定稿"
    by = table.issued.issued_by
    return f"定稿于 {moment(table.issued.issued_at)}" + (f"　{by.display_name}" if by else "")


def notes_of(table: Table) -> list[str]:
    """Notes under the table; the sentence of an empty day comes first."""
    lines = [] if table.rows else [table.report.empty]
    if table.removed:
        lines.append(f"比上一版少 {table.removed} 行。")
    return [*lines, *table.report.notes]
