"""Commands of the one door: what they do, what they say, and how they refuse."""

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from django.core.management import CommandError, call_command
from tests.people import County
from tests.walks.test_lead_walk import hand_over, open_lead, register

from bihuan.config.inspection import diagrams, due_now, faults, trace
from bihuan.language.clock import SHANGHAI
from bihuan.matters.models import Matter, Seal, Timer
from bihuan.matters.moment import standing_at
from bihuan.matters.seals import seal_until
from bihuan.matters.tests.test_verify import run as run_sql

NOW = datetime(2026, 3, 1, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


def told(*command: str, **options: object) -> tuple[str, str]:
    """What a command writes to its two outputs."""
    out, err = io.StringIO(), io.StringIO()
    call_command(*command, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead handed over on 1 March."""
    return hand_over(county, register(county, open_lead(county, now=NOW), now=NOW), now=NOW)


def test_tick_lets_due_rungs_act_and_says_how_many(lead: Matter) -> None:
    _out, err = told("tick", as_of="2026-03-07T00:00")
    assert "巡检" in err
    assert len(Timer.objects.get(matter=lead, key="feedback").fired) == 1
    with standing_at(NOW + 6 * DAY):
        assert "催办 0 级" in told("tick")[1]


def test_the_clock_stands_ahead_in_demonstrations_and_tests_only(
    lead: Matter, settings: Settings
) -> None:
    settings.MODE = "production"
    with standing_at(NOW), pytest.raises(CommandError, match="只有演示和测试"):
        told("tick", as_of="2026-03-07T00:00")
    with pytest.raises(CommandError, match="“明天”不是时刻"):
        told("tick", as_of="明天")
    assert Timer.objects.get(matter=lead, key="feedback").fired == []


def test_seal_seals_until_yesterday_and_exports(lead: Matter, tmp_path: Path) -> None:
    copy = tmp_path / "seals.json"
    with standing_at(NOW + 2 * DAY):
        assert "新封 2 日" in told("seal", export=copy)[1]
        assert "新封 0 日" in told("seal")[1]
    rows = json.loads(copy.read_text("utf-8"))
    assert [row["day"] for row in rows] == ["2026-03-01", "2026-03-02"]
    assert rows[0]["hash"] == bytes(Seal.objects.get(day="2026-03-01").hash).hex()


def test_verify_compares_with_the_copy_kept_outside(lead: Matter, tmp_path: Path) -> None:
    seal_until(date(2026, 3, 1), now=NOW)
    copy = tmp_path / "seals.json"
    held = bytes(Seal.objects.get().hash).hex()
    copy.write_text(json.dumps([{"day": "2026-03-01", "hash": held}]), "utf-8")
    assert "全部相符" in told("verify", against=copy)[1]
    copy.write_text(json.dumps([{"day": "2026-03-01", "hash": "00"}]), "utf-8")
    with pytest.raises(CommandError, match="有 1 处不符"):
        told("verify", against=copy)


def test_verify_names_what_was_changed(lead: Matter) -> None:
    run_sql("UPDATE matters_matter SET title = 'x' WHERE id = %s", lead.pk)
    assert "全部相符" in told("verify", chain_only=True)[1]
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 处不符"):
        call_command("verify", stdout=out, stderr=io.StringIO())
    assert out.getvalue().strip() == f"matter {lead.pk}: title was changed past the trail"


def test_the_declarations_agree_with_packs_and_clauses() -> None:
    assert faults() == ()
    assert "声明相符" in told("declarations", skip_checks=True)[1]


def test_a_fault_of_the_declarations_is_told(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "clauses.csv").write_text("id,title\n", "utf-8")
    settings.DATA = tmp_path
    with pytest.raises(CommandError, match="unknown clause 'LX-A1-3-4'"):
        told("declarations", skip_checks=True)


def test_loop_pages_are_written_and_compared(settings: Settings, tmp_path: Path) -> None:
    settings.PROJECT = tmp_path
    with pytest.raises(CommandError, match=r"lead\.md"):
        told("loops", check=True)
    assert f"已写 {len(diagrams())} 张" in told("loops")[1]
    told("loops", check=True)
    (tmp_path / "docs" / "loops" / "old.md").write_text("x", "utf-8")
    with pytest.raises(CommandError, match=r"不是最新的：old\.md"):
        told("loops", check=True)


def test_the_trace_leads_from_clause_to_declaration_and_test() -> None:
    out, err = told("trace")
    count = len(due_now())
    assert err == f"{count} / {count} 条已承担并有测试。\n"
    assert "LX-A1-3-4" in out
    rows = {row["id"]: row for row in json.loads(told("trace", json=True)[0])}
    assert "clock:lead.feedback" in rows["LX-A1-3-4"]["served_by"]
    assert any("test_tick.py" in test for test in rows["LX-A1-3-4"]["tests"])


def test_a_promised_clause_without_a_test_fails_the_trace(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text(
        "import pytest\n\n@pytest.mark.clause('LX-A1-3-4')\n@some\ndef test_x(): ...\n", "utf-8"
    )
    rows = {row["id"]: row for row in trace(tmp_path)}
    assert rows["LX-A1-3-4"]["tests"] == ["tests/test_a.py::test_x"]
    settings.PROJECT = tmp_path
    with pytest.raises(CommandError, match="缺声明或测试"):
        told("trace")
