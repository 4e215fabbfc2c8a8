"""Compares what else is held of matters with their trails: recusals, papers, files, tombstones."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bihuan.matters.declarations import catalog
from bihuan.matters.models import Attachment, PaperCopy, Recusal, Tombstone
from bihuan.matters.verify_reading import loaded
from bihuan.matters.verify_rows import (
    ADDED,
    PAST,
    Finding,
    Row,
    Stretch,
    columns_that_differ,
    judged,
)
from bihuan.matters.verify_told import File, Paper, Walk

_EIGHT_HOURS = timedelta(hours=8)
_ISSUED = ("issued_on", "issued_by_id", "made_at")
_STONE = ("matter_id", "retention", "what", "digest", "size", "destroyed_at")
_FILE = ("digest", "name", "size", "mime", "view_digest", "uploaded_by_id", "uploaded_at", "id")


def held(stretch: Stretch) -> Iterator[Finding]:
    """Recusals, copies of papers, attached files and tombstones of every matter."""
    recusals = stretch.many_of(Recusal, ("unit_id", "person_id", "reason"))
    copies = stretch.many_of(PaperCopy, ("paper", "number", "version", "copy", "content", *_ISSUED))
    files = stretch.many_of(Attachment, _FILE)
    files |= stretch.many_of(Attachment, _FILE, key="record")
    stones = stretch.many_of(Tombstone, _STONE, key="disposal")
    for walk in stretch.sound:
        key = walk.matter_id
        if key in stones or walk.destroyed:
            yield from judged(walk, _stones(walk, stones.get(key, [])))
        if key in recusals or walk.recusals:
            yield from judged(walk, _recusals(walk, recusals.get(key, [])))
        if key in copies or walk.papers:
            yield from judged(walk, _papers(walk, copies.get(key, [])))
        if key in files or walk.files:
            yield from judged(walk, _files(walk, files.get(key, [])))
    yield from stretch.strange(recusals, "a recusal")
    yield from stretch.strange(copies, "a copy of a paper")
    yield from stretch.strange(files, "a file")
    yield from stretch.strange(stones, "a tombstone")


def _recusals(walk: Walk, found: list[Row]) -> Iterator[str]:
    if walk.recusals - {*found}:
        yield f"a recusal is gone or {PAST}"
    # Entries of earlier releases don't tell of recusals, so theirs may stand without being told.
    if walk.tells_recusals and Counter(found) - Counter(walk.recusals):
        yield f"a recusal {ADDED}"


def _stones(walk: Walk, found: list[Row]) -> Iterator[str]:
    if Counter(walk.destroyed) - Counter(found):
        yield f"a tombstone is gone or {PAST}"
    if Counter(found) - Counter(walk.destroyed):
        yield f"a tombstone {ADDED}"


def _papers(walk: Walk, found: list[Row]) -> Iterator[str]:
    rows = {row[:4]: row[4:] for row in found}
    for paper in walk.papers:
        number = paper.told["number"]
        for copy in _copies(paper):
            row = rows.pop((paper.told["paper"], number, paper.version, copy), None)
            name = f"paper {number!r} copy {copy!r} version {paper.version}"
            if row is None:
                yield f"{name} is gone"
                continue
            if _paper_digest(row[0], copy) != paper.told["digest"]:
                yield f"{name}: content {PAST}"
            issued = (_day(paper.at), paper.actor_id or None, paper.at)
            yield from (f"{name}: {what}" for what in columns_that_differ(_ISSUED, issued, row[1:]))
    for _paper, number, version, copy in sorted(rows, key=repr):
        yield f"paper {number!r} copy {copy!r} version {version} {ADDED}"


def _copies(paper: Paper) -> list[str]:
    told: list[str] | None = paper.told.get("copies")
    return list(catalog().paper(paper.told["paper"]).copies) if told is None else told


def _paper_digest(text: Any, copy: str) -> str:
    """The digest that the trail keeps: over the content without the mark of the copy."""
    content = loaded(text)
    if not isinstance(content, dict) or content.get("copy_mark") != copy:
        return ""
    plain = {**content, "copy_mark": ""}
    sealed = json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(sealed).hexdigest()


def _day(at: str) -> str:
    return (datetime.fromisoformat(at) + _EIGHT_HOURS).date().isoformat()


def _files(walk: Walk, found: list[Row]) -> Iterator[str]:
    left = list(found)
    for file in walk.files:
        same = next((row for row in left if _is_same(file, row)), None)
        if same is None:
            yield f"file {file.told['name']!r} is gone or {PAST}"
        else:
            left.remove(same)
    # A record's entries of earlier releases don't tell of its files.
    if not walk.ledger or walk.files:
        yield from (f"file {row[1]!r} {ADDED}" for row in left)


def _is_same(file: File, row: Row) -> bool:
    told = file.told
    seen = {"digest": row[0], "name": row[1], "size": row[2], "mime": row[3], "view": row[4]}
    if any(seen[key] != told[key] for key in seen.keys() & told.keys()):
        return False
    if "id" in told:  # a record's file was uploaded before the record was written
        return bool(told["id"] == row[7])
    return bool(row[5:7] == (file.actor_id or None, file.at))
