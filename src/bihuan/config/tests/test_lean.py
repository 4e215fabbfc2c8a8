"""What each process of `serve` leaves alone until it is asked for: memory of small machines."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from bihuan.config.tests.processes import PROJECT, run, surroundings

pytestmark = pytest.mark.once
# Each holds one to a hundred megabytes of every process that loads it.
HEAVY: Final = (
    *("PIL", "pillow_heif", "segno", "python_calamine", "xlsxwriter", "docx", "typst", "pypinyin"),
    *(
        "ninja",
        "pydantic",
        "psycopg",
        "polars",
        "numpy",
        "duckdb",
        "pyarrow",
        "paho",
        "rich",
        "pygments",
    ),
)
LOADED: Final = "; import sys; print(sorted(set(sys.argv[1:]) & set(sys.modules)))"
WEB: Final = """
import bihuan.config.wsgi, sys
from django.test import Client
from django.urls import reverse
pages = Client(headers={'host': '127.0.0.1'})
for page in ('/', '/tip-off', '/desk/sign-in', '/health/ready', '/none'):
    pages.get(page)
loaded = sorted(set(sys.argv[1:]) & set(sys.modules))
print(loaded, pages.get('/api/v1/none').status_code, reverse('api:document'))
"""
WORKER: Final = """
import sys, django
from django.core.management import execute_from_command_line as run
named, sys.argv[1:] = sys.argv[1:], []
run(['django', 'work', '--once'])
print(sorted(set(named) & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its tables, on SQLite whatever the other tests run on."""
    folder = tmp_path_factory.mktemp("lean") / "home"
    assert run(folder, "init").returncode == 0
    return folder


def said(home: Path, code: str, *names: str) -> str:
    """What a process of its own prints."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *names],
        check=True,
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=surroundings(home),
    )
    return done.stdout.strip()


@pytest.mark.slow
def test_web_loads_the_api_with_its_first_call_and_the_rest_not_at_all(home: Path) -> None:
    assert said(home, WEB, *HEAVY) == "[] 404 /api/v1/openapi.json"


@pytest.mark.slow
def test_the_worker_loads_neither_pages_nor_addresses(home: Path) -> None:
    assert said(home, WORKER, *HEAVY, "jinja2", "bihuan.config.urls", "bihuan.portal.views") == "[]"


def test_the_supervisor_is_small(tmp_path: Path) -> None:
    code = f"import bihuan.config.serving{LOADED}"
    assert (
        said(tmp_path, code, *HEAVY, "django", "ssl", "asyncio", "http.client", "logging") == "[]"
    )


def test_telling_an_outage_takes_no_driver(tmp_path: Path) -> None:
    code = f"from bihuan.database.outages import outage_in; outage_in(ValueError()){LOADED}"
    assert said(tmp_path, code, "psycopg") == "[]"
