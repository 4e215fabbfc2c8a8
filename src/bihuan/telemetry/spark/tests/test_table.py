"""The table of all shards: hears what tasks tell, and is never wrong for long."""

from bihuan.telemetry.live.table import table_of
from bihuan.telemetry.spark.table import Table
from bihuan.telemetry.spark.taking import Told
from bihuan.telemetry.spark.tests.driving import Site
from bihuan.telemetry.spark.tests.test_taking import alarm


def batches(site: Site) -> tuple[Told, Told]:
    """An alarm that begins in one micro-batch and goes on in the next."""
    files = alarm(site)
    site.send(*files[:3])
    (first,) = site.batch(0)
    site.send(*files[3:])
    (second,) = site.batch(1)
    return first, second


def empty(site: Site) -> Table:
    """A table that missed everything so far."""
    table = Table(site.layout)
    table.rows.execute("DELETE FROM episode")
    table.rows.execute("DELETE FROM shard")
    return table


def test_it_hears_what_tasks_tell(site: Site) -> None:
    first, second = batches(site)
    table = empty(site)
    table.take(first)
    assert table.watermark(first.shard) == 1
    assert [one.samples for one in table.episodes() if one.kind == "upper_limit"] == [1]
    table.take(second)
    table.take(second)
    assert table_of(table.episodes()) == site.replayed()
    table.take(first)  # a task that comes late with what was
    assert table_of(table.episodes()) == site.replayed()
    table.close()


def test_what_it_did_not_hear_it_reads(site: Site) -> None:
    _first, second = batches(site)
    table = empty(site)
    table.take(second)
    assert table.watermark(second.shard) == second.watermark
    assert table_of(table.episodes()) == site.replayed()
    table.close()


def test_a_lost_table_is_made_again(site: Site) -> None:
    batches(site)
    assert site.joined() == site.replayed()
    site.layout.table.unlink()
    assert site.joined() == site.replayed()
