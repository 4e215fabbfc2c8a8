"""What was destroyed leaves SQLite's log as well, also when somebody reads at that moment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

READ_MEANWHILE = """
import django, json, sqlite3
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from tests.people import NOW, settle_county
from bihuan.leads.key_ring import make_key
from bihuan.leads.models import Envelope
from bihuan.leads.sealing import Purpose
from bihuan.leads.tests.conftest import CHEAP, PASSPHRASES
from bihuan.leads.tests.retained import LATER, closed_tip, destroy, set_period
from bihuan.matters.disposing import remove_destroyed
from bihuan.matters.models import Tombstone
county = settle_county()
for account, purpose in (("custodian", Purpose.IDENTITY), ("intake", Purpose.ACCOUNT),
                         ("office", Purpose.ACCOUNT)):
    words = PASSPHRASES[account]
    make_key(purpose, by=county.actor(account), now=NOW, passphrase=words, again=words, cost=CHEAP)
set_period(county, "identity_days")
closed_tip(county)
sealed = bytes(Envelope.objects.get(part="who").inline)
path = str(connection.settings_dict["NAME"])
def in_log():
    with open(path + "-wal", "rb") as log:
        return sealed[20:200] in log.read()
reader = sqlite3.connect(path, isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT COUNT(*) FROM leads_envelope").fetchone()
destroy(county)
with connection.cursor() as cursor:
    cursor.execute("PRAGMA busy_timeout = 0")
told = [remove_destroyed(now=LATER), Tombstone.objects.filter(gone_at=None).count(), in_log()]
reader.execute("COMMIT")
told += [remove_destroyed(now=LATER), Tombstone.objects.filter(gone_at=None).count(), in_log()]
print(json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.once
def test_a_reader_puts_the_emptying_off_to_the_next_round(tmp_path: Path) -> None:
    """While he reads the old state, the log keeps it, and the tombstone says that it isn't over."""
    told = {**os.environ, "BIHUAN_HOME": str(tmp_path), "BIHUAN_DATABASE": ""}
    told["DJANGO_SETTINGS_MODULE"] = "bihuan.config.settings"
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", READ_MEANWHILE], env=told, capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    # Nothing is over, one waits, the bytes are there still; then one is over and they are gone.
    assert json.loads(ran.stdout) == [0, 1, True, 1, 0, False]
