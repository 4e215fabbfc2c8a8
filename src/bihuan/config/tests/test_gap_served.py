"""Two machines that never meet: the portal outside, the desk inside, packages carried between."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.config.tests.processes import PROJECT, Served, run, serving, surroundings

PHRASE, PHONE = "夜班从北风井偷偷下人已经三天", "19900001234"
SETTLE = """
import django
django.setup()
from tests.people import NOW, settle_county
from bihuan.leads.key_ring import make_key
from bihuan.leads.sealing import Purpose
county = settle_county()
words = "只有我自己记得的一句口令"
for account, purpose in (("custodian", Purpose.IDENTITY), ("intake", Purpose.ACCOUNT)):
    make_key(purpose, by=county.actor(account), now=NOW, passphrase=words, again=words)
"""
LEADS = """
import django
django.setup()
from bihuan.matters.models import Matter
print(*Matter.objects.order_by("pk").values_list("acceptance_number", "stage"))
"""
NOT_OUTSIDE = ("/desk/", "/desk/sign-in", "/desk/m/lead/", "/api/v1/matters", "/api/v1/ledgers/x")
NOT_INSIDE = ("/", "/tip-off", "/receipt", "/published", "/privacy")


def python(home: Path, source: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", source],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(home),
        timeout=120,
    )
    return done.stdout


def verb(home: Path, *arguments: str) -> str:
    done = run(home, "exchange", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def acquaint(inside: Path, outside: Path, folder: Path) -> None:
    """Each side's key file goes to the other, with the fingerprint told by telephone."""
    for home, other, role in ((inside, outside, "inside"), (outside, inside, "outside")):
        key = folder / f"{role}.json"
        fingerprint = verb(home, "key", str(key), "--name", role).splitlines()[0]
        asked = run(other, "exchange", "trust", str(key), "--as", role)
        assert asked.returncode == 1
        assert fingerprint in asked.stderr
        verb(other, "trust", str(key), "--as", role, "--fingerprint", fingerprint)


def file_tip(server: Served) -> str:
    told = json.dumps({"words": PHRASE, "name": "施阿婆", "phone": PHONE})
    status, _head, body = server.ask(
        "/api/v1/tip-offs", "POST", told, Content_Type="application/json"
    )
    assert status == 201, body
    return str(json.loads(body)["receipt"])


def look_up(server: Served, code: str) -> str:
    status, _head, body = server.ask("/receipt", "POST", f"code={code.replace(' ', '')}")
    assert status == 200
    return re.sub(r"<[^>]*>", "", body)


@pytest.mark.slow
def test_across_the_gap(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for home in (inside, outside):
        assert run(home, "init").returncode == 0
    python(inside, SETTLE)
    acquaint(inside, outside, tmp_path)
    packages = [tmp_path / f"{number}.bhp" for number in range(4)]
    verb(inside, "export", str(packages[0]))
    verb(outside, "import", str(packages[0]))
    with serving(outside, "--port", "0", "--only", "portal") as portal:
        for path in NOT_OUTSIDE:
            assert portal.ask(path)[0] == 404, path
        code = file_tip(portal)
        verb(outside, "export", str(packages[1]))
        assert "新举报 1 件" in verb(inside, "import", str(packages[1]))
        assert "没有重复登记" in verb(inside, "import", str(packages[1]))
        verb(inside, "export", str(packages[2]))
        assert "内网已收、本机已删 1 件" in verb(outside, "import", str(packages[2]))
        assert "已收到，等待登记" in look_up(portal, code)
        assert portal.ask("/health/ready")[0] == 200
    leads = python(inside, LEADS)
    assert re.fullmatch(r"\('\d{4}\d+W000001', 'received'\)\n", leads)
    assert python(outside, LEADS).strip() == ""
    assert run(inside, "verify").returncode == 0
    assert "缺" not in verb(inside, "status").replace("不缺", "")
    for path in [*packages[:3], *(one for one in outside.rglob("*") if one.is_file())]:
        data = path.read_bytes()
        assert PHRASE.encode() not in data
        assert PHONE.encode() not in data
    with serving(inside, "--port", "0", "--only", "desk") as desk:
        for path in NOT_INSIDE:
            assert desk.ask(path)[0] == 404, path
        assert desk.ask("/desk/sign-in")[0] == 200
