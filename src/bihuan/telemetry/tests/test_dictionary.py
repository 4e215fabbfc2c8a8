"""What is kept from one parse to the next changes nothing but the work."""

from operator import attrgetter
from pathlib import Path

import pytest

from bihuan.telemetry import dictionary
from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.dictionary import Dictionary
from bihuan.telemetry.envelopes import Body, open_envelope
from bihuan.telemetry.inbox import listed
from bihuan.telemetry.parsing import parse
from bihuan.telemetry.sources import Source
from bihuan.telemetry.tests.folders import draw

type Said = list[tuple[str, int, str, int, bool, int]]


def sources(folder: Path) -> list[Source]:
    found = []
    for one in sorted(listed(folder)[0], key=attrgetter("name.key")):
        body = open_envelope((folder / one.path).read_bytes(), mine=one.name.mine)
        if one.name.kind == "CDSS" and isinstance(body, Body):
            found.append(Source(name=one.name, path=one.path, body=body))
    return found


def said(files: list[Source], known: Dictionary | None = None) -> tuple[Said, set[object]]:
    """What each reading says, whatever the points' numbers are."""
    readings, rejected = parse(files, dialect=dialect(), known=known, group_bytes=3_000)
    rows = zip(
        [readings.points[number] for number in readings.point],
        readings.time.tolist(),
        map(str, readings.value),
        readings.status.tolist(),
        readings.is_ahead.tolist(),
        readings.row.tolist(),
        strict=True,
    )
    assert len(set(readings.points)) == len(readings.points)
    return list(rows), set(rejected)


def test_what_was_read_before_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one dictionary for all files, nor one that forgets after every parse."""
    draw(tmp_path, 8)
    files = sources(tmp_path)
    halves = files[: len(files) // 2], files[len(files) // 2 :]
    alone = [said(half) for half in halves]
    assert all(rows for rows, _rejected in alone)
    kept = Dictionary(dialect())
    assert [said(half, kept) for half in (*halves, *halves)] == alone * 2
    point, texts = kept.point, len(kept.value.said)
    monkeypatch.setattr(dictionary, "TEXTS_MAX", 0)
    monkeypatch.setattr(dictionary, "POINTS_MAX", 0)
    assert [said(half, kept) for half in halves] == alone
    assert kept.point is not point
    assert len(kept.value.said) < texts


def test_many_new_texts_are_fetched_at_once() -> None:
    """And one by one where a number has none, to the same answers."""
    known = Dictionary(dialect())
    texts = [f"{number / 8}" for number in range(2_000)]
    column = dictionary.pl.Series(texts, dtype=dictionary.pl.Categorical(known.value.known))
    codes = column.to_physical().to_numpy()
    assert known.value.of(codes).tolist() == [number / 8 for number in range(2_000)]
    assert known.value.of(codes[:3]).tolist() == [0, 0.125, 0.25]
