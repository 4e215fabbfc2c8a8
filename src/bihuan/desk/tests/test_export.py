"""Export: exactly the filtered list, in its order, no formula, nothing sealed."""

import csv
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.people import County

from bihuan.desk.exporting import HEADS, heads_of
from bihuan.desk.tests import seeded
from bihuan.leads.loop import LEAD
from bihuan.matters import inbox
from bihuan.matters.moment import standing_at
from bihuan.ui.downloads import plain_text

EVIL = '=HYPERLINK("http://x","点")'


def export(client: Client, county: County, account: str, form: str, query: str = "") -> Any:
    client.force_login(county.users[account])
    with standing_at(seeded.LATER):
        response = client.get(f"/desk/m/lead/export.{form}{query}")
        assert response.status_code == 200
        return response.content


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_csv_equals_the_filtered_list(
    client: Client, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE", 2)  # the export must go on over page after page
    first = [seeded.registered(county, now=seeded.START + n * seeded.DAY) for n in range(5)]
    seeded.registered(county, title="反映青石岭煤矿排水泵带病运行")
    rows = csv_rows(export(client, county, "office", "csv", "?q=兴旺"))
    assert rows[0] == [label for label, _width in HEADS]
    assert [row[1] for row in rows[1:]] == [lead.number for lead in first]
    assert [row[0] for row in rows] == ["序号", "1", "2", "3", "4", "5"]


def test_closed_matter_keeps_its_due_day_beside_the_closing_day(
    client: Client, county: County
) -> None:
    seeded.closed(county)
    seeded.handed_over(county)
    heads, *rows = csv_rows(export(client, county, "office", "csv", "?tab=all"))
    at = heads.index("期限")
    assert heads[at - 1 : at + 3] == ["登记日期", "期限", "办结日期", "期限情况"]
    assert sorted(row[at - 1 : at + 3] for row in rows) == [
        ["2026-03-01", "2026-03-08", "", "逾期 13 天"],
        ["2026-03-01", "2026-03-08", "2026-03-03", "已办结"],
    ]


def test_workbook_equals_the_filtered_list(client: Client, county: County) -> None:
    lead = seeded.handed_over(county)
    seeded.received(county, now=seeded.LATER)
    content = export(client, county, "office", "xlsx", "?tab=late")
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    numbers = [row[:2] for row in rows if str(row[1]).startswith("线索〔")]
    assert numbers == [[1, lead.number]]
    assert "逾期 13 天" in str(rows)


def test_no_file_holds_a_formula(client: Client, county: County) -> None:
    seeded.registered(county, title=EVIL)
    rows = csv_rows(export(client, county, "office", "csv"))
    assert rows[1][3] == f"'{EVIL}"
    book = export(client, county, "office", "xlsx")
    sheets = [name for name in ZipFile(BytesIO(book)).namelist() if "worksheets/sheet" in name]
    assert sheets
    for name in sheets:
        assert b"<f>" not in ZipFile(BytesIO(book)).read(name)
        assert b"<f " not in ZipFile(BytesIO(book)).read(name)


@given(st.text(max_size=20))
def test_no_text_starts_like_a_formula(text: str) -> None:
    shown = plain_text(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert shown.endswith(text)


def test_nothing_sealed_is_a_column(client: Client, county: County) -> None:
    sealed = {field.label for step in LEAD.steps for field in step.asks if field.sealed}
    sealed |= {field.label for field in LEAD.opens_with if field.sealed}
    assert not sealed & {label for label, _width in heads_of(LEAD)}
    lead = seeded.registered(county)
    content = export(client, county, "office", "csv").decode()
    assert lead.number in content
    assert "带班领导没有下井" not in content  # facts that no column declares stay inside


def test_neighbour_exports_nothing(client: Client, county: County, neighbour: County) -> None:
    seeded.registered(county)
    assert len(csv_rows(export(client, neighbour, "office", "csv", "?tab=all"))) == 1
    assert client.get("/desk/m/lead/export.pdf").status_code == 404
    client.logout()
    assert client.get("/desk/m/lead/export.csv").status_code == 302
