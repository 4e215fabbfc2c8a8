"""The hand-over list: groups with sums, 待分类, and what hasn't been received yet."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from tests.people import County

from bihuan.matters.engine import take_step
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.reports.issuing import Table, table_of

from .conftest import NEXT_DAY, START, Opener, cells_of, hand_over

DAY = date(2026, 3, 1)


def handover_list(county: County, account: str = "office") -> Table:
    return table_of(
        "handover-list", region=county.region, on=DAY, by=county.actor(account), now=NEXT_DAY
    )


@pytest.mark.clause("LX-A1-2-2")
def test_groups_sum_to_all_and_the_rest_is_unsorted(
    client: Client, county: County, lead: Opener, tmp_path: Path
) -> None:
    leads = [lead() for _ in range(4)]
    hand_over(county, leads[0])
    hand_over(county, leads[1])
    hand_over(county, leads[2], unit="noncoal")
    rows = handover_list(county).rows
    sums = {row.group or "合计": int(row.cells["lead"].split()[0]) for row in rows if row.total}
    assert sums == {
        "青石县煤矿安全股、北川镇": 2,
        "青石县非煤矿山安全股、北川镇": 1,
        "待分类": 1,
        "合计": 4,
    }
    assert sum(count for group, count in sums.items() if group != "合计") == sums["合计"]
    unsorted = [row.matter_id for row in rows if row.group == "待分类" and not row.total]
    assert unsorted == [leads[3].pk]
    with pytest.raises(Refused, match="归类"):
        take_step(
            leads[3].pk,
            "hand_over",
            by=county.actor("office"),
            now=START,
            answers={"letter_source": "public"},
        )
    out = tmp_path / "list.xlsx"
    with standing_at(NEXT_DAY):
        call_command(
            "report", "handover-list", "--on", "2026-03-01", "--out", str(out), "--region", "990121"
        )
        client.force_login(county.users["office"])
        page = client.get("/desk/reports/handover-list/", {"on": "2026-03-01"}).content.decode()
    written = cells_of(out.read_bytes())
    assert written[2] == [
        "编号", "责任单位", "归属地", "线索", "交办日期", "接收人", "接收日期", "异议", "反馈期限",
    ]  # fmt: skip
    assert [row[3] for row in written if row[0] == "合计"] == ["4 条"]
    assert "待分类" in page
    assert "青石县煤矿安全股、北川镇" in page


def test_hours_are_counted_until_it_is_received(county: County, lead: Opener) -> None:
    matter = lead()
    hand_over(county, matter)
    (row, *_sums) = handover_list(county).rows
    assert row.cells["receiver"] == "未签收"
    assert row.cells["received"] == "未接收，已过 23 小时"
    assert row.cells["due"] == "2026-03-08"
    at = START + timedelta(hours=3)
    take_step(matter.pk, "acknowledge", by=county.actor("receiver"), now=at)
    take_step(
        matter.pk,
        "object",
        by=county.actor("receiver"),
        now=at,
        answers={"objection": "不归本股。"},
    )
    (row, *_sums) = handover_list(county).rows
    assert "王签收" in row.cells["receiver"]
    assert row.cells["received"] == "2026-03-01"
    assert row.cells["objection"] == "不归本股。"


def test_section_sees_its_rows_without_the_sums(county: County, lead: Opener) -> None:
    mine = lead()
    hand_over(county, mine)
    hand_over(county, lead(), unit="noncoal")
    assert [row.matter_id for row in handover_list(county, "receiver").rows] == [mine.pk]


def test_command_asks_for_a_region_it_knows(county: County, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="区划代码") as refused:
        call_command(
            "report", "lead-list", "--on", "2026-03-01", "--out", "x.xlsx", "--region", "000000"
        )
    assert refused.value.returncode == 2
    out = tmp_path / "list.xlsx"
    with standing_at(NEXT_DAY):
        call_command("report", "lead-list", "--on", "2026-03-01", "--out", str(out))
    assert "当日无线索" in cells_of(out.read_bytes())[3][0]
