"""What readings contradict, by the oracle (T6, T7)."""

import tomllib
import unicodedata
from collections import Counter
from pathlib import Path

from bihuan.telemetry.dialect import FOLDER
from bihuan.telemetry.tests.oracle.files import t18_read
from bihuan.telemetry.tests.oracle.meaning import t5_last, t8_definitions, t8_in_force, t9_limits
from bihuan.telemetry.tests.oracle.words import MACHINES, Definition, Reading, t18_time

# The words are shared: which writings of a unit are one, and what percent alone means where.
TOLD = tomllib.loads((FOLDER / "mt1201.toml").read_text("utf-8"))
WRITINGS, BARE = TOLD["units"], TOLD["bare_units"]


def t6_findings(one: Reading, definition: Definition) -> list[str]:
    """In what ways the status of a reading and its value contradict each other."""
    if one.status & 240:
        return []
    found = ["no_number"] if one.value is None else []
    for level, bit in (("alarm", 1), ("power_off", 2)):
        limits = [(m[0], *t9_limits(definition, m)) for m in MACHINES if m[1] == level]
        limits = [limit for limit in limits if limit[1] == limit[1]]
        if one.value is None or not limits:
            continue
        reached = any(
            one.value >= on if kind == "upper_limit" else one.value <= on
            for kind, on, _off in limits
        )
        held = any(
            one.value >= off if kind == "upper_limit" else one.value <= off
            for kind, _on, off in limits
        )
        if reached and not one.status & bit and not one.status & 4:
            found.append(f"{level}_unsaid")
        if one.status & bit and not held:
            found.append(f"{level}_unfounded")
    return found


def t7_unit(text: str, sensor_type: str = "") -> str:
    """The one writing of a unit, at a sensor of that type."""
    plain = unicodedata.normalize("NFKC", text)
    if sensor_type in BARE.get(plain, {}):
        return BARE[plain][sensor_type]
    for one, others in WRITINGS.items():
        if plain in [unicodedata.normalize("NFKC", other) for other in (one, *others)]:
            return unicodedata.normalize("NFKC", one)
    return plain


def quality(folder: Path) -> list[list[str]]:
    """Rows of `quality.csv` without its head."""
    found = t18_read(folder)
    definitions = t8_definitions(found.definitions)
    counts: Counter[tuple[str, ...]] = Counter()
    for point, held in t5_last(found.readings).items():
        for one in held if point in definitions else []:
            definition = t8_in_force(definitions[point], one.time)
            begin = (point[:12], point, t18_time(one.time)[:10])
            for name in t6_findings(one, definition):
                counts[*begin, name, "", ""] += 1
            sensor_type, told = definition.fields[3], definition.fields[5]
            defined = t7_unit(told, sensor_type)
            if t7_unit(one.unit, sensor_type) != defined:
                counts[*begin, "other_unit", t7_unit(one.unit), defined] += 1
    return sorted([*row, str(count)] for row, count in counts.items())
