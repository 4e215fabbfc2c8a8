"""Rows of a long sheet written straight into its stream, byte for byte what the library writes.

The library keeps each row in a table of cells and looks every cell over again when the row is
written: two thirds of the time that a list of 100,000 rows takes. Rows of plain values need none
of that. What is unusual (control characters, blanks at the ends, very long text) is left to the
library's own functions.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

PLAIN_CHARACTERS_MAX = 16_000  # beyond, the library counts its own characters
UNUSUAL = re.compile(r'["&<>\x00-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|\A\s|\s\Z')
PIXELS_OF_ITSELF = 20  # the height of a row of which none is told
type Value = str | float | date | None


class QuickSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A worksheet of a workbook in `constant_memory` that takes whole rows."""

    def takes(self, cells: Sequence[Value]) -> bool:
        """Whether these cells can be written quickly."""
        return self.constant_memory and not any(
            isinstance(cell, str) and len(cell) > PLAIN_CHARACTERS_MAX for cell in cells
        )

    def write_quick_row(
        self, row: int, cells: Sequence[Value], *, height: float, formats: Sequence[Any]
    ) -> None:
        """Write a row below everything that is written already; height in points."""
        self._write_single_row(row)  # what waits is put into the stream first
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(cells) - 1)
        number = row + 1
        written = [_row_start(number, height)]
        for name, style, cell in zip(_names(len(cells)), formats, cells, strict=True):
            place = f'<c r="{name}{number}" s="{style._get_xf_index()}"'  # noqa: SLF001
            if cell is None:
                written.append(f"{place}/>")
            elif isinstance(cell, str):
                written.append(self._text(place, cell))
            elif isinstance(cell, date):
                written.append(f"{place}><v>{self._serial(cell)}</v></c>")
            else:
                written.append(f"{place}><v>{cell:.16G}</v></c>")
        written.append("</row>")
        self.fh.write("".join(written))

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, Any]]) -> None:
        """Text that looks like markup is text: the library would put it into the file as it is."""
        self._xml_inline_string(string, None, attributes)

    def _text(self, place: str, text: str) -> str:
        keep = ""
        if UNUSUAL.search(text):
            text = self._escape_data(self._escape_control_characters(text))
            keep = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'{place} t="inlineStr"><is><t{keep}>{text}</t></is></c>'

    def _serial(self, day: date) -> str:
        return f"{self._convert_date_time(day):.16G}"


def _row_start(number: int, height: float) -> str:
    # The library counts heights in whole pixels.
    pixels = int(height * 4.0 / 3.0 + 0.5)
    if pixels == PIXELS_OF_ITSELF:
        return f'<row r="{number}">'
    return f'<row r="{number}" ht="{pixels * 0.75:.16g}" customHeight="1">'


@lru_cache(maxsize=20)
def _names(count: int) -> tuple[str, ...]:
    """Letters of the first columns."""
    return tuple(xl_col_to_name(place) for place in range(count))
