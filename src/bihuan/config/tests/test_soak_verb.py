"""The verb `soak` with one round: state, table and exit code; broken off, it goes on later."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bihuan.config.soak import run_soak
from bihuan.config.soak_suites import SUITES, Suite
from bihuan.config.tests.processes import PROJECT, surroundings
from bihuan.config.throwaway import find_programs

pytestmark = pytest.mark.once

ONE = {"presses": replace(SUITES["presses"], rounds=1)}
ELSEWHERE = """
import signal, sys
from pathlib import Path
from bihuan.config.soak import run_soak
folder = Path(sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in background
sys.exit(run_soak(["kills", "--database", "sqlite"], folder=folder, page=folder / "page.md"))
"""


@pytest.mark.slow
def test_rounds_are_played_on_both_databases_and_written_down_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if find_programs() is None:
        pytest.skip("no PostgreSQL on this machine")
    folder, page = tmp_path / "soak", tmp_path / "README.md"
    assert run_soak(["presses", "--seed", "3"], suites=ONE, folder=folder, page=page) == 0
    first = json.loads((folder / "state.json").read_text("utf-8"))
    assert {key: list(done) for key, done in first["done"].items()} == {
        "presses.sqlite": ["1"],
        "presses.postgresql": ["1"],
    }
    capsys.readouterr()
    assert run_soak([], suites=ONE, folder=folder, page=page) == 0
    told = capsys.readouterr().err
    assert told.count("0 of 1 rounds left") == 2
    assert "seed 3\n" in told
    assert json.loads((folder / "state.json").read_text("utf-8")) == first
    for name in ("SQLite", "PostgreSQL"):
        assert page.read_text("utf-8").count(f"| presses | {name} | 1 steps | held | 3 |") == 1


@pytest.mark.slow
def test_a_fault_is_named_in_the_table_and_by_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suites = {"none": Suite(key="none", label="没有", what="rounds", rounds=2, reduced=1)}
    page = tmp_path / "README.md"
    given = ["none", "--database", "sqlite"]
    assert run_soak(given, suites=suites, folder=tmp_path / "soak", page=page) == 1
    told = capsys.readouterr().err
    assert "none sqlite 1: FAULTS ['the suite broke off" in told
    assert told.splitlines()[-1] == "[soak] 未通过：none SQLite"
    assert "**1 rounds with faults**" in page.read_text("utf-8")


@pytest.mark.slow
def test_broken_off_it_stops_what_it_started_and_says_that_it_goes_on(tmp_path: Path) -> None:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", ELSEWHERE, str(tmp_path)],
        cwd=PROJECT,
        env={**surroundings(tmp_path), "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    for line in process.stderr:
        if "rounds left" in line:
            break
    while not list(tmp_path.glob("bihuan-soak-*/*.sqlite3")):  # the suite is well on its way
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 1
    assert "再次运行会接着做" in told
    assert not list(tmp_path.glob("bihuan-soak-*"))
    assert not _children_in(tmp_path)


def _children_in(folder: Path) -> list[str]:
    """Processes that still work in a data folder below this one."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            told = (place / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(f"BIHUAN_HOME={folder}/bihuan-soak-") in told:
            found.append(place.name)
    return found
