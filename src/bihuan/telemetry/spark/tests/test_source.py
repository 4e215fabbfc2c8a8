"""The inbox as Spark asks for it; no Spark runs here."""

from pathlib import Path

import pytest

from bihuan.telemetry.spark.claiming import Inbox
from bihuan.telemetry.spark.tests.driving import Site
from bihuan.telemetry.spark.tests.test_taking import alarm

source = pytest.importorskip("bihuan.telemetry.spark.source", exc_type=ImportError)


def test_an_inbox_survives_the_way_as_an_option() -> None:
    inbox = Inbox(inbox=Path("/a/收件"), root=Path("/b"), shards=7, file_bytes_max=5)
    made = source.InboxSource(source.option_of(inbox))
    assert made.simpleStreamReader(None).claims.inbox == inbox
    assert made.name() == source.FORMAT
    assert made.schema() == "shard int, batch long, path binary"


def test_offsets_count_micro_batches(site: Site) -> None:
    reader = source.InboxReader(site.inbox)
    start = reader.initialOffset()
    assert start == {"next": 0}
    rows, same = reader.read(start)
    assert (list(rows), same) == ([], start)
    site.send(*alarm(site))
    rows, end = reader.read(start)
    assert end == {"next": 1}
    found = list(rows)
    assert len(found) == 5
    assert list(source.InboxReader(site.inbox).readBetweenOffsets(start, end)) == found
    reader.commit(end)
    assert [one.name for one in site.layout.taken.iterdir()] == ["0"]
    assert list(reader.readBetweenOffsets(start, end)) == found
