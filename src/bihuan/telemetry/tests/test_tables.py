"""Files as tables: every kind with its labels, states over time, and nothing that runs."""

import csv
import io
from pathlib import Path

import pytest

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.sheets import sheet_of
from bihuan.telemetry.simulation.simulate import simulate
from bihuan.telemetry.tables import write_tables
from bihuan.telemetry.tests.inboxes import MINE, Inbox, at

pytestmark = pytest.mark.once


def read(path: Path) -> list[list[str]]:
    """A table with its head."""
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_kind_of_a_mine(tmp_path: Path) -> None:
    simulate(tmp_path / "in", mines=1, points=3, days=0.01, seed=2)
    told = write_tables(tmp_path / "in", tmp_path / "out")
    assert told.rejected == []
    names = {path.stem for path in (tmp_path / "out").iterdir()}
    assert names == {*told.records, "heads", "states", "rejected"}
    assert {"CDDY", "RYQY", "RYJZ", "RYXX", "RYSS", "JZSS", "FZDY", "FZSS", "TFJC"} <= names
    assert "CDSS" not in names
    for kind, count in told.records.items():
        head, *rows = read(tmp_path / "out" / f"{kind}.csv")
        labels = [column.label for column in dialect().layouts[kind].columns]
        assert head == [*labels, "文件", "第几条"]
        assert len(rows) == count
    [_head, *heads] = read(tmp_path / "out" / "heads.csv")
    assert {row[1] for row in heads} >= {""}


def test_tables_hold_records_as_they_came(inbox: Inbox, tmp_path: Path) -> None:
    """The one with a field too many is listed; a formula is text; numbers stay numbers."""
    area = f"限制区域;{MINE}0003;5;=1+1"
    station = f"{MINE}0003000001;采空区;-1.5;+2e3;-x;"
    inbox.send("RYQY", 1, area, f"{area};x")
    inbox.send("RYJZ", 1, station)
    inbox.send("KGBH", 1, "what;ever")
    inbox.put("x.txt", "")
    inbox.put(f"{MINE}_RYQY_20260301000000.txt", f"{MINE}~")
    out = tmp_path / "out"
    told = write_tables(inbox.folder, out)
    assert read(out / "RYQY.csv")[1:] == [
        ["限制区域", f"'{MINE}0003", "5", "'=1+1", f"{MINE}_RYQY_20260301000100.txt", "1"]
    ]
    assert read(out / "RYJZ.csv")[1][2:5] == ["-1.5", "+2e3", "'-x"]
    assert (told.files, dict(told.unparsed)) == (5, {"KGBH": 1})
    assert (out / "rejected.csv").read_text("utf-8").splitlines() == [
        "path,record,reason",
        f"{MINE}_RYQY_20260301000000.txt,,no_end",
        f"{MINE}_RYQY_20260301000100.txt,1,field_count",
        "x.txt,,name",
    ]


def test_states_follow_each_other(inbox: Inbox, tmp_path: Path) -> None:
    """Told in whatever order; equal ones are one; an impossible time says nothing."""
    code, other = f"{MINE}00001", f"{'1' * 12}00001"
    for minute, running in ((20, "1"), (0, "0"), (10, "0"), (30, "0")):
        inbox.send("FZSS", minute, f"{code};{running};1;{at(minute)}", f"{other};0;1;{at(minute)}")
    inbox.send("FZSS", 40, f"{code};7;1;{at(40)}", f"{code};2;1;never")
    inbox.send("FZSS", 41, f"{code};2;1;{at(40)}")
    write_tables(inbox.folder, tmp_path / "out", only=("FZSS",))
    assert [row[2:] for row in read(tmp_path / "out" / "states.csv")[1:]] == [
        ["通信正常", "交流供电", at(0), at(10)],
        ["通信中断", "交流供电", at(20), at(20)],
        ["通信正常", "交流供电", at(30), at(30)],
        ["故障", "交流供电", at(40), at(40)],
    ]


def test_only_the_kinds_that_are_wanted(inbox: Inbox, tmp_path: Path) -> None:
    inbox.send("RYQY", 1, f"限制区域;{MINE}0003;5;采空区")
    inbox.send("RYSS", 1)
    write_tables(inbox.folder, tmp_path / "out", only=("RYSS",))
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == [
        "RYSS.csv",
        "heads.csv",
        "rejected.csv",
    ]
    assert read(tmp_path / "out" / "heads.csv")[1] == [MINE, "", at(1), "0"]


@pytest.mark.parametrize("cell", ["=1", "+x", "-x", "@a", "\tx", "＝1", "－1", "--1", "+", "-"])
def test_no_cell_runs(cell: str) -> None:
    page = sheet_of(("a",), [(cell,)]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(page, newline="")))[1] == [f"'{cell}"]


def test_codes_longer_than_a_spreadsheet_keeps_are_text() -> None:
    rows = [("1" * 15, "1" * 16, "1" * 15 + "x")]
    assert sheet_of((), rows).decode().splitlines()[1] == f"{'1' * 15},'{'1' * 16},{'1' * 15}x"


@pytest.mark.parametrize("cell", ["-1", "+1.5", "-.5e-3", "1", "", "煤"])
def test_numbers_and_words_stay(cell: str) -> None:
    assert sheet_of(("a",), [(cell, "x")]).decode("utf-8-sig") == f"a\n{cell},x\n"
