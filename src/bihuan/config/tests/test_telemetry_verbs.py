"""The verbs of readings: exit codes, Chinese sentences, and nothing loaded before it is used."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bihuan.config.cli import main
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.inboxes import MINE, POINT, Inbox, definition, reading

pytestmark = pytest.mark.once


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """A folder with a definition, a reading that alarms, and a file with a wrong name."""
    found = Inbox(tmp_path / "inbox")
    found.send("CDDY", 0, definition())
    found.send("CDSS", 0, reading("00:10:01", "1.2"))
    found.send("KGBH", 0, "what;ever")
    found.put("x.txt", "")
    return found


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Exit code and what was said; nothing is ever printed."""
    try:
        code = main(["telemetry", *map(str, arguments)])
    except SystemExit as leaving:
        code = int(str(leaving.code))
    printed, errors = capsys.readouterr()
    assert printed == "" or "--help" in arguments
    return code, errors or printed


def test_replay_writes_both_tables(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, rejected = tmp_path / "episodes.csv", tmp_path / "rejected.csv"
    code, said = run(capsys, "replay", inbox.folder, "--out", out, "--rejected", rejected)
    assert code == 0
    assert out.read_bytes().count(b"\n") == 2
    assert rejected.read_bytes() == b"path,record,reason\nx.txt,,name\n"
    *notes, last = said.splitlines()
    assert last == (
        "files=4 rejected_files=1 records=1 readings=1 duplicates=0 waiting=0 "
        "rejected_records=0 episodes=1"
    )
    assert notes == [
        "KGBH 文件 1 个未解析：字段顺序未见依据，只核对了文件名、编码和结尾。",
        "读数 1 条比文件名的时间超前10分钟以上：照判，但不推进各矿的时钟。",
        "门限 1 处的解除值没有设或方向不对：按门限本身解除。",
    ]


def test_replay_writes_what_contradicts(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, quality = tmp_path / "episodes.csv", tmp_path / "quality.csv"
    assert run(capsys, "replay", inbox.folder, "--out", out, "--quality", quality)[0] == 0
    assert quality.read_text("utf-8-sig").splitlines() == [
        "mine,point,day,finding,unit,defined_unit,readings",
        f"{MINE},{POINT},2026-03-01,alarm_unsaid,,,1",
    ]


def test_compare_writes_what_differs(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, rest = tmp_path / "compare.csv", ";;;;;;;;;;2026-03-01 00:20:00"
    power_off = f"{POINT};;;;002;2026-03-01 00:10:00;2026-03-01 00:11:00{rest}"
    inbox.send("YCBJ", 20, power_off, power_off.replace(";002;", ";003;"), "a;b")
    code, said = run(capsys, "compare", inbox.folder, "--out", out)
    assert code == 0
    assert said.splitlines() == [
        "YCBJ 异常类型 003 的记录 1 条不对照：它说的不是门限。",
        "TJSJ、YCBJ 有 1 条记录项数不对，没有对照。",
        "TJSJ=0 YCBJ=1 episodes=1 differences=2",
    ]
    head, *rows = out.read_text("utf-8-sig").splitlines()
    assert head.startswith("mine,point,kind,finding,abnormal,started_at,ended_at,told,seen")
    assert [row.split(",")[3:5] for row in rows] == [["unsaid", "alarm"], ["unseen", "002"]]


def test_tables_writes_each_kind(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "tables"
    code, said = run(capsys, "tables", inbox.folder, "--out", out)
    assert code == 0
    assert said.splitlines() == [
        "KGBH 文件 1 个未解析，没有写成表格。",
        "拒收 1 处，见 rejected.csv。",
        "files=4 CDDY=1",
    ]
    assert sorted(path.name for path in out.iterdir()) == ["CDDY.csv", "rejected.csv"]
    again = tmp_path / "again"
    code, said = run(capsys, "tables", inbox.folder, "--out", again, "--only", "CDSS")
    assert (code, said.splitlines()[-1]) == (0, "files=4 CDSS=1")


@pytest.mark.parametrize(
    ("kinds", "lines"),
    [
        ("upper_limit", 2),
        ("frozen,upper_limit", 2),
        ("lower_limit", 1),
        (",".join(["frozen"] * 2), 1),
    ],
)
def test_only_some_kinds(
    inbox: Inbox, tmp_path: Path, kinds: str, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "episodes.csv"
    assert run(capsys, "replay", inbox.folder, "--out", out, "--only", kinds)[0] == 0
    assert out.read_bytes().count(b"\n") == lines


def test_wrong_use(inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "episodes.csv"
    for arguments, words in (
        (["replay", inbox.folder], "还缺：--out"),
        (["replay", inbox.folder, "--out", out, "--only", "frozen,all"], "不认识“all”"),
        (["replay", inbox.folder, "--out", out, "--only", ","], "--only 不认识"),
        (["replay", tmp_path / "none", "--out", out], "没有这个文件或目录"),
        (["replay", inbox.folder / "x.txt", "--out", out], "不是目录"),
        (["replay", inbox.folder, "--out", tmp_path / "none" / "x"], "没有这个文件或目录"),
        (["tables", inbox.folder, "--out", inbox.folder], "请换一个空目录"),
        (["tables", inbox.folder, "--out", out, "--only", "KGBH"], "不认识“KGBH”，可选：CDDY"),
        (["compare", inbox.folder], "还缺：--out"),
        (["check"], "还缺：FILE"),
        (["check", tmp_path], "这是一个目录"),
        (["watch"], "动作 不能是 'watch'"),
        (["simulate", "--mines", "0", "--points", "1", "--out", out], "--mines 应为"),
        (
            ["simulate", "--mines", "1", "--points", "1", "--days", "0", "--out", out],
            "--days 应大于",
        ),
        (["simulate", "--mines", "1", "--points", "1", "--out", tmp_path], "请换一个空目录"),
        (["simulate", "--mines", "1", "--out", out], "--points 应为"),
        (["simulate", "--county", "--mines", "0", "--out", out], "--mines 应为1到1000"),
        (["simulate", "--county", "--mines", "1", "--days", "9", "--out", out], "--days 应为30到"),
        (
            ["simulate", "--county", "--mines", "1", "--regime", "x", "--out", out],
            "不认识“x”，可选：plain、orders、honest",
        ),
        (["simulate", "--county", "--mines", "1", "--out", tmp_path], "请换一个空目录"),
    ):
        code, said = run(capsys, *arguments)
        assert code == 2, arguments
        assert words in said, said
        assert not out.exists()


def test_check_has_findings(inbox: Inbox, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"{MINE}_{kind}_20260301000000.txt" for kind in ("KGBH", "CDSS")]
    inbox.send("CDSS", 0, reading(0, "1.2"))
    code, said = run(capsys, "check", *(inbox.folder / name for name in names))
    assert code == 0
    assert said.startswith(f"{names[0]}：提示 1 处\n  【提示】KGBH（开关量变化）的字段顺序未见依据")
    assert said.endswith(f"{names[1]}：没有发现问题\n")
    code, said = run(capsys, "check", inbox.folder / names[1], inbox.folder / "x.txt")
    assert code == 1
    assert "【拒收】文件名不对" in said


def test_simulate_and_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "simulated"
    options = ("--mines", 2, "--points", 3, "--days", 0.01, "--seed", 4, "--out", out)
    code, said = run(capsys, "simulate", *options)
    assert code == 0
    assert said == f"已写 2 座模拟煤矿、168 条读数；真实情况在“{out}.truth”。\n"
    code, said = run(capsys, "replay", out, "--out", tmp_path / "episodes.csv")
    assert code == 0
    assert "rejected_files=0 records=168 readings=168 duplicates=0 waiting=0" in said


def test_simulate_a_county(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "county"
    options = ("--county", "--mines", 2, "--days", 30, "--seed", 4, "--out", out)
    code, said = run(capsys, "simulate", *options)
    assert code == 0
    rows = (out / "hours.csv").read_bytes().count(b"\n") - 1
    assert said == f"已写 2 座模拟煤矿、30 天、{rows} 条逐时数据；真实情况在“{out}.truth”。\n"
    heads = {path.name: path.read_text("utf-8").splitlines()[0] for path in out.iterdir()}
    assert heads["hours.csv"] == "mine,hour,power_kwh,methane_pct,arrived_at"
    assert heads["shifts.csv"].endswith("planned_heads,lamps_heads,cards_heads,arrived_at")
    truth = (tmp_path / "county.truth" / "truth.csv").read_text("utf-8")
    assert truth.startswith("mine,kind,begins_on,ends_on,intensity,forms,innocent\n")


def test_help_is_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("replay", "compare", "tables", "check", "simulate", "spark", "episodes"):
        code, said = run(capsys, verb, "--help")
        assert code == 0
        assert said.startswith(f"用法：bihuan telemetry {verb} ")
        assert "退出码：0" in said


def test_ingest_takes_all_and_episodes_says_what_a_replay_says(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, live, store = tmp_path / "replay.csv", tmp_path / "live.csv", tmp_path / "store"
    assert run(capsys, "replay", inbox.folder, "--out", out)[0] == 0
    at = ("--store", store)
    code, said = run(capsys, "ingest", *at, "--inbox", inbox.folder, "--once")
    assert code == 0
    assert said.splitlines()[-1].endswith(" files=3 again=0 readings=1 refused=0")
    assert [path.name for path in inbox.folder.rglob("*.txt")] == ["x.txt"]  # may be renamed yet
    assert run(capsys, "episodes", *at, "--out", live)[0] == 0
    assert live.read_bytes() == out.read_bytes()


def test_only_one_process_takes_in(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "store")
    code, said = run(capsys, "ingest", "--store", store.folder, "--inbox", inbox.folder, "--once")
    store.close()
    assert code == 2
    assert f"正由进程 {os.getpid()} 使用" in said


@pytest.mark.parametrize(("store", "more"), [("inbox/s", ()), ("s", ("--keep-days", "0"))])
def test_what_ingest_is_told_must_make_sense(
    inbox: Inbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    store: str,
    more: tuple[str, ...],
) -> None:
    at = ("--store", tmp_path / store, "--inbox", inbox.folder)
    assert run(capsys, "ingest", *at, *more)[0] == 2


def test_a_broker_that_contradicts_itself_stops_the_start(
    inbox: Inbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BIHUAN_MQTT", "http://broker")
    code, said = run(capsys, "ingest", "--store", tmp_path / "s", "--inbox", inbox.folder)
    assert code == 2
    assert "mqtts://" in said


@pytest.mark.slow
def test_ingest_runs_until_it_is_told_to_stop(inbox: Inbox, tmp_path: Path) -> None:
    words = ("ingest", "--store", tmp_path / "s", "--inbox", inbox.folder)
    command = [sys.executable, "-m", "bihuan", "telemetry", *map(str, words)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        until = time.monotonic() + 60
        while list(inbox.folder.glob("6*.txt")) and time.monotonic() < until:
            time.sleep(0.05)
        process.terminate()
        _printed, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert said.splitlines()[0] == "开始收件。"
    assert "files=3" in said.splitlines()[-1]
    assert (tmp_path / "s" / "judge.snapshot").exists()


def test_rules_are_written_where_they_are_asked_for(
    inbox: Inbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By a replay and by what came in; the plain table has nothing of them."""
    inbox.send("CDSS", 20, reading(20, "2.3"))
    out, rules, live, live_rules = (tmp_path / f"{name}.csv" for name in "abcd")
    store = tmp_path / "store"
    for asked, added in ((out, []), (rules, ["--rules"])):
        assert run(capsys, "replay", inbox.folder, "--out", asked, *added)[0] == 0
    assert run(capsys, "ingest", "--inbox", inbox.folder, "--store", store, "--once")[0] == 0
    for asked, added in ((live, []), (live_rules, ["--rules"])):
        assert run(capsys, "episodes", "--store", store, "--out", asked, *added)[0] == 0
    assert live.read_bytes() == out.read_bytes()
    assert live_rules.read_bytes() == rules.read_bytes()
    assert b"pack:" not in out.read_bytes()
    assert b"pack:methane,two_percent,2026-03-01T00:20:00+08:00,," in rules.read_bytes()
