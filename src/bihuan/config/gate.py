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
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bihuan.config.floors import shares_of
from bihuan.config.throwaway import NoPostgresError, throwaway_postgres

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).resolve().parents[3]
BIN = PROJECT / ".venv" / "bin"
MEASURED = PROJECT / "var" / "coverage"
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
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
    parser = argparse.ArgumentParser(prog="bihuan test", description="检查代码并运行测试")
    parser.add_argument("--all", action="store_true", help="连同慢测试（次数减少）")
    parser.add_argument("--no-skips", action="store_true", help="跳过的测试算失败（CI 用）")
    parser.add_argument("--tests-only", action="store_true", help="只运行测试，不查代码")
    parser.add_argument("paths", nargs="*", help="只测这些路径")
    options = parser.parse_args(arguments)
    failed = [] if options.tests_only or options.paths else _run_checks()
    failed += _run_tests(options)
    if failed:
        _say(f"未通过：{'、'.join(failed)}")
        return 1
    _say("全部通过")
    return 0


def _run_checks() -> list[str]:
    failed = []
    for label, command in CHECKS:
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
            if _pytest(options, url, is_measured=is_measured):
                failed.append(f"tests on {name}")
            if is_measured and not _covers_enough():
                failed.append("coverage")
    return failed


def _pytest(options: argparse.Namespace, url: str, *, is_measured: bool) -> int:
    unwanted = [] if options.all or options.paths else ["slow", "browser"]
    if url and "browser" not in unwanted:
        unwanted.append("browser")  # a browser sees no database: once is enough
    marks = ["-m", " and ".join(f"not {mark}" for mark in unwanted)] if unwanted else []
    command: Sequence[str] = (
        str(BIN / "python"),
        "-m",
        "pytest",
        "-q",
        "-n",
        str(min(4, os.cpu_count() or 2)),
        "--dist",
        "worksteal",
        "--hypothesis-profile=ci",  # no time limit of one example: a loaded machine is no fault
        *marks,
        *(("--cov", "--cov-report=") if is_measured else ()),
        *options.paths,
    )
    environment = _environment(url)
    if is_measured:
        shutil.rmtree(MEASURED, ignore_errors=True)
        MEASURED.mkdir(parents=True)
    if options.no_skips:
        environment["BIHUAN_NO_SKIPS"] = "1"
    return subprocess.run(command, check=False, cwd=PROJECT, env=environment).returncode  # noqa: S603


def _covers_enough() -> bool:
    """Whether the tests ran as much of each package as they must; says what they left out."""
    report = MEASURED / "report.json"
    command = (BIN / "coverage", "json", "--quiet", "-o", report)
    made = subprocess.run(command, check=False, cwd=PROJECT, env=_environment(""))  # noqa: S603
    if made.returncode:
        return False
    shares = shares_of(json.loads(report.read_text("utf-8")))
    for share in shares:
        verdict = "BELOW" if share.is_short else "clean"
        _say(
            f"coverage of {share.package}: {share.percent:.2f} %, "
            f"{verdict}, floor {share.floor:g} %"
        )
        for gap in share.gaps if share.is_short else ():
            sys.stderr.write(f"  {gap}\n")
    return bool(shares) and not any(share.is_short for share in shares)


def _environment(url: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BIHUAN_")}
    spec = os.environ.get("BIHUAN_SPEC", "")
    return {
        **kept,
        "BIHUAN_DATABASE": url,
        "BIHUAN_MODE": "test",
        "BIHUAN_SPEC": spec,
        "BIHUAN_HOME": str(PROJECT / "var" / "gate"),
        "COVERAGE_FILE": str(MEASURED / "data"),
        "DJANGO_SETTINGS_MODULE": "bihuan.config.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}",
    }


def _say(text: str) -> None:
    sys.stderr.write(f"[gate] {text}\n")
