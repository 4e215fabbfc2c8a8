"""Every protection is taken out of a scratch copy once, and the tests named for it turn red.

The control comes first: with nothing removed, the tests of all rounds that are asked pass. On
PostgreSQL only those run whose text is in use on that database alone.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.soak import ground
from tests.soak.removals_doors import DOORS
from tests.soak.removals_files import FILES
from tests.soak.removals_informant import INFORMANT
from tests.soak.removals_reach import REACH
from tests.soak.removals_trail import TRAIL
from tests.soak.removing import GREEN, TAIL_CHARS, Protection, copied, missed, removed, run_tests

PROTECTIONS = (*TRAIL, *REACH, *INFORMANT, *DOORS, *FILES)


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], dict[str, object]]]:
    """Each round is one protection; the seed says which one a number is."""
    order = shuffled(on=connection.vendor, seed=seed)
    database = os.environ.get("BIHUAN_DATABASE", "")
    copy = copied(Path(settings.HOME) / "copy")
    asked = [order[number - 1] for number in numbers]
    _refuse_red(asked, copy=copy, database=database)
    for number, protection in zip(numbers, asked, strict=True):
        began = time.monotonic()
        with removed(protection, copy=copy):
            fault = missed(protection, copy=copy, database=database)
        took = round(time.monotonic() - began, 1)
        yield number, [fault] if fault else [], {"removed": protection.key, "seconds": took}


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
