"""A worker that is killed in the middle of long work: the job is taken again, nothing doubles."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bihuan.config.tests.processes import PROJECT, surroundings
from bihuan.config.throwaway import throwaway_postgres

pytestmark = [pytest.mark.slow, pytest.mark.once]
ROWS = 250
WAIT_S = 120.0


@pytest.fixture
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """A deployment in which an import is ordered; on the database that the test names."""
    with ExitStack() as stack:
        more = {}
        if getattr(request, "param", "sqlite") == "postgresql":
            more["BIHUAN_DATABASE"] = stack.enter_context(throwaway_postgres())
        found = surroundings(tmp_path / "home", **more)
        python(found, "-m", "bihuan.config.tests.ordered_import", str(ROWS))
        yield found


def python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def state(environment: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        python(environment, "-m", "bihuan.config.tests.ordered_import")
    )
    return told


def until(environment: dict[str, str], reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    limit = time.monotonic() + WAIT_S
    while time.monotonic() < limit:
        told = state(environment)
        if reached(told):
            return told
    raise AssertionError(f"not reached: {told}")


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The worker and its child, in a group of their own; nothing of it is left behind."""
    command = [sys.executable, "-m", "django", "work"]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=PROJECT, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=60)


def is_halfway(told: dict[str, Any]) -> bool:
    return 0 < told["leads"] < ROWS


def is_not_running(told: dict[str, Any]) -> bool:
    return told["state"] != "running"


def is_over(told: dict[str, Any]) -> bool:
    return told["state"] not in ("waiting", "running")


@pytest.mark.parametrize(
    ("environment", "how"),
    [
        ("sqlite", signal.SIGKILL),
        ("sqlite", signal.SIGTERM),
        ("postgresql", signal.SIGKILL),
    ],
    indirect=["environment"],
)
def test_it_is_taken_again_and_nothing_doubles(
    environment: dict[str, str], how: signal.Signals
) -> None:
    with worker(environment) as first:
        until(environment, is_halfway)
        os.killpg(first.pid, how)  # the worker and its child
        first.wait(timeout=60)
    left = state(environment)
    assert not is_over(left)
    assert left["leads"] < ROWS
    with worker(environment):
        told = until(environment, is_over)
    assert told == {
        "state": "done",
        "words": f"登记 {ROWS} 件。",
        "attempts": 2 if how is signal.SIGKILL else 1,
        "leads": ROWS,
        "titles": ROWS,
    }


def test_a_child_whose_worker_is_killed_puts_its_job_back(environment: dict[str, str]) -> None:
    with worker(environment) as first:
        until(environment, is_halfway)
        os.kill(first.pid, signal.SIGKILL)  # the worker alone
        first.wait(timeout=60)
        told = until(environment, is_not_running)
    assert told["state"] == "waiting"
    assert told["leads"] == told["titles"] < ROWS
