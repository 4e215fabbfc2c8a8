"""The supervisor: what ends is started again, what is deaf is ended; one server to a folder."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.config.tests.processes import PROJECT, run, serving, surroundings

SUPERVISED = """
import sys
from bihuan.config.serving import Child, supervise
deaf = "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); print(1); time.sleep(99)"
children = [Child("brief", ["true"]), Child("deaf", [sys.executable, "-uc", deaf])]
sys.exit(supervise(children, host="127.0.0.1", port=9))
"""


@pytest.mark.slow
def test_what_ends_is_started_again_and_what_is_deaf_is_ended(tmp_path: Path) -> None:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SUPERVISED],
        cwd=PROJECT,
        env=surroundings(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "1\n"
    assert process.stderr
    assert process.stderr.readline() == "event=restart process=brief\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)  # ends with the last holder of its outputs, the deaf one
    assert process.returncode == 0


ORPHANED = """
import sys
from bihuan.config.serving import Child, supervise
told = "import os, time; print(os.getpid(), flush=True); time.sleep(99)"
sys.exit(supervise([Child("told", [sys.executable, "-c", told])], host="127.0.0.1", port=9))
"""


@pytest.mark.slow
def test_nothing_goes_on_when_the_supervisor_alone_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", ORPHANED],
        cwd=PROJECT,
        env=surroundings(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    child = Path("/proc") / process.stdout.readline().strip()
    assert child.exists()
    process.kill()
    process.communicate(timeout=30)  # ends with the last holder of its output, the child
    assert process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_a_folder_that_is_served_is_not_served_again(tmp_path: Path) -> None:
    with serving(tmp_path / "home", "--port", "0"):
        done = run(tmp_path / "home", "serve", "--port", "0")
    assert done.returncode == 2
    assert "已有一个服务在运行" in done.stderr


@pytest.mark.slow
def test_a_certificate_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    files = ("--certificate", str(tmp_path / "none.pem"), "--key", str(tmp_path / "none.key"))
    done = run(tmp_path / "home", "serve", "--port", "0", *files)
    assert done.returncode == 2
    assert f"没有找到证书文件 {tmp_path / 'none.pem'}" in done.stderr
    assert not (tmp_path / "home" / "bihuan.sqlite3").exists()


@pytest.mark.slow
def test_a_worker_without_its_tables_tries_every_part_and_lives(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "work", "--once")
    assert done.returncode == 2
    work = [sys.executable, "-m", "django", "work", "--once"]
    done = subprocess.run(  # noqa: S603
        work, check=False, cwd=PROJECT, env=surroundings(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for part in ("tick", "deliver", "seal_until", "forget_old"):
        assert f"round_failed part={part}" in done.stderr
    assert "round_failed part=sweep" not in done.stderr


@pytest.mark.slow
def test_without_its_database_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    asked = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "for page in ('live', 'ready'):\n"
        "    answer = Client().get(f'/health/{page}', headers={'host': '127.0.0.1'})\n"
        "    print(answer.status_code, answer.text)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", asked],
        check=False,
        cwd=PROJECT,
        env=surroundings(tmp_path, BIHUAN_DATABASE="postgresql://nobody@127.0.0.1:9/none"),
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [
        "200 ok",
        '503 {"ready": false, "lacking": ["database"], "alarms": []}',
    ], done.stderr
