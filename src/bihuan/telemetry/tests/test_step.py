"""`step` doesn't care where batches are cut, and leaves what it was given alone."""

import random

import numpy as np
import pytest

from bihuan.telemetry.definitions import InForce, definition_of, in_force
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.episodes import Episode
from bihuan.telemetry.limits import Open, nothing_open, step
from bihuan.telemetry.series import Series
from bihuan.telemetry.tests.inboxes import definition

pytestmark = pytest.mark.once
POINTS = [f"62082300920301MN0001{n:08}" for n in range(4)]
END = 400


def drawn(seed: int) -> tuple[list[tuple[int, int, float, int]], InForce]:
    """Rows (point, time, value, status) in order, and definitions that come and go."""
    rnd = random.Random(seed)  # noqa: S311
    defined = {}
    for point in POINTS:
        moments = sorted(rnd.sample(range(END + 50), rnd.randint(1, 4)))
        defined[point] = {
            moment: definition_of(
                definition(
                    point,
                    upper=rnd.choice(("1.0", "1.5", "")),
                    upper_off=rnd.choice(("0.5", "")),
                    lower=rnd.choice(("0.3", "")),
                    cut=rnd.choice(("1.5", "")),
                ).split(";"),
                dialect=dialect(),
            )
            for moment in moments
        }
    rows = [
        (point, time, rnd.randint(1, 20) / 10, rnd.choice((0, 0, 4)))
        for point in range(len(POINTS))
        for time in sorted(rnd.sample(range(END), rnd.randint(0, 80)))
    ]
    return rows, in_force(POINTS, defined)


def series(rows: list[tuple[int, int, float, int]], definitions: InForce) -> Series:
    point = np.array([row[0] for row in rows], np.int32)
    time = np.array([row[1] for row in rows], np.int64)
    held = [
        int(definitions.first[p])
        + int(np.searchsorted(definitions.since[slice(*definitions.first[p : p + 2])], t, "right"))
        - 1
        for p, t in zip(point, time, strict=True)
    ]
    return Series(
        first=np.searchsorted(point, np.arange(len(POINTS) + 1)),
        point=point,
        time=time,
        value=np.array([row[2] for row in rows], np.float64),
        status=np.array([row[3] for row in rows], np.int16),
        definition=np.array(held, np.int64),
    )


def everything(ended: list[Episode], still_open: Open) -> list[Episode]:
    return sorted([*ended, *still_open.episodes()], key=str)


@pytest.mark.parametrize("seed", range(30))
def test_cuts_change_nothing(seed: int) -> None:
    rows, definitions = drawn(seed)
    ended, still_open = step(nothing_open(len(POINTS)), series(rows, definitions), definitions)
    whole = everything(ended, still_open)
    rnd = random.Random(seed)  # noqa: S311
    cuts = [*sorted(rnd.sample(range(END), rnd.randint(1, 6))), None]
    state, found, after = nothing_open(len(POINTS)), [], None
    for until in cuts:
        part = [
            row
            for row in rows
            if (after is None or row[1] > after) and (until is None or row[1] <= until)
        ]
        kept = state.copy()
        ended, after_step = step(
            state, series(part, definitions), definitions, after=after, until=until
        )
        assert all(np.array_equal(getattr(state, n), getattr(kept, n)) for n in Open.__slots__)
        found, state, after = [*found, *ended], after_step, until
    assert everything(found, state) == whole
    assert whole or not rows
