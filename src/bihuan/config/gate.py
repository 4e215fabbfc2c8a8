"""The gate: format, lint, types, contracts, migrations, generated files, tests, coverage.

It is the same here and in CI. Every check runs even when one before it failed, so that one run
shows everything; the exit code is 0 only when all are clean. The tests run on both databases;
with `--all`, and in CI, the run on SQLite is measured, in every process that it starts, which
takes half as long again.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bihuan.config.floors import STANDING, shares_of
from bihuan.config.throwaway import NoPostgresError, throwaway_postgres

PROJECT = Path(__file__).resolve().parents[3]
BIN = PROJECT / ".venv" / "bin"
MEASURED = PROJECT / "var" / "coverage"
OWN = ("BIHUAN_", "COVERAGE_", "PYTEST_")
type Checks = Sequence[tuple[str, tuple[str, ...]]]
CHECKS: Checks = (
    ("format", ("ruff", "format", "--check", "--quiet", ".")),
    ("lint", ("ruff", "check", "--quiet", "--output-format", "concise", ".")),
    ("types", ("mypy",)),
    ("imports", ("lint-imports", "--no-cache")),
    ("templates", ("djlint", "src", "--extension", "html", "--lint", "--quiet")),
    ("dead code", ("vulture",)),
    ("dependencies", ("deptry", "src")),
    ("migrations", ("python", "-m", "django", "makemigrations", "--check", "--dry-run")),
    ("declarations", ("python", "-m", "bihuan", "check")),
    ("loop diagrams", ("python", "-m", "bihuan", "loops", "--check")),
)


def run_gate(arguments: list[str]) -> int:
    """Run the gate; returns 0 when everything is clean, 1 with findings, 2 for wrong use."""
    options = _options(arguments)
    failed = [] if options.tests_only or options.paths else run_checks()
    failed += _run_tests(options)
    if failed:
        _say(f"未通过：{'、'.join(failed)}")
        return 1
    _say("全部通过")
    return 0


def run_checks(checks: Checks = CHECKS) -> list[str]:
    """Run every check; returns those with findings, which are shown."""
    failed = []
    for label, command in checks:
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603
            [BIN / command[0], *command[1:]],
            check=False,
            cwd=PROJECT,
            env=_environment(""),
            capture_output=True,
            text=True,
        )
        verdict = "clean" if done.returncode == 0 else "FINDINGS"
        _say(f"{label}: {verdict} ({time.monotonic() - started:.1f} s)")
        if done.returncode:
            failed.append(label)
            sys.stderr.write(done.stdout + done.stderr)
    return failed


def run_pytest(
    paths: Sequence[str],
    *,
    unwanted: Sequence[str] = (),
    url: str = "",
    no_skips: bool = False,
    measured: Path | None = None,
) -> int:
    """Run tests but those with an unwanted mark; what they cover goes into the folder."""
    marks = ["-m", " and ".join(f"not {mark}" for mark in unwanted)] if unwanted else []
    command = (
        str(BIN / "python"),
        "-m",
        "pytest",
        "-q",
        "-n",
        str(min(4, os.cpu_count() or 2)),
        "--dist",
        "worksteal",
        "--durations=40",  # whoever wants the gate shorter reads these first
        "--durations-min=10",
        "--hypothesis-profile=ci",  # no time limit of one example: a loaded machine is no fault
        *marks,
        *(("--cov", "--cov-report=") if measured else ()),
        *paths,
    )
    environment = _environment(url)
    if measured:
        shutil.rmtree(measured, ignore_errors=True)
        measured.mkdir(parents=True)
        environment["COVERAGE_FILE"] = str(measured / "data")
    if no_skips:
        environment["BIHUAN_NO_SKIPS"] = "1"
    return subprocess.run(command, check=False, cwd=PROJECT, env=environment).returncode  # noqa: S603


def covers_enough(measured: Path, *, standing: Mapping[str, float] = STANDING) -> bool:
    """Whether the tests ran as much of each package as they must; says what they left out."""
    report = measured / "report.json"
    environment = {**_environment(""), "COVERAGE_FILE": str(measured / "data")}
    command = (BIN / "coverage", "json", "--quiet", "-o", report)
    made = subprocess.run(command, check=False, cwd=PROJECT, env=environment)  # noqa: S603
    if made.returncode:
        return False
    shares = shares_of(json.loads(report.read_text("utf-8")), standing=standing)
    for share in shares:
        verdict = "BELOW" if share.is_short else "clean"
        _say(
            f"coverage of {share.package}: {share.percent:.2f} %, "
            f"{verdict}, floor {share.floor:g} %"
        )
        for gap in share.gaps if share.is_short else ():
            sys.stderr.write(f"  {gap}\n")
    return bool(shares) and not any(share.is_short for share in shares)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bihuan test", description="检查代码并运行测试")
    parser.add_argument("--all", action="store_true", help="连同慢测试（次数减少）")
    parser.add_argument("--no-skips", action="store_true", help="跳过的测试算失败（CI 用）")
    parser.add_argument("--tests-only", action="store_true", help="只运行测试，不查代码")
    parser.add_argument("paths", nargs="*", help="只测这些路径")
    return parser.parse_args(arguments)


def _run_tests(options: argparse.Namespace) -> list[str]:
    failed = []
    with ExitStack() as stack:
        databases = [("SQLite", "")]
        try:
            databases.append(("PostgreSQL", stack.enter_context(throwaway_postgres())))
        except NoPostgresError as missing:
            _say(f"PostgreSQL tests can't run here: {missing}")
            if options.no_skips:
                failed.append("PostgreSQL")
        for name, url in databases:
            _say(f"tests on {name}")
            is_measured = (options.all or options.no_skips) and not (options.paths or url)
            code = run_pytest(
                options.paths,
                unwanted=_unwanted(options, url),
                url=url,
                no_skips=options.no_skips,
                measured=MEASURED if is_measured else None,
            )
            if code:
                failed.append(f"tests on {name}")
            if is_measured and not covers_enough(MEASURED):
                failed.append("coverage")
    return failed


def _unwanted(options: argparse.Namespace, url: str) -> list[str]:
    """Marks of tests that this run leaves out."""
    fast = [] if options.all or options.paths else ["slow", "browser"]
    # A browser sees no database, so that once is enough as well.
    return list(dict.fromkeys([*fast, *(["browser", "once"] if url else [])]))


def _environment(url: str) -> dict[str, str]:
    """What every check and test is told; one that a test starts is no part of that test's run."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OWN)}
    return {
        **kept,
        "BIHUAN_DATABASE": url,
        "BIHUAN_MODE": "test",
        "BIHUAN_SPEC": os.environ.get("BIHUAN_SPEC", ""),
        "BIHUAN_HOME": str(PROJECT / "var" / "gate"),
        "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
    }


def _say(text: str) -> None:
    sys.stderr.write(f"[gate] {text}\n")
