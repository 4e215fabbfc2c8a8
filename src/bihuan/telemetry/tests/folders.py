"""Folders of files with every trouble that the meaning names, drawn from a seed."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from bihuan.telemetry.notation import moment_of, stamp_of

START = moment_of("20260301000000") or 0
MINES = ("620823009203", "140781000001", "999999000001")
LIMITS = (
    "1.0",
    "1.5",
    "0.8",
    "2.0",
    "-0.01",
    "",
    "0",
    "-9999",
    "1.00",
    "x",
    "1e0",
    "-0.010",
    "0.5",
)
NUMBERS = (
    *("1.", ".5", "+1.0", "1e0", "10E-1", "-0.0", "-0", "1e-400", "0.1e1", "123456789012345678"),
    *(
        "nan",
        "inf",
        "1_0",
        "１.0",
        "",
        "-9999",
        "-9999.0",
        "-9.999e3",
        "1e400",
        "1e0001",
        "--1",
        "1 0",
    ),
    *(
        "0x1",
        "-",
        ".",
        "e5",
        "1.2.3",
        "-0.01",
        "1.7976931348623157e308",
        "3.14159265358979",
        "+.5e+0",
    ),
)
STATES = ("0", "1", "2", "4", "8", "12", "16", "32", "64", "128", "132", "255", "007", "0004")
MOMENTS = (0, 0, 0, 0, 5, 5, 60, 60, 600, 600, -600, -601, -86_400, -86_430)
BAD_STATES = ("256", "-1", "", "1.0", "+1", "１", "9" * 5000, "a", "0x1", "1 2")
BAD_TIMES = (
    *("2026-02-30 00:00:00", "2026-03-01T00:00:00", "2026-3-1 0:00:00", "", "2026-03-01 24:00:00"),
    *("２026-03-01 00:00:00", "2026-03-01 00:00:60", "0000-01-01 00:00:00", "20260301000000"),
    *(
        "2026-03-01  00:00:0",
        "2026-03-01 00:00:00.0",
        "2026/03/01 00:00:00",
        "2026-03-01\t00:00:00",
    ),
)
MARKS = b';~|\r\n \x00-+e.0"\xef\xbb\xbf'
BLANKS = (" ", "\r\n", "\n", "  \r", "\t", "\u3000", "\ufeff", "\x0b")


class Rough(random.Random):
    """Chance with a measure of how much goes wrong with records, from 0 to 1."""

    roughness = 1.0

    def fails(self, share: float) -> bool:
        """Whether something goes wrong that does so in this share of the roughest folders."""
        return self.random() < share * self.roughness


@dataclass
class Drawn:
    """A file that will be written."""

    mine: str
    kind: str
    moment: int
    records: list[str] = field(default_factory=list)
    tail: str = ""


def draw(folder: Path, seed: int) -> None:
    """Write a folder; the same seed writes the same bytes."""
    rnd = Rough(seed)
    for mine in rnd.sample(MINES, rnd.choice((1, 1, 2, 3))):
        rnd.roughness = rnd.choice((0.0, 0.0, 0.2, 1.0))
        for one in _mine(rnd, mine):
            _write(rnd, folder, one)
    if rnd.random() < 0.3:
        (
            folder / rnd.choice(("读我.txt", "x.tmp", f"{MINES[0]}_CDSS_20261301000000.txt"))
        ).write_text("?")


def mutate(folder: Path, seed: int) -> int:
    """Change bytes of the files at random, and tell how many files there are."""
    rnd = Rough(seed)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in paths:
        data = bytearray(path.read_bytes())
        for _n in range(rnd.choice((0, 1, 1, 2, 5)) if data else 0):
            data = _mutated(rnd, data) or data
        path.write_bytes(data)
    return len(paths)


def _mutated(rnd: Rough, data: bytearray) -> bytearray:
    """One byte changed, some left out, put in or doubled, or the rest cut off."""
    at, way = rnd.randrange(len(data)), rnd.random()
    if way < 0.3:
        return data[:at] + bytes([rnd.randrange(256)]) + data[at + 1 :]
    if way < 0.5:
        return data[:at] + bytes([rnd.choice(MARKS)]) + data[at + 1 :]
    if way < 0.65:
        return data[:at] + data[at + rnd.choice((1, 1, 5, 200)) :]
    if way < 0.8:
        return data[:at] + bytes([rnd.choice(MARKS)]) * rnd.choice((1, 1, 2, 3)) + data[at:]
    if way < 0.9:
        begin = rnd.randrange(len(data))
        return data[:at] + data[begin : begin + rnd.choice((5, 60, 300))] + data[at:]
    return data[:at]


def _mine(rnd: Rough, mine: str) -> list[Drawn]:
    points = [_code(rnd, mine, number) for number in range(rnd.randint(1, 3))]
    files = _definitions(rnd, mine, points)
    readings = [one for point in points for one in _readings(rnd, point)]
    if rnd.fails(0.5):
        readings += [
            (time + rnd.choice((0, 0, 30)), _record(rnd, point, "1.2", time))
            for time, record in rnd.sample(readings, len(readings) // 10)
            for point in [record.split(";")[0]]
        ]
    files += _files(rnd, mine, readings)
    files += [_other(rnd, mine) for _n in range(rnd.choice((0, 0, 1, 2)))]
    return files


def _code(rnd: Rough, mine: str, number: int) -> str:
    kind, sensor = rnd.choice((("MN", "0001"), ("MN", "0043"), ("MN", "0004"), ("KG", "1001")))
    tail = rnd.choice(("0000000", "0000000", 'A,000"0', "东翼00000", "a b 0\n0"))
    return f"{mine}01{kind}{sensor}{tail}{number}"


def _definitions(rnd: Rough, mine: str, points: list[str]) -> list[Drawn]:
    files = []
    known = [point for point in points if rnd.random() < 0.9]
    for _n in range(rnd.choice((1, 1, 2, 3, 4))):
        moment = (
            START
            + rnd.choice((-3600, 0, 0, 600, 1800, 3600, 7200, 30_000))
            + rnd.choice((0, 0, 30, 7))
        )
        one = Drawn(mine, "CDDY", moment)
        for point in known:
            if rnd.random() < 0.9:
                one.records.append(_definition(rnd, point, moment))
            if rnd.random() < 0.1:
                one.records.append(_definition(rnd, point, moment))
        files.append(one)
        if rnd.random() < 0.2:
            again = Drawn(
                mine, "CDDY", moment, [_definition(rnd, point, moment) for point in known]
            )
            again.tail = rnd.choice(("", "1", "000001"))
            files.append(again)
    return files


def _definition(rnd: Rough, point: str, moment: int) -> str:
    kind = point[14:16] if rnd.random() < 0.93 else rnd.choice(("MN", "KG", "mn", " MN ", ""))
    low = rnd.choice(("0", "0", "0", "", "1.0", "0.5", "-0.0", "x"))
    ons = [rnd.choice(LIMITS) if rnd.random() < 0.8 else "1.0" for _n in range(8)]
    if rnd.random() < 0.6:
        ons[:4] = rnd.choice(
            (["1.0", "0.8", "0.2", "0.3"], ["1.0", "1.0", "0.3", "0.2"], ["1.5", "2.0", "", ""])
        )
    at = stamp_of(moment + rnd.choice((*(0,) * 9, -50, 86_400, 86_401)))
    fields = [point, "01", point[:12] + "00001", point[16:20], kind, "%CH4", "4", low, *ons]
    fields += ["", "", rnd.choice(("东翼回风巷", "a,b")), "", "", "", "", at]
    return _spoilt(rnd, fields, 23)


def _readings(rnd: Rough, point: str) -> list[tuple[int, str]]:
    """(time, record) of one point: noise near the limits, standstills, copies, gaps."""
    values: list[tuple[int, str, str]] = []
    time, value = START + rnd.choice((0, 0, 15, 3600)), rnd.randint(3, 12)
    spacing = rnd.choice((45, 60, 90, 90))
    for _n in range(rnd.randint(1, 5)):
        shape = rnd.random()
        if shape < 0.4 and len(values) > 45:
            begin = rnd.randrange(len(values) - 44)
            copied = values[begin : begin + rnd.randint(38, 80)]
            moved = time - copied[0][0]
            values += [(at + moved, text, state) for at, text, state in copied]
        elif shape < 0.6:
            text = rnd.choice(("0.7", "0.70", "0", "1.0", "0.5"))
            length = 7200 // spacing + rnd.choice((-50, 0, 1, 1, 2, 9))
            values += [
                (time + n * spacing, text if rnd.random() < 0.97 else "nan", _state(rnd, 0.03))
                for n in range(length)
            ]
        else:
            for n in range(rnd.randint(1, 60)):
                value = min(max(value + rnd.choice((-2, -1, 0, 0, 1, 2)), 0), 22)
                values.append((time + n * spacing, _number(rnd, value), _state(rnd, 0.15)))
        time = values[-1][0] + rnd.choice((spacing, spacing, 30, 90, 91, 120, 4000))
    return [(at, _record(rnd, point, text, at, state)) for at, text, state in values]


def _number(rnd: Rough, tenths: int) -> str:
    if rnd.random() < 0.06:
        return rnd.choice(NUMBERS)
    return rnd.choice((f"{tenths / 10:.2f}", f"{tenths / 10}", f"{tenths / 10:.1f}0"))


def _state(rnd: Rough, share: float) -> str:
    return rnd.choice(STATES) if rnd.random() < share else "0"


def _record(rnd: Rough, point: str, value: str, time: int, state: str = "0") -> str:
    unit = "%CH4" if rnd.random() < 0.95 else rnd.choice(("%", "ppm", ""))
    fields = [point, "环境瓦斯", "东翼回风巷", value, unit, state, stamp_of(time)]
    return _spoilt(rnd, fields, 6)


def _spoilt(rnd: Rough, fields: list[str], time_place: int) -> str:
    """One record in fifty has something wrong with it, some only look so."""
    fields = list(fields)
    trouble = rnd.random() if rnd.random() < rnd.roughness else 1
    if trouble < 0.004:
        del fields[rnd.randrange(len(fields))]
    elif trouble < 0.008:
        fields.insert(rnd.randrange(len(fields) + 1), "")
    elif trouble < 0.010:
        return rnd.choice(("", " ", "\r\n"))
    elif trouble < 0.014:
        fields[time_place] = rnd.choice(BAD_TIMES)
    elif trouble < 0.018 and time_place == 6:
        fields[5] = rnd.choice(BAD_STATES)
    elif trouble < 0.022:
        code = fields[0]
        fields[0] = rnd.choice((code[:-1], code + "0", "1" + code[1:], MINES[1] + code[12:], ""))
    elif trouble < 0.035:
        place = rnd.randrange(len(fields))
        fields[place] = rnd.choice(
            (rnd.choice(BLANKS) + fields[place], fields[place] + rnd.choice(BLANKS))
        )
    return ";".join(fields)


def _files(rnd: Rough, mine: str, readings: list[tuple[int, str]]) -> list[Drawn]:
    """Readings cut into files by time; some come late, early, twice or with another value."""
    files: list[Drawn] = []
    readings = sorted(readings)
    size = rnd.choice((5, 40, 40, 300))
    for begin in range(0, len(readings), size):
        held = readings[begin : begin + size]
        moment = held[-1][0] + rnd.choice(MOMENTS)
        one = Drawn(mine, "CDSS", moment, [record for _time, record in held])
        if rnd.random() < 0.2:
            rnd.shuffle(one.records)
        if rnd.random() < 0.2:
            one.tail = rnd.choice(("0", "123", "000000", "1234567"))
        if files and rnd.random() < 0.3 + rnd.roughness:
            late = rnd.sample(one.records, len(one.records) // 4)
            other = rnd.choice(files)
            other.records += [_changed(rnd, record) for record in late]
        if rnd.random() < 0.2:
            one.records += [_changed(rnd, rnd.choice(one.records)) for _n in range(3)]
        files.append(one)
    return files


def _changed(rnd: Rough, record: str) -> str:
    fields = record.split(";")
    if len(fields) == 7 and rnd.fails(0.6):
        fields[3] = _number(rnd, rnd.randint(0, 20))
    if len(fields) == 7 and rnd.fails(0.1):
        fields[5] = _state(rnd, 1)
    return ";".join(fields)


def _other(rnd: Rough, mine: str) -> Drawn:
    kind = rnd.choice(("TJSJ", "YCBJ", "RYSS", "KGBH", "ZZ9"))
    return Drawn(mine, kind, START, ["a;b;c"] * rnd.randint(0, 2))


def _write(rnd: Rough, folder: Path, one: Drawn) -> None:
    text = f"{one.mine};青石岭煤矿;{stamp_of(one.moment)}"
    text = (
        text.replace(one.mine, rnd.choice((f" {one.mine}\r\n", "1" * 12)))
        if rnd.fails(0.03)
        else text
    )
    between = rnd.choice(("~", "~", "~", "~\n", "~\r\n"))
    text += between + between.join(one.records)
    text += rnd.choice(("~||", "~||", "~||", "||", "~\r\n||", "~||\r\n", "~|| ", " ||"))
    if rnd.fails(0.04):
        text += rnd.choice(("x", "||", "\t", "|"))
    elif rnd.fails(0.04):
        text = text[: rnd.randrange(len(text))]
    data = _encoded(rnd, text)
    digits = stamp_of(one.moment).translate({ord(mark): None for mark in "- :"})
    name = f"{one.mine}_{one.kind}_{digits}{one.tail}.txt"
    if rnd.fails(0.03):
        name = rnd.choice(
            (name.lower(), name.replace(".txt", ".TXT"), f" {name}", name[:-8] + ".txt")
        )
    for within in rnd.sample(("", "a", "a/b", "0", "a!"), rnd.choice((1, 1, 1, 1, 2))):
        target = folder / within / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _encoded(rnd: Rough, text: str) -> bytes:
    trouble = rnd.random()
    if trouble > 0.2 and not rnd.roughness:
        return text.encode()
    if trouble < 0.1:
        return text.encode("gb18030")
    data = text.encode()
    if trouble < 0.2:
        data = b"\xef\xbb\xbf" + data
    elif trouble < 0.22:
        data = b"\xef\xbb\xbf" * 2 + data
    elif trouble < 0.25:
        at = rnd.randrange(len(data) + 1)
        data = data[:at] + rnd.choice((b"\xff", b"\x80", b"\xed\xa0\x80", b"\x00")) + data[at:]
    elif trouble < 0.27:
        data = data[: rnd.randrange(len(data))] + b"||"
    return data
