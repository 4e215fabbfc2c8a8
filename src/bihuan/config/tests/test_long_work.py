"""A worker that is killed in the middle of long work: the job is taken again, nothing doubles."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from bihuan.config.tests.processes import PROJECT, surroundings
from bihuan.config.throwaway import throwaway_postgres

pytestmark = [pytest.mark.slow, pytest.mark.once]
ROWS = 250
TOLD_MAX = 3000  # ten a second


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployment in which an import is ordered, and a process that tells how it stands."""

    environment: dict[str, str]
    telling: IO[str]

    def until(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """What is told as soon as it is so."""
        for _ in range(TOLD_MAX):
            told: dict[str, Any] = json.loads(self.telling.readline())
            if reached(told):
                return told
        raise AssertionError(f"not reached: {told}")

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[str]]:
        """The worker and its child, in a group of their own; nothing of it is left behind."""
        with _running(self.environment, "-m", "django", "work") as process:
            yield process


@pytest.fixture
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    """On the database that the test names."""
    with ExitStack() as stack:
        more = {}
        if getattr(request, "param", "sqlite") == "postgresql":
            more["BIHUAN_DATABASE"] = stack.enter_context(throwaway_postgres())
        found = surroundings(tmp_path / "home", **more)
        arguments = ("-m", "bihuan.config.tests.ordered_import", str(ROWS))
        process = stack.enter_context(_running(found, *arguments))
        assert process.stdout is not None
        yield Deployment(environment=found, telling=process.stdout)


@contextmanager
def _running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def is_halfway(told: dict[str, Any]) -> bool:
    return 0 < told["leads"] < ROWS


def is_not_running(told: dict[str, Any]) -> bool:
    return told["state"] != "running"


def is_over(told: dict[str, Any]) -> bool:
    return told["state"] not in ("waiting", "running")


@pytest.mark.parametrize(
    ("deployment", "how"),
    [
        ("sqlite", signal.SIGKILL),
        ("sqlite", signal.SIGTERM),
        ("postgresql", signal.SIGKILL),
    ],
    indirect=["deployment"],
)
def test_it_is_taken_again_and_nothing_doubles(deployment: Deployment, how: signal.Signals) -> None:
    with deployment.worker() as first:
        deployment.until(is_halfway)
        os.killpg(first.pid, how)  # the worker and its child
        first.wait(timeout=60)
    with deployment.worker():
        told = deployment.until(is_over)
    assert told == {
        "state": "done",
        "words": f"登记 {ROWS} 件。",
        "attempts": 2 if how is signal.SIGKILL else 1,
        "leads": ROWS,
        "titles": ROWS,
    }


def test_a_child_whose_worker_is_killed_puts_its_job_back(deployment: Deployment) -> None:
    with deployment.worker() as first:
        deployment.until(is_halfway)
        os.kill(first.pid, signal.SIGKILL)  # the worker alone
        told = deployment.until(is_not_running)
    assert told["state"] == "waiting"
    assert told["leads"] == told["titles"] < ROWS
