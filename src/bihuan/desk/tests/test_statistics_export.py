"""The statistics board as a file: the figures of the page, for the same days, told to the audit."""

import re
from io import BytesIO

from django.test import Client
from python_calamine import CalamineWorkbook
from tests.people import County

from bihuan.accounts.models import AuditLine
from bihuan.desk.tests import seeded
from bihuan.matters.moment import standing_at

BOARD = "/desk/statistics/lead/"
DAYS = "?from=2026-01-01&to=2026-12-31"


def test_the_file_holds_what_the_board_shows(client: Client, county: County) -> None:
    for _ in range(2):
        seeded.registered(county)
    seeded.received(county)
    client.force_login(county.users["office"])
    with standing_at(seeded.LATER):
        page = client.get(BOARD + DAYS).text
        link = re.search(r'href="([^"]*export\.xlsx[^"]*)"', page)
        assert link
        answer = client.get(link[1].replace("&amp;", "&"))
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    cards = re.findall(r"<h2>((?:按|各|每)[^<]+)</h2>", page)
    assert book.sheet_names == ["主要数字", *(card for card in cards if card != "按期率")]
    figures = book.get_sheet_by_name("主要数字").to_python()
    assert ["登记", "3件", ""] in [row[:3] for row in figures]
    assert any(
        "登记的 3 件，只含您可见范围内的事项" in str(cell) for row in figures for cell in row
    )
    stages = {row[0]: row[1] for row in book.get_sheet_by_name("按环节").to_python() if row}
    assert sum(value for value in stages.values() if isinstance(value, float)) == 3
    line = AuditLine.objects.get(action="export")
    assert line.subject == "举报线索统计（xlsx）"


def test_the_neighbours_file_counts_nothing_of_ours(
    client: Client, county: County, neighbour: County
) -> None:
    seeded.registered(county)
    client.force_login(neighbour.users["office"])
    with standing_at(seeded.LATER):
        answer = client.get(f"{BOARD}export.xlsx{DAYS}")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    rows = book.get_sheet_by_name("主要数字").to_python()
    assert ["登记", "0件", ""] in [row[:3] for row in rows]
