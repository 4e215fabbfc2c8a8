"""What a mine said against what is seen, by the oracle (T24)."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

from bihuan.telemetry.tests.oracle.files import (
    BLANKS,
    t1_key,
    t1_moment,
    t2_pieces,
    t4_number,
    t17_time,
    t18_read,
)
from bihuan.telemetry.tests.oracle.meaning import t5_last, t6_counts, t8_definitions, t11_spans
from bihuan.telemetry.tests.oracle.words import (
    MACHINES,
    PERIOD_S,
    Definition,
    Reading,
    t18_number,
    t18_time,
)

WIDTH = {"TJSJ": 12, "YCBJ": 17}
LEVELS = {"001": "alarm", "002": "power_off"}
Span = tuple[int, int | None]
Record = tuple[str, list[str], str, int]  # kind, fields, path, number


def said(folder: Path) -> tuple[list[Record], set[str]]:
    """Records of statistics and abnormal states in order, and the mines that sent the latter."""
    found, senders = [], set()
    for file in folder.rglob("*"):
        parts = file.name.split("_")
        if not file.is_file() or t1_moment(file.name) is None or parts[1] not in WIDTH:
            continue
        pieces = t2_pieces(file.read_bytes(), parts[0])
        if isinstance(pieces, str):
            continue
        path = file.relative_to(folder).as_posix()
        senders |= {parts[0]} if parts[1] == "YCBJ" else set()
        for number, piece in enumerate(pieces):
            fields = [one.strip(BLANKS) for one in piece.split(";")]
            if len(fields) == WIDTH[parts[1]]:
                found.append((t1_key(file.name, path, number), (parts[1], fields, path, number)))
    return [record for _key, record in sorted(found)], senders


def compare(folder: Path) -> list[list[str]]:
    """Rows of `compare.csv`; the mean that is seen is left out."""
    found = t18_read(folder)
    definitions = t8_definitions(found.definitions)
    points = {p: held for p, held in t5_last(found.readings).items() if p in definitions}
    records, senders = said(folder)
    rows: list[list[str]] = []
    last: dict[tuple[str, str, int], tuple[Record, Span]] = {}
    for record in records:
        kind, fields, path, _number = record
        if kind == "YCBJ" and fields[4] not in LEVELS:
            continue
        begin_text, end_text = (fields[4], fields[5]) if kind == "TJSJ" else fields[5:7]
        begin, end = t17_time(begin_text), t17_time(end_text or fields[-1])
        if begin is None or end is None or end < begin:
            rows.append(row(record, "unreadable"))
        elif fields[0] not in points or fields[0][:12] != path.rpartition("/")[2][:12]:
            rows.append(row(record, "no_definition"))
        elif kind == "TJSJ":
            rows += figures(record, (begin, end), points[fields[0]])
        else:
            last.pop((fields[0], fields[4], begin), None)
            last[fields[0], fields[4], begin] = (record, (begin, end))
    seen = [one for point, held in points.items() for one in spans(point, held, definitions[point])]
    return sorted([*rows, *alarms(list(last.values()), seen, senders)])


def spans(point: str, held: list[Reading], definitions: list[Definition]) -> list:
    """Point, level and span of each episode."""
    return [
        (point, machine[1], span)
        for machine in MACHINES
        for span in t11_spans(held, definitions, machine)
    ]


def figures(record: Record, span: tuple[int, int], held: list[Reading]) -> list[list[str]]:
    """The figures of statistics that differ."""
    told = [record[1][place] for place in (6, 8, 10)]
    within = [one for one in held if t6_counts(one) and span[0] <= one.time <= span[1]]
    values = [Fraction(one.value or 0.0) for one in within]
    if not values:
        is_told = any(t4_number(text) is not None for text in told)
        return [row(record, "no_readings", span)] if is_told else []
    ours = (max(values), min(values), sum(values) / len(values))
    rows = []
    for name, text, seen in zip(("highest", "lowest", "mean"), told, ours, strict=True):
        if t4_number(text) is None:
            continue
        mantissa, _e, exponent = text.lower().partition("e")
        places = int(exponent or 0) - len(mantissa.partition(".")[2])
        unit = Fraction(10) ** places + Fraction(1, 10**9) + abs(seen) / 10**12
        shown = "" if name == "mean" else t18_number(float(seen))
        if abs(Fraction(text) - Fraction(repr(float(seen)))) > unit:
            rows.append(row(record, name, span, told=text, seen=shown))
    return rows


def alarms(
    told: list[tuple[Record, Span]], seen: list[tuple[str, str, Span]], senders: set[str]
) -> list[list[str]]:
    """What was said and not seen, and what was seen and not said."""
    rows, silent = [], Counter[str]()
    for record, span in told:
        point, level = record[1][0], LEVELS[record[1][4]]
        if not any((p, le) == (point, level) and near(span, other) for p, le, other in seen):
            rows.append(row(record, "unseen", span))
    for point, level, span in seen:
        if point[:12] not in senders:
            silent[point[:12]] += 1
            continue
        mine_said = [s for r, s in told if (r[1][0], LEVELS[r[1][4]]) == (point, level)]
        if not any(near(span, other) for other in mine_said):
            begin, end = (t18_time(at) if at is not None else "" for at in span)
            rows.append([point[:12], point, "YCBJ", "unsaid", level, begin, end, "", "", "", ""])
    rows += [[m, "", "YCBJ", "never_said", *[""] * 4, str(n), "", ""] for m, n in silent.items()]
    return rows


def near(one: Span, other: Span) -> bool:
    """Whether two spans are at most a period apart."""
    return (one[1] is None or other[0] - one[1] <= PERIOD_S) and (
        other[1] is None or one[0] - other[1] <= PERIOD_S
    )


def row(
    record: Record, finding: str, span: Span | None = None, *, told: str = "", seen: str = ""
) -> list[str]:
    """All columns."""
    kind, fields, path, number = record
    times = ["", ""] if span is None else [t18_time(span[0]), t18_time(span[1] or 0)]
    state = fields[4] if kind == "YCBJ" else ""
    mine = path.rpartition("/")[2][:12]
    return [mine, fields[0], kind, finding, state, *times, told, seen, path, str(number)]
