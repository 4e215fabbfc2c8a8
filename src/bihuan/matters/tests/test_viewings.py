"""Who reads a sensitive matter is written down once an hour for each door, before the answer."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from tests.people import NOW, County
from tests.walks.test_lead_walk import open_lead

from bihuan.accounts.actors import CLOCK, PUBLIC
from bihuan.language.catalog import Catalog
from bihuan.language.loop import Loop
from bihuan.matters import viewings
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.viewings import Viewing, record_viewing

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(county: County) -> Matter:
    """A lead of the county."""
    return open_lead(county)


def lines() -> list[tuple[str, str, int]]:
    """Account, door and hour of every line."""
    found = Viewing.objects.order_by("id").values_list("who__username", "door", "hour")
    return [(name.split(":")[-1], door, hour) for name, door, hour in found]


def test_once_an_hour_for_each_person_and_door(county: County, lead: Matter) -> None:
    office, leader = county.actor("office"), county.actor("leader")
    for by, door, now in (
        (office, "page", NOW),
        (office, "page", NOW + HOUR / 2),
        (office, "file", NOW),
        (leader, "page", NOW),
        (office, "page", NOW + HOUR),
    ):
        record_viewing(lead, door, by=by, now=now)
    first = int(NOW.timestamp()) // 3600
    people = [county.users[name].username for name in ("office", "office", "leader", "office")]
    doors, hours = ("page", "file", "page", "page"), (first, first, first, first + 1)
    assert lines() == list(zip(people, doors, hours, strict=True))
    assert set(Viewing.objects.values_list("region_id", flat=True)) == {county.region.pk}


@pytest.mark.parametrize("by", [CLOCK, PUBLIC])
def test_nothing_is_written_of_who_has_no_account(lead: Matter, by: object) -> None:
    """A reporter who looks up his receipt must not be told from the log."""
    record_viewing(lead, "page", by=by, now=NOW)  # type: ignore[arg-type]
    assert not Viewing.objects.exists()


def test_what_stands_beside_a_sensitive_matter_is_sensitive() -> None:
    known = {loop.key for loop in catalog().loops if catalog().is_sensitive(loop.key)}
    assert known >= {"lead", "reward", "transfer_discipline", "publication_reward", "proposal"}
    plain = Loop(key="plain", label="寻常", stages=(), steps=())
    assert not Catalog(roles=frozenset(), loops=(plain,)).is_sensitive("plain")
    assert not catalog().is_sensitive("no such kind")


def test_no_line_is_changed_or_taken_away(county: County, lead: Matter) -> None:
    record_viewing(lead, "page", by=county.actor("office"), now=NOW)
    for act in (Viewing.objects.all().delete, lambda: Viewing.objects.update(door="api")):
        with pytest.raises(TypeError, match="append-only"):
            act()
    for sql in ("DELETE FROM matters_viewing", "UPDATE matters_viewing SET door = 'api'"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert Viewing.objects.count() == 1


def test_what_cannot_be_written_down_is_not_shown(
    county: County, lead: Matter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(viewings, "insert_all", full)
    client = Client(raise_request_exception=False)
    client.force_login(county.users["office"])
    with standing_at(NOW):
        response = client.get(f"/desk/matters/{to_code(lead.pk)}/")
    assert response.status_code == 500
    assert lead.acceptance_number not in response.text


KILLED = """
import django, json, os, signal
django.setup()
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
call_command("migrate", verbosity=0)
from tests.people import NOW, settle_county
from tests.walks.test_lead_walk import open_lead
from bihuan.matters import viewings
county = settle_county()
lead, by = open_lead(county), county.actor("office")
def asked(now):
    with CaptureQueriesContext(connection) as captured:
        viewings.record_viewing(lead, "page", by=by, now=now)
    return sum("INSERT" in one["sql"] for one in captured.captured_queries), len(captured)
first, again = asked(NOW), asked(NOW)
known = len(viewings._known)
viewings.KNOWN_MAX = 0
import datetime
later = asked(NOW + datetime.timedelta(hours=1))
with connection.cursor() as cursor:
    cursor.execute("PRAGMA synchronous")
    waits = cursor.fetchone()[0]
print(json.dumps([first[0], again[1], later[0], known, len(viewings._known), waits]), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@pytest.mark.once
def test_a_line_outlives_a_killed_process_and_is_written_once(tmp_path: Path) -> None:
    """Outside a transaction: one insert, none again in this process; commits wait as before."""
    told = {**os.environ, "BIHUAN_HOME": str(tmp_path), "BIHUAN_DATABASE": ""}
    told["DJANGO_SETTINGS_MODULE"] = "bihuan.config.settings"
    ran = subprocess.run([sys.executable, "-c", KILLED], env=told, capture_output=True, check=False)  # noqa: S603
    assert ran.returncode == -signal.SIGKILL, ran.stderr.decode()
    # One insert; nothing asked again; one in the next hour; a bounded memory; still FULL.
    assert json.loads(ran.stdout) == [1, 0, 1, 1, 1, 2]
    with closing(sqlite3.connect(tmp_path / "bihuan.sqlite3")) as kept:
        assert kept.execute("SELECT COUNT(*) FROM matters_viewing").fetchone() == (2,)


def test_verify_finds_nothing_wrong_with_them(county: County, lead: Matter) -> None:
    record_viewing(lead, "page", by=county.actor("office"), now=NOW)
    call_command("verify")


def test_what_a_process_remembers_is_bounded(
    monkeypatch: pytest.MonkeyPatch, county: County, lead: Matter
) -> None:
    """When it forgets, the next reading asks the database again, which keeps one line."""
    monkeypatch.setattr(viewings, "_known", {})
    monkeypatch.setattr(viewings, "KNOWN_MAX", 2)
    for hour in range(9):
        viewings._remember([(lead.pk, 1, "page", hour)])  # noqa: SLF001 - after a commit only
        assert 1 <= len(viewings._known) <= 3  # noqa: SLF001
    for _ in range(2):
        record_viewing(lead, "page", by=county.actor("office"), now=NOW)
    kept = Viewing.objects.get()
    assert str(kept) == f"page of {lead.pk} by {county.users['office'].pk}"
