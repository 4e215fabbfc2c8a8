"""Long work is leased, given back, taken again after a kill, and given up in the end."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests.people import County

from bihuan.accounts.actors import Actor
from bihuan.jobs import folders, kinds, progress
from bihuan.jobs.asking import ask, cancel
from bihuan.jobs.holders import is_dead, new_holder
from bihuan.jobs.kinds import Ended, JobKind, Work, add_kind
from bihuan.jobs.models import Job
from bihuan.jobs.progress import LEASE
from bihuan.jobs.running import ATTEMPTS_MAX, BROKEN, forget_old, is_waiting, run_next
from bihuan.matters.moment import now
from bihuan.matters.refusals import Refused

DEAD = subprocess.run(
    [sys.executable, "-c", "import os; print(os.getpid())"],
    check=True,
    capture_output=True,
    text=True,
)


def anybody(_by: Actor, _asked: Mapping[str, Any]) -> None:
    """Nothing is asked."""


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Work], Ended]], None]]:
    """Puts a kind of work in place that does what the test says."""
    monkeypatch.setattr(progress, "TELL_EVERY_S", 0.0)
    known = dict(kinds._kinds)  # noqa: SLF001 - put back afterwards

    def put(run: Callable[[Work], Ended]) -> None:
        add_kind(JobKind(key="test", label="测试", run=run, check=anybody))

    yield put
    kinds._kinds.clear()  # noqa: SLF001
    kinds._kinds.update(known)  # noqa: SLF001


def writes(work: Work) -> Ended:
    """Count to three and write a file."""
    for n in range(4):
        work.progress(n, total=3)
    work.result_path.write_bytes(b"done")
    return Ended(words="写好。", result_name="a.txt")


def ordered(county: County, **asked: Any) -> Job:
    return ask("test", asked, title="测试", by=county.actor("office"), now=now())


def done(job: Job) -> Job:
    run_next()
    job.refresh_from_db()
    return job


def test_the_oldest_comes_first(county: County, kind: Any) -> None:
    kind(writes)
    first, second = ordered(county, n=1), ordered(county, n=2)
    assert [run_next(), run_next(), run_next()] == [first, second, None]
    assert not is_waiting(now())
    first.refresh_from_db()
    assert (first.state, first.done, first.total, first.words) == ("done", 3, 3, "写好。")
    assert folders.result_path(first.code).read_bytes() == b"done"


def test_a_broken_one_fails_and_the_next_is_done(county: County, kind: Any) -> None:
    def run(work: Work) -> Ended:
        if work.asked["n"] == 1:
            raise ZeroDivisionError
        return writes(work)

    kind(run)
    first, second = ordered(county, n=1), ordered(county, n=2)
    assert (done(first).state, first.words) == ("failed", BROKEN)
    assert done(second).state == "done"


def test_a_refusal_is_told_as_it_is(county: County, kind: Any) -> None:
    def run(_work: Work) -> Ended:
        raise Refused("请先补齐。")

    kind(run)
    assert (done(job := ordered(county)).state, job.words) == ("failed", "请先补齐。")


def test_told_to_stop_it_waits_again(county: County, kind: Any) -> None:
    kind(writes)
    job = ordered(county)
    run_next(is_stopped=lambda: True)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)
    assert done(job).state == "done"


def test_who_lives_keeps_its_job_until_the_lease_is_over(county: County, kind: Any) -> None:
    kind(writes)
    job = ordered(county)
    held = {"state": "running", "holder": new_holder(), "attempts": 1}
    Job.objects.update(**held, leased_until=now() + LEASE)
    assert run_next() is None
    Job.objects.update(leased_until=now() - timedelta(seconds=1))
    assert done(job).state == "done"


def test_a_killed_process_leaves_its_job_at_once(county: County, kind: Any) -> None:
    kind(writes)
    job = ordered(county)
    machine = new_holder().partition("-")[0]
    dead = f"{machine}-{int(DEAD.stdout):x}-00000000"
    assert is_dead(dead)
    assert not is_dead(f"elsewhere-{int(DEAD.stdout):x}-00000000")
    Job.objects.update(state="running", holder=dead, attempts=1, leased_until=now() + LEASE)
    assert done(job).state == "done"


def test_what_kills_its_process_again_and_again_is_given_up(county: County, kind: Any) -> None:
    kind(writes)
    job = ordered(county)
    Job.objects.update(
        state="running", holder="gone", attempts=ATTEMPTS_MAX, leased_until=now() - LEASE
    )
    assert done(job).state == "failed"
    assert "中断" in job.words


def test_who_lost_the_lease_writes_nothing_more(county: County, kind: Any) -> None:
    def run(work: Work) -> Ended:
        Job.objects.update(holder="another")
        return writes(work)

    kind(run)
    job = ordered(county)
    assert (done(job).state, job.words) == ("running", "")
    assert not folders.result_path(job.code).exists()


def test_cancelled_while_it_runs_nothing_is_left(county: County, kind: Any) -> None:
    def run(work: Work) -> Ended:
        cancel(Job.objects.get(), now=now())
        return writes(work)

    kind(run)
    job = ordered(county)
    assert (done(job).state, job.result_name) == ("cancelled", "")
    assert not [path for path in folders.result_path(job.code).parent.iterdir() if path.is_file()]


def test_what_is_over_isnt_cancelled(county: County, kind: Any) -> None:
    kind(writes)
    job = done(ordered(county))
    cancel(job, now=now())
    job.refresh_from_db()
    assert job.state == "done"
    assert folders.result_path(job.code).exists()


def test_folders_nobody_knows_go_after_a_day(county: County) -> None:
    folders.keep_input("0" * 32, b"left by a killed process")
    forget_old(now=now())
    assert folders.input_path("0" * 32).exists()
    forget_old(now=now() + timedelta(days=2))
    assert not folders.input_path("0" * 32).exists()


def test_a_code_is_no_path() -> None:
    with pytest.raises(ValueError, match="not the code"):
        folders.input_path("../secrets")
