"""The looks of a workbook's cells: title, head, data, notes and marks."""

from datetime import datetime
from math import ceil
from typing import Any

from bihuan.documents.letters import width_of

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
LINE_PT = 13.5
ROW_HEIGHT_PT_MAX = 409.0
FONT = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
HEI = "黑体"
BORDER = {"border": 1, "border_color": "#7F7F7F"}
HEAD_FILL = "#EDF1F1"
CHANGED_FILL = "#FFF4C2"
ERROR_INK = "#9C1C12"
WRONG = {"bg_color": "#F8D7D4", "font_color": ERROR_INK}
FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}


def fix_properties(book: Any) -> None:
    """Two makings of one workbook are equal byte for byte, so no moment of making is stored."""
    book.set_properties({"created": datetime(1980, 1, 1)})  # noqa: DTZ001 - a fixed constant


def line_height_pt(text: str, width: float) -> float:
    """Row height that shows the whole text in a cell of this width in Latin characters."""
    # A Chinese character is two Latin ones wide, and a cell keeps a little padding.
    per_line = max(2.0, width - 1)
    if len(text) * 2 <= per_line and "\n" not in text:
        return LINE_PT  # whatever characters they are
    lines = sum(max(1, ceil(width_of(line) * 2 / per_line)) for line in text.split("\n"))
    return LINE_PT * lines


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._cells: dict[tuple[str, bool, bool, bool], object] = {}
        centred = {"align": "center", "text_wrap": True}
        self.title = self._add({"font_name": HEI, "font_size": 16, **centred})
        self.banner = self._add({"align": "left"})
        self.head = self._add(
            {"font_name": HEI, "bold": False, "bg_color": HEAD_FILL, **centred, **BORDER}
        )
        self.note = self._add({"text_wrap": True, "valign": "top", "font_size": 9})
        self.error = self._add({"font_color": ERROR_INK, "text_wrap": True, **BORDER})

    def cell(self, kind: str, *, wrap: bool, changed: bool, wrong: bool = False) -> object:
        """The format of a data cell."""
        key = (kind, wrap, changed, wrong)
        if key not in self._cells:
            self._cells[key] = self._add(
                {
                    **BORDER,
                    "align": {"text": "left", "number": "right"}.get(kind, "center"),
                    "indent": 1 if kind == "number" else 0,
                    "text_wrap": wrap,
                    "num_format": FORMATS.get(kind, "General" if kind == "number" else "@"),
                    **({"bg_color": CHANGED_FILL, "bold": True} if changed else {}),
                    **(WRONG if wrong else {}),
                }
            )
        return self._cells[key]

    def _add(self, properties: dict[str, object]) -> object:
        return self._book.add_format({**FONT, **properties})
