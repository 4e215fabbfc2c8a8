"""Tables as files to be saved: CSV line by line, workbooks through a nameless file."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from bihuan.documents.workbooks import Sheet, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain_text(value: object) -> str:
    """A cell of a text file that no spreadsheet runs as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def csv_file(
    heads: Sequence[str], lines: Iterable[Sequence[object]], *, name: str
) -> StreamingHttpResponse:
    """Lines as CSV, each sent as soon as it is known."""
    writer = csv.writer(_Echo())

    def written() -> Iterator[str]:
        yield "\ufeff"  # spreadsheets take the text for the local code page without it
        yield writer.writerow(heads)
        for line in lines:
            yield writer.writerow([plain_text(value) for value in line])

    response = StreamingHttpResponse(written(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def workbook_file(sheets: Sequence[Sheet], *, name: str) -> FileResponse:
    """Sheets as a workbook."""
    kept = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    write_workbook(Path(kept.name), sheets=list(sheets))
    return FileResponse(kept, as_attachment=True, filename=name, content_type=XLSX)


class _Echo:
    """A file that hands each line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text
