"""Ten thousand spoilt files through the live door: taken exactly or refused for a reason.

Bytes changed, cut off, doubled, packed, of another encoding, endless, too large. Each file is
delivered once, what it says is what the slow oracle reads in it, the counts add up, and none stops
the others.
"""

import gzip
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bihuan.config.soak_suites import SUITES
from bihuan.telemetry.intake.aside import kept_aside
from bihuan.telemetry.intake.folder import WatchedFolder
from bihuan.telemetry.intake.ingesting import Ingest
from bihuan.telemetry.live.reading import LISTED_EACH
from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.live.tallies import FIELDS
from bihuan.telemetry.replay import replay
from bihuan.telemetry.store.store import Store
from bihuan.telemetry.tests.folders import MINES, draw, mutate
from bihuan.telemetry.tests.oracle.files import t18_read
from bihuan.telemetry.tests.oracle.meaning import t5_last
from bihuan.telemetry.tests.oracle.words import Folder
from tests.soak.readings import LIVE

FILES = SUITES["spoilt"].each
FILE_BYTES_MAX = 400_000
PORTIONS = 4  # each by a process of its own, as it were
Figures = dict[str, object]


def rounds(numbers: list[int], *, seed: int) -> Iterator[tuple[int, list[str], Figures]]:
    """Each round is a store and a hundred files; what became of them is told over all rounds."""
    seen: Counter[str] = Counter()
    for number in numbers:
        with tempfile.TemporaryDirectory(prefix="bihuan-spoilt-") as folder:
            draw_from = random.Random(seed * 1_000_003 + number)  # noqa: S311
            faults = _played(Path(folder), draw_from, seen)
        yield number, faults, dict(sorted(seen.items()))


def _played(folder: Path, draw_from: random.Random, seen: Counter[str]) -> list[str]:
    source, inbox, store = folder / "source", folder / "inbox", folder / "store"
    files = _written(source, draw_from)
    large = _made_large(files[-1], draw_from)
    draw_from.shuffle(files)
    for begin in range(PORTIONS):
        for path in files[begin::PORTIONS]:
            target = inbox / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)
        watched = WatchedFolder(
            inbox, taken=store / "taken", patience_s=0, file_bytes_max=FILE_BYTES_MAX
        )
        Ingest(folder=store, channels=[watched], say=_nothing).once()
    faults = [f"{path.name} was never taken" for path in inbox.rglob("*") if path.is_file()]
    kept = Store(store)
    try:
        refused = kept.ledger.rows.execute("SELECT path, record, fault FROM refused").fetchall()
        seen.update(f"refused: {fault}" for _path, _record, fault in refused)
        large.unlink()
        read = t18_read(source)
        faults += _deliveries(kept, refused, read, large.relative_to(source).as_posix())
        faults += _readings(kept, read, seen)
        if table_of(kept.episodes()) != replay(source, only=LIVE).episodes_csv().decode():
            faults.append("episodes differ from a replay")
    finally:
        kept.close()
    if count := kept_aside(store):
        faults.append(f"{count} files couldn't be read by the program")
    seen["files"] += len(files)
    return faults


def _nothing(_text: str) -> None:
    """Its last words are of no use here."""


def _deliveries(
    kept: Store, refused: list[tuple[bytes, int | None, str]], read: Folder, large: str
) -> Iterator[str]:
    """Each file came once, and what is refused is what the oracle refuses, for its reasons."""
    (count,) = kept.ledger.rows.execute("SELECT count(*) FROM delivery").fetchone()
    if count != read.files + 1:
        yield f"{count} deliveries of {read.files + 1} files"
    (counted,) = kept.ledger.rows.execute("SELECT sum(rejected) FROM delivery").fetchone()
    owed = {*_listed(read), (large, None, "size")}
    if counted != len(read.rejected) - read.rejected_files:
        yield f"{counted} rejected records, by the oracle {len(read.rejected)} and files"
    told = {(path.decode(errors="surrogateescape"), at, fault) for path, at, fault in refused}
    if len(told) != len(refused):
        yield "something is refused twice"
    if told != owed:
        yield f"refused otherwise than the oracle: {sorted(map(str, told ^ owed))[:3]}"


def _listed(read: Folder) -> Iterator[tuple[str, int | None, str]]:
    """Of a file's rejected records the first ones."""
    listed: Counter[str] = Counter()
    for path, record, fault in read.rejected:  # those of a file are in their order
        listed[path] += 1
        if listed[path] <= LISTED_EACH:
            yield path, record, fault


def _readings(kept: Store, read: Folder, seen: Counter[str]) -> Iterator[str]:
    """Each reading stands as the oracle reads it, and the counts of every mine and day add up."""
    points = t5_last(read.readings)
    owed = [
        (one.point, one.time, one.value, one.status) for held in points.values() for one in held
    ]
    columns = ("point", "time", "value", "status")
    told = kept.standing(list(points)).select(columns).rows() if points else []
    if sorted(map(str, told)) != sorted(map(str, owed)):
        differing = sorted({str(one) for one in told} ^ {str(one) for one in owed})
        yield f"readings differ from the oracle's: {differing[:3]}"
    tallies = [dict(zip(FIELDS, one[2:], strict=True)) for one in kept.ledger.tallies()]
    for one in tallies:
        parts = one["accepted"] + one["waiting"] + one["duplicate"] + one["rejected"]
        if parts != one["received"] or min(one.values()) < 0:
            yield f"counts don't add up: {one}"
    sums = {name: sum(one[name] for one in tallies) for name in FIELDS}
    if (sums["received"], sums["rejected"]) != (read.records, read.rejected_records):
        yield f"{sums} of {read.records} records, {read.rejected_records} rejected"
    if sums["accepted"] + sums["waiting"] != len(owed):
        yield f"{sums} of {len(owed)} readings that stand"
    seen["readings"] += len(owed)


def _written(source: Path, draw_from: random.Random) -> list[Path]:
    """So many files, each spoilt in its own way or not at all."""
    paths: list[Path] = []
    while len(paths) < FILES:
        folder = source / f"s{len(paths)}"
        folder.mkdir(parents=True)
        draw(folder, draw_from.randrange(1 << 30))
        if draw_from.random() < 0.6:
            mutate(folder, draw_from.randrange(1 << 30))
        paths += [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in paths[FILES:]:
        path.unlink()
    paths = paths[:FILES]
    for path in paths:
        if draw_from.random() < 0.4:
            way = draw_from.choice(_WAYS)
            path.write_bytes(way(path.read_bytes(), draw_from))
    return paths


def _made_large(path: Path, draw_from: random.Random) -> Path:
    """A byte more than is read."""
    size = FILE_BYTES_MAX + 1
    path.write_bytes(path.read_bytes()[:size].ljust(size, draw_from.choice((b"\0", b"~", b" "))))
    return path


def _cut(data: bytes, draw_from: random.Random) -> bytes:
    return data[: draw_from.randrange(len(data) + 1)]


def _cut_and_ended(data: bytes, draw_from: random.Random) -> bytes:
    return _cut(data, draw_from) + b"~||"


def _without_beginning(data: bytes, draw_from: random.Random) -> bytes:
    return data[draw_from.randrange(len(data) + 1) :]


def _zipped(data: bytes, _draw_from: random.Random) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data * 100)
    return packed.getvalue()


def _gzipped(data: bytes, _draw_from: random.Random) -> bytes:
    return gzip.compress(data * 100)


def _sixteen_bits(data: bytes, draw_from: random.Random) -> bytes:
    text = data.decode(errors="replace")
    return text.encode(
        draw_from.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "big5")), "ignore"
    )


def _noise(data: bytes, draw_from: random.Random) -> bytes:
    return draw_from.randbytes(len(data))


def _noise_in_shape(data: bytes, draw_from: random.Random) -> bytes:
    """A header that is right, then bytes of which many mean something."""
    head = data.partition(b"~")[0][:200]
    marks = b";~;~;~0123456789-: .eE+MN\r\n\xe7\x9f\xbf"
    return head + b"~" + bytes(draw_from.choices(marks, k=draw_from.randrange(3000))) + b"~||"


def _twice(data: bytes, _draw_from: random.Random) -> bytes:
    return data * 2


def _endless_field(data: bytes, draw_from: random.Random) -> bytes:
    at = draw_from.randrange(len(data) + 1)
    mark = draw_from.choice((b"9", b" ", b'"', "矿".encode(), b"\0"))
    return data[:at] + mark * draw_from.choice((1_000, 60_000)) + data[at:]


def _endless_records(data: bytes, draw_from: random.Random) -> bytes:
    head = data.partition(b"~")[0][:200]
    piece = draw_from.choice((b"~", b";;;;;;~", b";;;;;;;~", b";~", b"\r\n~"))
    return head + b"~" + piece * draw_from.choice((1, 1_000, 30_000)) + b"||"


def _other_mine(data: bytes, draw_from: random.Random) -> bytes:
    one, other = (mine.encode() for mine in draw_from.sample(MINES, 2))
    return data.replace(one, other, draw_from.choice((1, -1)))


def _empty(_data: bytes, _draw_from: random.Random) -> bytes:
    return b""


type _Way = Callable[[bytes, random.Random], bytes]
_WAYS: tuple[_Way, ...] = (
    _cut,
    _cut_and_ended,
    _without_beginning,
    _zipped,
    _gzipped,
    _sixteen_bits,
    _noise,
    _noise_in_shape,
    _twice,
    _endless_field,
    _endless_records,
    _other_mine,
    _empty,
)
