"""On real files of SQLite: what was destroyed is in none, and no backup brings it back."""

import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.config.tests.processes import PROJECT, run, surroundings

pytestmark = [pytest.mark.slow, pytest.mark.once]

FILE_TIP = """
import django; django.setup()
from tests.people import settle_county
from bihuan.leads.models import Envelope
from bihuan.leads.tests.conftest import sealing_county
from bihuan.leads.tests.retained import closed_tip, set_period
county = settle_county()
county = sealing_county.__wrapped__(county)
set_period(county)
filed = closed_tip(county)
for one in Envelope.objects.order_by("id"):
    print(bytes(one.inline)[200:300].hex() if one.inline else one.digest)
"""
DECIDE = """
import django; django.setup()
from tests.people import ON
from bihuan.accounts.actors import actor_of
from bihuan.accounts.models import User
from bihuan.leads.tests.retained import LATER, WHY
from bihuan.matters.disposing import find_due
from bihuan.matters.engine import take_step
from bihuan.matters.models import Matter
by = {name: actor_of(User.objects.get(username=f"990121-{name}"), on=ON)
      for name in ("custodian", "leader")}
find_due(now=LATER)
for one in Matter.objects.filter(kind="disposal", is_open=True).order_by("id"):
    take_step(one.pk, "decide", by=by["custodian"], now=LATER, answers=WHY)
    take_step(one.pk, "confirm_destruction", by=by["leader"], now=LATER)
print(Matter.objects.filter(kind="disposal", stage="destroyed").count())
"""


def script(home: Path, text: str) -> list[str]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", text],
        check=False,
        cwd=PROJECT,
        env=surroundings(home) | {"DJANGO_SETTINGS_MODULE": "bihuan.config.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def left_in(home: Path, marks: list[str]) -> list[str]:
    """Which marks are anywhere in the folder, as bytes of a file or as its name."""
    found = []
    for path in sorted(home.rglob("*")):
        if not path.is_file() or path.name == "destroyed.jsonl":
            continue
        raw = path.read_bytes()
        found += [f"{path.name}: {m}" for m in marks if bytes.fromhex(m) in raw or m == path.name]
    return found


def test_destroyed_is_gone_from_every_file_and_stays_gone_after_a_restore(tmp_path: Path) -> None:
    home, other, kept = tmp_path / "home", tmp_path / "other", tmp_path / "before.zip"
    assert run(home, "init").returncode == 0
    marks = script(home, FILE_TIP)
    assert len(marks) == 4
    assert len(left_in(home, marks)) >= len(marks)
    assert run(home, "backup", str(kept)).returncode == 0
    assert script(home, DECIDE) == ["3"]
    assert run(home, "tick").returncode == 0
    assert left_in(home, marks) == []
    assert run(home, "verify", "--files").returncode == 0
    listed = home / "destroyed.jsonl"
    restored = run(other, "restore", str(kept), "--destroyed", str(listed))
    assert restored.returncode == 0, restored.stderr
    assert "按销毁清单再次销毁 3 项" in restored.stderr
    assert left_in(other, marks) == []
    checked = run(other, "verify", "--files")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    bare = run(tmp_path / "bare", "restore", str(kept))
    assert "没有销毁清单" in bare.stderr
    assert run(tmp_path / "third", "restore", str(kept), "--destroyed", "none").returncode == 2
