"""Folders listed and read: batches by mine, files that grow, names that are no text."""

import os
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from bihuan.telemetry.dialect import dialect
from bihuan.telemetry.dictionary import Dictionary
from bihuan.telemetry.envelopes import Body, Fault, name_of, open_envelope
from bihuan.telemetry.inbox import batches, content_of, listed
from bihuan.telemetry.parsing import _Parser, parse
from bihuan.telemetry.replay import replay
from bihuan.telemetry.sources import Source
from bihuan.telemetry.tests.folders import draw
from bihuan.telemetry.tests.inboxes import MINE, Inbox, definition, reading

pytestmark = pytest.mark.once


def test_all_files_of_a_mine_are_in_one_batch(inbox: Inbox) -> None:
    for mine in ("140781000001", MINE):
        for minute in (9, 1, 5):
            inbox.send("CDSS", minute, mine=mine, within=f"{minute}/")
    found, wrong = listed(inbox.folder)
    assert wrong == []
    split = list(batches(found, bytes_each=1))
    assert [[one.path[0] for one in batch] for batch in split] == [["1", "5", "9"]] * 2
    assert {one.name.mine for one in split[0]} == {"140781000001"}
    (whole,) = batches(found)
    assert len(whole) == 6
    assert list(batches([])) == []


@pytest.mark.parametrize("size", [0, 3, 10, 11])
def test_a_file_may_have_grown_since_it_was_listed(size: int, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789" * 300_000)
    assert content_of(str(tmp_path / "x"), size=size) == b"0123456789" * 300_000
    (tmp_path / "y").write_bytes(b"0123456789")
    assert content_of(str(tmp_path / "y"), size=10) == b"0123456789"
    assert content_of(str(tmp_path / "y"), size=size) == b"0123456789"


def test_names_that_are_no_text_are_listed_as_they_are(inbox: Inbox) -> None:
    folder = os.fsencode(inbox.folder)
    Path(os.fsdecode(folder + b"/\xff,.txt")).write_bytes(b"")
    inner = Path(os.fsdecode(folder + b"/\xfe"))
    inner.mkdir()
    name = f"{MINE}_CDSS_20260301000000.txt"
    (inner / name).write_text(f"{MINE}~{reading(0, '1')}~||", "utf-8")
    assert replay(inbox.folder).rejected_csv() == (
        b"path,record,reason\n"
        b"\xfe/" + name.encode() + b",0,no_definition\n" + b'"\xff,.txt",,name\n'
    )


def source(text: str) -> Source:
    name = name_of(f"{MINE}_CDSS_20260301000000.txt")
    body = open_envelope(text.encode(), mine=MINE)
    assert name is not None
    assert not isinstance(body, Fault)
    return Source(name=name, path="x", body=body)


def test_parsing_stops_rather_than_lose_a_record() -> None:
    """What the parser of tables makes of a file and what we count must agree."""
    good = source(f"{MINE}~{reading(0, '1')}~||")
    assert len(parse([good], dialect=dialect())[0]) == 1
    broken = good._replace(body=Body(header=b"", records=good.body.records + b"1"))
    with pytest.raises(AssertionError, match="2 rows were parsed of 1"):
        parse([broken], dialect=dialect())
    with pytest.raises(AssertionError, match="judged two ways"):
        _Parser(Dictionary(dialect())).reject({0: good}, np.array([0]))


def test_groups_change_nothing(tmp_path: Path) -> None:
    """Files joined one by one, by few, and all at once give the same rows."""
    draw(tmp_path, 8)
    found, _wrong = listed(tmp_path)
    sources = []
    for one in sorted(found, key=attrgetter("name.key")):
        body = open_envelope((tmp_path / one.path).read_bytes(), mine=one.name.mine)
        if one.name.kind == "CDSS" and isinstance(body, Body):
            sources.append(Source(name=one.name, path=one.path, body=body))
    whole, rejected = parse(sources, dialect=dialect())
    assert len(whole) > 500
    assert rejected
    for size in (1, 2_000):
        again, listed_again = parse(sources, dialect=dialect(), group_bytes=size)
        assert set(listed_again) == set(rejected)
        assert again.row.tolist() == whole.row.tolist()
        assert [again.points[n] for n in again.point] == [whole.points[n] for n in whole.point]
        assert again.time.tolist() == whole.time.tolist()
        assert np.array_equal(again.value, whole.value, equal_nan=True)


def test_a_file_of_nothing_but_bad_records(inbox: Inbox) -> None:
    inbox.send("CDSS", 0, "1;2", "3")
    assert inbox.rejected() == [("0", "field_count"), ("1", "field_count")]


def test_definitions_without_readings_and_readings_without_files(inbox: Inbox) -> None:
    inbox.send("CDDY", 0, definition())
    assert inbox.judged().episodes.count("\n") == 1
    assert parse([], dialect=dialect())[1] == []
