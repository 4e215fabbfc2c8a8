"""The gate: every check runs and is named, tests run on both databases, coverage is judged."""

from pathlib import Path

import pytest

from bihuan.config.floors import STANDING
from bihuan.config.gate import covers_enough, run_checks, run_pytest
from bihuan.config.tests.processes import run
from bihuan.config.throwaway import find_programs

pytestmark = pytest.mark.once

ON_BOTH = """
import os

def test_each_database_has_its_turn():
    assert os.environ["BIHUAN_NO_SKIPS"] == "1"
    assert os.environ["BIHUAN_MODE"] == "test"
"""
ON_ONE = """
import os

def test_only_sqlite_is_well():
    assert not os.environ["BIHUAN_DATABASE"]
"""
MARKED = """
import pytest
from bihuan.config.ports import free_port

pytestmark = pytest.mark.filterwarnings("ignore")

def test_a_port():
    assert free_port("127.0.0.1", 0)

@pytest.mark.slow
def test_that_is_slow():
    raise AssertionError("nobody asked for slow tests")
"""


def test_every_check_runs_and_what_it_found_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    checks = (
        ("first", ("python", "-c", "print('said'); raise SystemExit(3)")),
        ("second", ("python", "-c", "print('unsaid')")),
        ("third", ("python", "-c", "raise SystemExit('told')")),
    )
    assert run_checks(checks) == ["first", "third"]
    errors = capsys.readouterr().err
    assert [line.split(" (")[0] for line in errors.splitlines() if line.startswith("[gate]")] == [
        "[gate] first: FINDINGS",
        "[gate] second: clean",
        "[gate] third: FINDINGS",
    ]
    assert "said\n" in errors
    assert "told\n" in errors
    assert "unsaid" not in errors


@pytest.mark.slow
def test_tests_run_on_both_databases_and_failures_are_named(tmp_path: Path) -> None:
    if find_programs() is None:
        pytest.skip("no PostgreSQL on this machine")
    good, bad = tmp_path / "test_good.py", tmp_path / "test_bad.py"
    good.write_text(ON_BOTH, "utf-8")
    bad.write_text(ON_ONE, "utf-8")
    done = run(tmp_path / "home", "test", "--no-skips", str(good))
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("1 passed") == 2
    assert done.stderr.splitlines()[-1] == "[gate] 全部通过"
    done = run(tmp_path / "home", "test", "--tests-only", str(bad))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "[gate] 未通过：tests on PostgreSQL"


@pytest.mark.slow
def test_what_tests_cover_is_held_against_the_floors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test, measured = tmp_path / "test_marked.py", tmp_path / "measured"
    test.write_text(MARKED, "utf-8")
    assert not covers_enough(measured)
    assert run_pytest([str(test)]) == 1
    assert run_pytest([str(test)], unwanted=["slow", "browser"], measured=measured) == 0
    capsys.readouterr()
    assert not covers_enough(measured)
    told = capsys.readouterr().err
    assert f"%, BELOW, floor {STANDING.get('config', 95):g} %" in told
    assert "  src/bihuan/config/ports.py: " in told
    packages = {line.split()[3].rstrip(":") for line in told.splitlines() if "floor" in line}
    assert covers_enough(measured, standing=dict.fromkeys(packages, 0.0))
