"""The systemd units: systemd understands them, and the service answers its protocol."""

import os
import shutil
import socket
import stat
import subprocess
import time
from pathlib import Path

import pytest

from bihuan.config import verbs
from bihuan.config.ingest_verbs import offer_ingest
from bihuan.config.notifying import Notifier
from bihuan.config.tests.processes import PROJECT, serving
from bihuan.config.verbs import VerbParser

pytestmark = pytest.mark.once

UNITS = sorted((PROJECT / "deploy").glob("bihuan*"))
HARDENED = ("NoNewPrivileges=yes", "ProtectSystem=strict", "ReadWritePaths=", "ProtectHome=yes")


def test_every_unit_is_understood_by_systemd(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze isn't on this machine")
    assert [path.suffix for path in UNITS] == [".service", ".timer", ".service", ".service"]
    command = tmp_path / "bihuan"
    command.write_text("#!/bin/sh\n", "ascii")
    command.chmod(stat.S_IRWXU)
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/bihuan/bihuan", str(command))
        (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run(  # noqa: S603
        [program, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("unit", [path for path in UNITS if path.suffix == ".service"])
def test_services_are_hardened_and_name_real_options(unit: Path) -> None:
    text = unit.read_text("utf-8")
    assert all(line in text for line in HARDENED)
    started = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    words = started.split("/opt/bihuan/bihuan ")[1].rstrip("'").split()
    if words[0] == "telemetry":
        parser = VerbParser(prog="bihuan telemetry ingest")
        offer_ingest(parser)
        parser.parse_args(words[2:])
        return
    _command, parser = verbs.parser_of(words[0])
    parser.parse_args(words[1:2] if words[0] == "backup" else words[1:])


def test_the_service_restarts_and_is_watched() -> None:
    text = (PROJECT / "deploy" / "bihuan.service").read_text("utf-8")
    for line in ("Type=notify", "Restart=always", "WatchdogSec=60", "RestartPreventExitStatus=2"):
        assert f"\n{line}\n" in text


@pytest.mark.slow
def test_serve_says_ready_when_it_answers_and_then_that_it_lives(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(180)
        notify = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with serving(tmp_path / "home", "--port", "0", **notify) as served:
            assert systemd.recv(100) == b"READY=1"
            assert served.ask("/health/live")[2] == "ok"
            assert systemd.recv(100) == b"WATCHDOG=1"
        said = [systemd.recv(100)]
        while said[-1] == b"WATCHDOG=1":
            said.append(systemd.recv(100))
        assert said[-1] == b"STOPPING=1"


def test_nothing_is_said_before_it_serves_or_without_systemd(tmp_path: Path) -> None:
    Notifier("").round(is_serving=bool)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(f"\0bihuan-{os.getpid()}")
        systemd.settimeout(0.2)
        notifier = Notifier(f"@bihuan-{os.getpid()}")
        notifier.round(is_serving=bool)
        with pytest.raises(TimeoutError):
            systemd.recv(100)
        notifier.round(is_serving=_yes)
        assert systemd.recv(100) == b"READY=1"
    started = time.monotonic()
    Notifier(str(tmp_path / "gone")).say("READY=1")
    assert time.monotonic() - started < 5


def _yes() -> bool:
    return True
