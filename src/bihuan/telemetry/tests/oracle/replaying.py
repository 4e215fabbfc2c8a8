"""The replay of a folder, by the oracle (T18)."""

from pathlib import Path

from bihuan.telemetry.tests.oracle.files import t18_read
from bihuan.telemetry.tests.oracle.meaning import (
    t3_waiting,
    t5_last,
    t8_definitions,
    t11_spans,
    t13_row,
    t14_rows,
    t15_rows,
    t16_rows,
    t17_newest,
)
from bihuan.telemetry.tests.oracle.words import (
    HEAD,
    KINDS,
    MACHINES,
    Answer,
    Definition,
    Reading,
    t18_csv,
)


def judge(folder: Path, *, only: tuple[str, ...] = KINDS) -> Answer:
    """Both files and the last line of a replay of the folder."""
    found = t18_read(folder)
    points, definitions = t5_last(found.readings), t8_definitions(found.definitions)
    waiting = t3_waiting(points, set(definitions))
    newest = t17_newest(points)
    rows = {
        (point[:12], point, *row)
        for point, held in points.items()
        if point in definitions
        for row in t18_rows(held, definitions[point], newest.get(point[:12]))
        if row[0] in only
    }
    ordered = sorted(rows, key=lambda row: [cell.encode() for cell in row])
    listed = [*found.rejected, *((one.path, one.record, "no_definition") for one in waiting)]
    listed.sort(key=lambda one: (one[0].encode(), -1 if one[1] is None else one[1]))
    readings = sum(map(len, points.values())) - len(waiting)
    counts = {
        "files": found.files,
        "rejected_files": found.rejected_files,
        "records": found.records,
        "readings": readings,
        "duplicates": len(found.readings) - readings - len(waiting),
        "waiting": len(waiting),
        "rejected_records": found.rejected_records,
        "episodes": len(rows),
    }
    return Answer(
        episodes=t18_csv(HEAD, [list(row) for row in ordered]),
        rejected=t18_csv(
            ["path", "record", "reason"],
            [[path, "" if at is None else str(at), why] for path, at, why in listed],
        ),
        summary=" ".join(f"{key}={count}" for key, count in counts.items()),
    )


def t18_rows(readings: list[Reading], definitions: list[Definition], newest: int | None) -> list:
    """All episodes of one defined point."""
    limits = [
        t13_row(readings, machine, span)
        for machine in MACHINES
        for span in t11_spans(readings, definitions, machine)
    ]
    return [
        *limits,
        *t14_rows(readings, newest),
        *t15_rows(readings, definitions),
        *t16_rows(readings),
    ]
