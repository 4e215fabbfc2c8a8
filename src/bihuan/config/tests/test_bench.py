"""The verb `bench`: it fills an empty deployment once, and measures queries and steps."""

import json
from pathlib import Path

import pytest

from bihuan.config.tests.processes import run

pytestmark = pytest.mark.once


@pytest.mark.slow
def test_a_filled_deployment_is_measured(tmp_path: Path) -> None:
    home, figures = tmp_path / "home", tmp_path / "figures.json"
    done = run(home, "bench", "fill", "--matters", "300")
    assert done.returncode == 0, done.stderr
    assert "sqlite: 300 matters in" in done.stderr
    done = run(home, "bench", "fill", "--quick")
    assert done.returncode == 2
    assert "已有事项，请换一个空的数据目录" in done.stderr
    done = run(home, "bench", "desk", "--quick", "--json", str(figures))
    assert done.returncode == 0, done.stderr
    rows = json.loads(figures.read_text("utf-8"))
    assert {"list open, office", "inbox, section"} < {row["name"] for row in rows}
    assert "（目标 10）" in done.stdout
    assert "faults 0" in done.stderr
    done = run(home, "bench", "tick", "--quick")
    assert done.returncode == 0, done.stderr
    assert "tick, CPU: " in done.stdout
    assert "tick, rungs: 0.0" not in done.stdout
    done = run(home, "verify")
    assert "全部相符" in done.stderr, done.stderr


@pytest.mark.slow
def test_steps_are_measured_on_a_deployment_that_nobody_prepared(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "bench", "steps", "--quick")
    assert done.returncode == 0, done.stderr
    assert "steps, 4 clients: " in done.stdout
    assert "step p50: " in done.stdout


@pytest.mark.slow
def test_long_work_is_measured_with_seconds_of_cpu(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "bench", "jobs", "--quick")
    assert done.returncode == 0, done.stderr
    told = [line.partition(":")[0] for line in done.stdout.splitlines()]
    assert told[:4] == [
        "import 200 leads",
        "import 200 leads, CPU",
        "20 letters as PDF",
        "20 letters as PDF, CPU",
    ]
    assert "export 2,000 rows as csv, CPU" in told
