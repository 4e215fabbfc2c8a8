"""Every protection is taken out of a scratch copy once, and the tests named for it turn red.

The control comes first: with nothing removed, the tests of all rounds that are asked pass. On
PostgreSQL only those run whose text is in use on that database alone.
"""

import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from django.conf import settings
from django.db import connection

from tests.soak import ground
from tests.soak.removals_doors import DOORS
from tests.soak.removals_exchange import EXCHANGE
from tests.soak.removals_files import FILES
from tests.soak.removals_holding import HOLDING
from tests.soak.removals_informant import INFORMANT
from tests.soak.removals_reach import REACH
from tests.soak.removals_readings import READINGS
from tests.soak.removals_retention import RETENTION
from tests.soak.removals_trail import TRAIL
from tests.soak.removing import GREEN, TAIL_CHARS, Protection, copied, missed, removed, run_tests

PROTECTIONS = (
    *TRAIL,
    *REACH,
    *INFORMANT,
    *DOORS,
    *FILES,
    *HOLDING,
    *RETENTION,
    *EXCHANGE,
    *READINGS,
)
AT_ONCE = 2  # copies that are edited beside each other

type Told = tuple[list[str], dict[str, object]]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], dict[str, object]]]:
    """Each round is one protection; the seed says which one a number is."""
    order = shuffled(on=connection.vendor, seed=seed)
    database = os.environ.get("BIHUAN_DATABASE", "")
    asked = [order[number - 1] for number in numbers]
    # Tests that start a PostgreSQL of their own let it run as its own user, who must get there.
    Path(settings.HOME).chmod(0o711)
    first = copied(Path(settings.HOME) / "0" / "copy")
    _refuse_red(asked, copy=first, database=database)
    # Tests on PostgreSQL would share one database, so there they come one after the other.
    copies = _copies(first, 1 if database else AT_ONCE)
    play = partial(_play, copies=copies, database=database)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number, (faults, figures) in zip(numbers, threads.map(play, asked), strict=True):
            yield number, faults, figures


def shuffled(*, on: str, seed: int) -> list[Protection]:
    """The protections of a database, in the order that the seed gives them."""
    found = [protection for protection in PROTECTIONS if on in protection.on]
    ground.drawn(seed, "protections", 0).shuffle(found)
    return found


def _refuse_red(asked: list[Protection], *, copy: Path, database: str) -> None:
    named = dict.fromkeys(test for protection in asked for test in protection.named)
    code, said = run_tests(named, copy=copy, database=database)
    if code != GREEN:
        raise RuntimeError(f"the tests fail with nothing removed: {said[-TAIL_CHARS:]}")


def _copies(first: Path, count: int) -> SimpleQueue[Path]:
    """The first copy and others like it, with what was compiled in it, each in its own folder."""
    copies: SimpleQueue[Path] = SimpleQueue()
    copies.put(first)
    for number in range(1, count):
        copies.put(Path(shutil.copytree(first, Path(settings.HOME) / str(number) / "copy")))
    return copies


def _play(protection: Protection, *, copies: SimpleQueue[Path], database: str) -> Told:
    copy = copies.get()
    began = time.monotonic()
    try:
        with removed(protection, copy=copy):
            fault = missed(protection, copy=copy, database=database)
    finally:
        copies.put(copy)
    took = round(time.monotonic() - began, 1)
    return [fault] if fault else [], {"removed": protection.key, "seconds": took}
