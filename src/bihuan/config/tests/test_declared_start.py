"""A fault of the declarations ends every process at its start, before the first request."""

import subprocess
import sys
from pathlib import Path

import pytest

from bihuan.config.tests.processes import PROJECT, run, surroundings

pytestmark = [pytest.mark.slow, pytest.mark.once]

BROKEN = {"DJANGO_SETTINGS_MODULE": "bihuan.config.tests.broken_declarations"}
BROKEN_TEMPLATE = {"DJANGO_SETTINGS_MODULE": "bihuan.config.tests.broken_template"}
LOADED = (
    "import bihuan.config.wsgi\n"
    "from bihuan.matters.declarations import catalog\n"
    "assert catalog.cache_info().currsize == 1"
)


def python(home: Path, code: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(home, **more),
    )


def test_the_web_process_has_the_catalog_before_it_serves(tmp_path: Path) -> None:
    done = python(tmp_path, LOADED)
    assert done.returncode == 0, done.stderr


def test_a_fault_stops_the_web_process_with_its_finding(tmp_path: Path) -> None:
    done = python(tmp_path, "import bihuan.config.wsgi", **BROKEN)
    assert done.returncode == 1
    assert "nobody_at_all" in done.stderr


@pytest.mark.parametrize("verb", [("serve", "--port", "0"), ("check",)])
def test_a_fault_stops_the_verbs_with_its_finding(tmp_path: Path, verb: tuple[str, ...]) -> None:
    done = run(tmp_path / "home", *verb, **BROKEN)
    assert done.returncode in (1, 2)
    assert "nobody_at_all" in done.stderr
    assert "Traceback" not in done.stderr
    # Nothing was prepared, so nothing can be served or upgraded with wrong declarations.
    assert not (tmp_path / "home" / "backups").exists()


def test_a_template_that_cant_be_read_stops_the_web_process(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir(parents=True)
    (tmp_path / "templates" / "half.html").write_text("<p>\n{% if %}</p>", "utf-8")
    done = python(tmp_path, "import bihuan.config.wsgi", **BROKEN_TEMPLATE)
    assert done.returncode == 1
    assert "template half.html, line 2" in done.stderr


def test_check_finds_what_a_template_calls_and_nobody_made(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir(parents=True)
    (tmp_path / "templates" / "odd.html").write_text("{{ page|nobodys_filter }}", "utf-8")
    done = run(tmp_path, "check", **BROKEN_TEMPLATE)
    assert done.returncode == 1
    assert "template odd.html, line 1" in done.stderr
    assert "nobodys_filter" in done.stderr


def test_the_worker_stops_too(tmp_path: Path) -> None:
    done = python(
        tmp_path,
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('work', once=True)",
        **BROKEN,
    )
    assert done.returncode == 1
    assert "WrongSetting" in done.stderr
