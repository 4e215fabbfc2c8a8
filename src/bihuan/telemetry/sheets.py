"""Tables for people: CSV that spreadsheets open as it is, without running or rounding a cell."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bihuan.telemetry.notation import line_of

_FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DIGITS_KEPT: Final = 15


def sheet_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table in UTF-8 with a BOM, without which spreadsheets take it for the local code page."""
    return "".join(["\ufeff", line_of(head), *map(sheet_line, rows)]).encode()


def sheet_line(row: Iterable[str]) -> str:
    """One line of such a table."""
    return line_of(map(_plain, row))


def _plain(cell: str) -> str:
    """A cell that no spreadsheet runs or rounds; other numbers stay as they are.

    Codes of stations, areas and cards are longer than the digits that a spreadsheet keeps.
    """
    is_formula = cell.startswith(_FORMULA_MARKS) and not _NUMBER.fullmatch(cell)
    is_rounded = len(cell) > _DIGITS_KEPT and cell.isdigit()
    return f"'{cell}" if is_formula or is_rounded else cell
