"""From a mine's files to the desk: the ingest leaves them beside, the worker takes them once."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tests.clauses.crews import FACE, MINE, ROAD, card
from tests.doors import march
from tests.people import County

from bihuan.matters.models import Matter
from bihuan.matters.records import write_record
from bihuan.monitoring.crews import arriving
from bihuan.monitoring.crews.arriving import take_files
from bihuan.monitoring.crews.tables import DoubledCard, PositionReport, Presence
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import Ingest

pytestmark = pytest.mark.django_db
AT = march(2, 9)


def record(number: int, area: str = FACE, flag: str = "1") -> str:
    """A record of RYSS."""
    entered = "2026-03-02 07:30:00"
    spot = f"{FACE}000001"
    return f"{card(number)};测试甲;{flag};{entered};;{area};{entered};{spot};;三八制;3.5;正常;0;0;"


def file_of(folder: Path, *records: str, minutes: int = 0, mine: str = MINE) -> Path:
    """A file of that many minutes past nine."""
    moment = AT + timedelta(minutes=minutes)
    path = folder / f"{mine}_RYSS_{moment:%Y%m%d%H%M%S}.txt"
    path.write_text("~".join((mine, *records, "||")), encoding="utf-8")
    return path


@pytest.fixture
def mine(county: County, tmp_path: Path, settings: Any) -> Path:
    """A heading at 青石岭煤矿, and an inbox for its files."""
    settings.HOME = tmp_path
    facts = {
        "site": county.sites["qingshiling"].pk,
        "name": "3102掘进",
        "area": FACE,
        "kind": "mech_heading",
        "valid_from": "2026-03-01",
    }
    write_record("work_face", by=county.actor("watch"), now=march(1), facts=facts)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return inbox


def ingest(home: Path) -> None:
    """Take in what lies in the inbox."""
    store = home / "telemetry"
    folder = WatchedFolder(home / "inbox", taken=store / "taken")
    Ingest(folder=store, channels=[folder]).once()


@pytest.mark.clause("AY-29-11")
def test_a_file_of_the_ingest_opens_the_alarm(mine: Path, tmp_path: Path) -> None:
    file_of(mine, *(record(n) for n in range(19)), record(40, flag="2"))
    file_of(mine, *(record(n) for n in range(18)), minutes=5)
    ingest(tmp_path)
    taken = take_files(now=AT + timedelta(minutes=6))
    assert (taken.files, taken.alarms, taken.refused) == (2, 1, 0)
    facts = Matter.objects.get(kind="crew_alarm").facts_row.data
    assert (facts["count"], facts["lasted"]) == (19, "5分钟")
    assert take_files(now=AT + timedelta(minutes=7)).files == 0
    one = Presence.objects.get(card=card(0))
    assert (one.entered_at, one.from_at) == (march(2, 7, 30), march(2, 7, 30))
    assert one.seen_at == AT + timedelta(minutes=5)
    assert one.spot == f"{FACE}000001;3.5"


def test_a_card_in_two_areas_counts_where_its_last_record_is(mine: Path, tmp_path: Path) -> None:
    file_of(mine, record(1, ROAD), record(1))
    ingest(tmp_path)
    take_files(now=AT)
    assert Presence.objects.get().area == FACE
    assert DoubledCard.objects.get().places == f"{FACE}、{ROAD}"


def test_a_file_of_an_unknown_mine_waits_and_others_go_on(
    mine: Path, tmp_path: Path, county: County
) -> None:
    other = "990121000009"
    file_of(mine, mine=other)
    file_of(mine, record(1))
    ingest(tmp_path)
    assert take_files(now=AT).files == 1
    site = county.sites["xingwang"]
    site.code = other
    site.save(update_fields=["code"])
    assert take_files(now=AT).files == 1
    assert PositionReport.objects.get(site=site).total == 0


def test_files_that_wait_for_their_mine_hold_up_nobody(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mine that isn't registered sends two a minute; they wait for a day."""
    monkeypatch.setattr(arriving, "FILES_A_ROUND", 2)
    for minutes in range(4):
        file_of(mine, mine="990121000009", minutes=minutes - 60)
    file_of(mine, record(1))
    ingest(tmp_path)
    assert take_files(now=AT).files == 1


def test_a_moment_to_come_is_taken_once_it_has_come(mine: Path, tmp_path: Path) -> None:
    """The server's clock was an hour slow when the file came."""
    file_of(mine, record(1))
    ingest(tmp_path)
    early = take_files(now=AT - timedelta(hours=1))
    assert (early.files, early.refused) == (0, 0)
    assert take_files(now=AT).files == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-03-02 07:30:00", "0001-01-01 00:00:00"),
        (f"{FACE};", f"{FACE}99;"),
        (f"{FACE};", f"{FACE[:-1]}\0;"),
        (f"{FACE}000001", "站\0"),
        (card(1), f"{card(1)[:-1]}\0"),
    ],
)
def test_what_no_column_holds_keeps_no_report_from_the_desk(
    mine: Path, tmp_path: Path, old: str, new: str
) -> None:
    file_of(mine, record(1).replace(old, new), record(2))
    ingest(tmp_path)
    assert take_files(now=AT).files == 1
    assert PositionReport.objects.get().total == 2
    assert Presence.objects.get(card=card(2)).area == FACE


def test_a_report_of_another_age_is_refused(mine: Path, tmp_path: Path) -> None:
    (mine / f"{MINE}_RYSS_00010101000000.txt").write_text(f"{MINE}~||", encoding="utf-8")
    ingest(tmp_path)
    assert (take_files(now=AT).refused, take_files(now=AT).refused) == (1, 0)


def test_the_verb_takes_files_and_names_what_it_does_not(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = file_of(mine, *(record(n) for n in range(19)))
    call_command("positions", str(first), "--dry-run")
    assert "可以计入 1 个文件" in capsys.readouterr().err
    assert not PositionReport.objects.exists()
    wrong = mine / "名单.txt"
    wrong.write_text("x", encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        call_command("positions", str(wrong), str(first))
    assert refusal.value.returncode == 1
    told = capsys.readouterr().err
    assert "“名单.txt”不是人员实时数据（RYSS）文件。" in told
    assert "已计入 1 个文件（其中早已计入 0 个），超员告警 1 件" in told
