"""What readings mean, by the oracle (T3, T5 to T16)."""

from collections import defaultdict
from itertools import pairwise

from bihuan.telemetry.tests.oracle.files import t4_number
from bihuan.telemetry.tests.oracle.words import (
    AHEAD_S,
    DAY,
    DISTINCT,
    FROZEN_S,
    PERIOD_S,
    WINDOW,
    Definition,
    Key,
    Reading,
    t18_row,
)

NOT_SET = -0.01


def t3_waiting(points: dict[str, list[Reading]], defined: set[str]) -> list[Reading]:
    """The readings of points that no CDDY defines."""
    return [one for point, held in points.items() if point not in defined for one in held]


def t5_last(readings: list[tuple[Key, Reading]]) -> dict[str, list[Reading]]:
    """The reading of each point and time, by point, in order of time."""
    last: dict[tuple[str, int], Reading] = {}
    for _key, one in sorted(readings, key=lambda pair: pair[0]):
        last[one.point, one.time] = one
    points: dict[str, list[Reading]] = defaultdict(list)
    for (point, _time), one in sorted(last.items()):
        points[point].append(one)
    return points


def t6_counts(reading: Reading) -> bool:
    """Whether a reading is judged by value."""
    return reading.value is not None and reading.status & 240 == 0


def t8_definitions(records: list[tuple[Key, str, Definition]]) -> dict[str, list[Definition]]:
    """By point and moment, the last record of each moment alone."""
    last: dict[tuple[str, int], Definition] = {}
    for _key, point, one in sorted(records, key=lambda found: found[0]):
        last[point, one.moment] = one
    points: dict[str, list[Definition]] = defaultdict(list)
    for (point, _moment), one in sorted(last.items(), key=lambda pair: pair[0]):
        points[point].append(one)
    return points


def t8_in_force(definitions: list[Definition], time: int) -> Definition:
    """The newest that is not after the time, else the first."""
    return [one for one in definitions if one.moment <= time or one is definitions[0]][-1]


def t9_is_analogue(definition: Definition) -> bool:
    """Whether limits exist at all."""
    return definition.fields[4] == "MN"


def t9_set(definition: Definition, place: int) -> float | None:
    """A limit, None where it is not set."""
    number = t4_number(definition.fields[place])
    low = t4_number(definition.fields[7])
    return None if number in (NOT_SET, low) else number


def t9_limits(definition: Definition, machine: tuple[str, str, int, int]) -> tuple[float, float]:
    """On and off of a machine, nan where there is no limit."""
    kind, _level, on_place, off_place = machine
    on = t9_set(definition, on_place) if t9_is_analogue(definition) else None
    if on is None:
        return float("nan"), float("nan")
    off = t9_set(definition, off_place)
    if off is None or (off > on if kind == "upper_limit" else off < on):
        off = on
    return on, off


def t11_spans(
    readings: list[Reading],
    definitions: list[Definition],
    machine: tuple[str, str, int, int],
) -> list[tuple[int, int | None]]:
    """Start and end of the episodes of one machine of one point."""
    changes = [(one.moment, 0, one) for one in definitions[1:]]
    counted = [(one.time, 1, one) for one in readings if t6_counts(one)]
    spans: list[tuple[int, int | None]] = []
    start = None
    for time, _rank, event in sorted([*changes, *counted], key=lambda found: found[:2]):
        on, off = t9_limits(t8_in_force(definitions, time), machine)
        if isinstance(event, Definition):
            if start is not None and on != on:
                spans.append((start, time))
                start = None
            continue
        value = event.value or 0.0
        begins = value >= on if machine[0] == "upper_limit" else value <= on
        ends = value < off if machine[0] == "upper_limit" else value > off
        if start is None and begins:
            start = time
        elif start is not None and ends:
            spans.append((start, time))
            start = None
    return [*spans, (start, None)] if start is not None else spans


def t13_row(
    readings: list[Reading], machine: tuple[str, str, int, int], span: tuple[int, int | None]
) -> list[str]:
    """The row of an episode with its peak."""
    kind, level, *_places = machine
    start, end = span
    held = [
        one
        for one in readings
        if t6_counts(one) and start <= one.time and (end is None or one.time < end)
    ]
    values = [one.value or 0.0 for one in held]
    peak = max(values) if kind == "upper_limit" else min(values)
    peak_at = held[values.index(peak)].time
    return t18_row(kind, level, span, peak=peak, peak_at=peak_at, held=held)


def t14_gap_s() -> int:
    """The longest silence that is none."""
    return max(90, 3 * PERIOD_S)


def t14_rows(readings: list[Reading], newest: int | None) -> list[list[str]]:
    """The gaps of one point; the last one is open."""
    times = [one.time for one in readings]
    gaps: list[tuple[int, int | None]] = [(a, b) for a, b in pairwise(times) if b - a > t14_gap_s()]
    if newest is not None and newest - times[-1] > t14_gap_s():
        gaps.append((times[-1], None))
    return [t18_row("disconnected", "", gap, peak=None, peak_at=None, held=[]) for gap in gaps]


def t15_is_off(definition: Definition, value: float) -> bool:
    """Whether a definition lets this value stand still."""
    return not t9_is_analogue(definition) or value == t4_number(definition.fields[7])


def t15_runs(readings: list[Reading], definitions: list[Definition]) -> list[list[Reading]]:
    """The maximal runs of one value."""
    runs: list[list[Reading]] = []
    run: list[Reading] = []
    before: Reading | None = None
    for one in readings:
        if before is not None and run:
            between = [d for d in definitions[1:] if before.time < d.moment <= one.time]
            is_gap = one.time - before.time > t14_gap_s()
            if is_gap or any(t15_is_off(d, run[0].value or 0.0) for d in between):
                runs.append(run)
                run = []
        before = one
        if not t6_counts(one):
            continue
        if run and one.value != run[0].value:
            runs.append(run)
            run = []
        if not t15_is_off(t8_in_force(definitions, one.time), one.value or 0.0):
            run = [*run, one]
    return [one for one in [*runs, run] if one]


def t15_rows(readings: list[Reading], definitions: list[Definition]) -> list[list[str]]:
    """The runs that last too long."""
    newest = max((one.time for one in readings if t6_counts(one)), default=None)
    return [
        t18_row(
            "frozen",
            "",
            (run[0].time, None if run[-1].time == newest else run[-1].time),
            peak=run[0].value,
            peak_at=run[0].time,
            held=run,
        )
        for run in t15_runs(readings, definitions)
        if run[-1].time - run[0].time >= FROZEN_S
    ]


def t16_matches(counted: list[Reading]) -> list[int]:
    """Where the windows begin that repeat an earlier one."""
    values = [one.value for one in counted]
    times = [one.time for one in counted]
    steps = [b - a for a, b in pairwise(times)]
    found = []
    for i in range(len(counted) - WINDOW + 1):
        if len(set(values[i : i + WINDOW])) < DISTINCT:
            continue
        for j in range(i - WINDOW + 1):
            if (
                times[i] - times[j] <= 7 * DAY
                and values[j : j + WINDOW] == values[i : i + WINDOW]
                and steps[j : j + WINDOW - 1] == steps[i : i + WINDOW - 1]
            ):
                found.append(i)
                break
    return found


def t16_rows(readings: list[Reading]) -> list[list[str]]:
    """The unions of matches that share readings."""
    counted = [one for one in readings if t6_counts(one)]
    unions: list[list[int]] = []
    for i in t16_matches(counted):
        if unions and i <= unions[-1][1]:
            unions[-1][1] = i + WINDOW - 1
        else:
            unions.append([i, i + WINDOW - 1])
    rows = []
    for first, last in unions:
        held = counted[first : last + 1]
        span = (held[0].time, held[-1].time)
        rows.append(t18_row("replayed", "", span, peak=None, peak_at=None, held=held))
    return rows


def t17_newest(points: dict[str, list[Reading]]) -> dict[str, int]:
    """The newest reading of each mine; those far ahead of their file don't move it."""
    newest: dict[str, int] = {}
    for held in points.values():
        for one in held:
            if one.time <= one.moment + AHEAD_S:
                mine = one.point[:12]
                newest[mine] = max(newest.get(mine, one.time), one.time)
    return newest
