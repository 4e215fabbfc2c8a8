"""What `import`, `report`, `user` and `shots` refuse: a wrong file, account, place, day or role."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError
from tests.people import County

from bihuan.config.shots import first_of_role
from bihuan.config.tests.test_commands import NOW, told
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.reports.models import ReportVersion


def refusal(*command: str, **options: object) -> str:
    """What a command says that refuses as wrong use."""
    with pytest.raises(CommandError) as refused:
        told(*command, **options)
    assert refused.value.returncode == 2
    return str(refused.value)


def test_an_import_says_what_is_wrong_with_file_account_and_place(
    county: County, tmp_path: Path
) -> None:
    table = tmp_path / "leads.csv"
    assert f"读不了“{table}”" in refusal("import", "lead", str(table))
    table.write_bytes(b"\x00\x01no table")
    assert f"读不了“{table}”" in refusal("import", "lead", str(table))
    assert "没有账号“nobody”" in refusal("import", "lead", str(table), by="nobody")
    assert "没有区划代码“000000”" in refusal("import", "lead", str(table), region="000000")
    assert not Matter.objects.exists()


@pytest.mark.usefixtures("neighbour")
def test_of_two_counties_one_has_to_be_named(tmp_path: Path) -> None:
    table, out = tmp_path / "leads.csv", tmp_path / "list.xlsx"
    assert "请用 --region 写明" in refusal("import", "lead", str(table))
    day = {"on": date(2026, 3, 1), "out": out}
    assert "请用 --region 写明" in refusal("report", "lead-list", **day)
    assert "没有区划代码“000000”" in refusal("report", "lead-list", region="000000", **day)
    assert not out.exists()
    with standing_at(NOW):
        assert "未定稿：" in told("report", "lead-list", region="990121", **day)[1]
    assert out.exists()
    assert not ReportVersion.objects.exists()


@pytest.mark.parametrize("day", ["明天", "2026-02-30", "01/03/2026"])
def test_a_grant_says_how_a_day_is_written(county: County, day: str) -> None:
    user = county.users["handler"]
    held = user.grants.count()
    given = ("user", "grant", user.username, "intake", "--unit", county.units["office"].name)
    assert f"日期“{day}”不对" in refusal(*given, "--from", day, "--reason", "轮岗")
    assert user.grants.count() == held


@pytest.mark.django_db
def test_pictures_need_somebody_in_every_role() -> None:
    with pytest.raises(LookupError, match="nobody holds 'office'"):
        first_of_role("office")
