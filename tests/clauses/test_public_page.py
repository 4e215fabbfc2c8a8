"""The public page: hotline and channels as the administrator set them."""

import pytest
from django.test import Client

from bihuan.matters.moment import standing_at
from bihuan.regulations.packs import set_value
from tests.doors import Door, march
from tests.people import NOW


@pytest.mark.clause("LX-W5-6")
def test_the_hotline_as_typed_with_24_hours_or_not_entered(door: Door) -> None:
    with standing_at(march(1)):
        empty = Client().get("/").content.decode()
        assert "未录入" in empty
        set_value(
            "lead.hotline_number",
            region=door.county.region,
            value="0358-0000123",
            reason="录入举报热线",
            by=door.county.users["office_head"],
            now=NOW,
        )
        page = Client().get("/").content.decode()
    assert "0358-0000123" in page
    assert "24小时" in page.replace(" ", "")
    assert "未录入" not in page
    lead = door.open("intake", march(2, 3))
    assert lead.facts_row.data["received_at"].startswith("2026-03-02T03:00")
