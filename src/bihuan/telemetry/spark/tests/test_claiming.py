"""What is in a micro-batch stays in it, and nothing is in none or in two."""

import os
from pathlib import Path

from bihuan.telemetry.spark.claiming import Claimed, Claims, Inbox, arrived_of
from bihuan.telemetry.spark.layout import shard_of
from bihuan.telemetry.spark.tests.driving import Site

MINE = "620823009203"


def put(site: Site, path: str, text: str = "x;y;z~||", *, age_s: int = 3_600) -> Path:
    """A file in the inbox."""
    target = site.inbox.inbox / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    then = target.stat().st_mtime - age_s
    os.utime(target, (then, then))
    return target


def paths(claimed: list[Claimed]) -> list[str]:
    """Their paths."""
    return [os.fsdecode(one.path) for one in claimed]


def test_files_move_into_the_micro_batch_under_their_paths(site: Site) -> None:
    put(site, f"a/{MINE}_CDSS_20260301000000.txt")
    put(site, f"{MINE}_CDSS_20260301000030.txt")
    found = site.claims.claim(0)
    assert sorted(paths(found)) == [
        f"{MINE}_CDSS_20260301000030.txt",
        f"a/{MINE}_CDSS_20260301000000.txt",
    ]
    assert {one.shard for one in found} == {shard_of(MINE.encode(), shards=4)}
    assert not [one for one in site.inbox.inbox.rglob("*") if one.is_file()]
    assert site.claims.claimed(0) == found


def test_what_comes_later_is_in_the_next_one(site: Site) -> None:
    put(site, f"{MINE}_CDSS_20260301000000.txt")
    first = site.claims.claim(0)
    put(site, f"{MINE}_CDSS_20260301000000.txt", "x;y;z~other~||")
    assert site.claims.claim(0) == first
    assert paths(site.claims.claim(1)) == paths(first)


def test_what_is_not_whole_waits(site: Site) -> None:
    put(site, f"{MINE}_CDSS_20260301000000.txt", "x;y;z~", age_s=0)
    assert site.claims.claim(0) == []
    put(site, f"{MINE}_CDSS_20260301000000.txt", "x;y;z~||", age_s=0)
    assert len(site.claims.claim(0)) == 1


def test_no_more_than_so_many_bytes_at_once(site: Site) -> None:
    for second in range(3):
        put(site, f"{MINE}_CDSS_2026030100000{second}.txt")
    inbox = Inbox(inbox=site.inbox.inbox, root=site.store, shards=4, batch_bytes=9)
    claims = Claims(inbox)
    assert len(claims.claim(0)) == 2
    assert len(claims.claim(1)) == 1


def test_what_is_over_is_put_away_and_still_found(site: Site) -> None:
    put(site, f"{MINE}_CDSS_20260301000000.txt")
    first = site.claims.claim(0)
    put(site, f"{MINE}_CDSS_20260301000030.txt")
    second = site.claims.claim(1)
    site.claims.put_away(1)
    assert site.claims.claimed(0) == first
    assert site.claims.claimed(1) == second
    assert [one.name for one in site.layout.taken.iterdir()] == ["0"]
    assert [one.name for one in site.layout.arriving.iterdir()] == ["1"]
    arrived = arrived_of(site.layout, first[0], file_bytes_max=100)
    assert (arrived.content, arrived.fault) == (b"x;y;z~||", "")
    arrived.acknowledge()


def test_a_lost_checkpoint_begins_where_nothing_is_left_out(site: Site) -> None:
    assert site.claims.first() == 0
    for number in range(3):
        put(site, f"{MINE}_CDSS_2026030100000{number}.txt")
        site.claims.claim(number)
    site.claims.put_away(1)
    assert Claims(site.inbox).first() == 1
    site.claims.put_away(3)
    assert Claims(site.inbox).first() == 3


def test_a_file_that_is_too_large_is_refused_unread(site: Site) -> None:
    put(site, f"{MINE}_CDSS_20260301000000.txt")
    (one,) = site.claims.claim(0)
    arrived = arrived_of(site.layout, one, file_bytes_max=3)
    assert (arrived.content, arrived.fault) == (b"", "size")


def test_a_name_that_says_no_mine_has_a_shard_too(site: Site) -> None:
    put(site, "读我.txt")
    (one,) = site.claims.claim(0)
    assert one.shard == shard_of("读我.txt".encode(), shards=4)


def test_mines_are_spread_over_all_shards() -> None:
    mines = [f"6208230{number:05}".encode() for number in range(1_000)]
    counts = [sum(shard_of(one, shards=16) == n for one in mines) for n in range(16)]
    assert min(counts) > 30
    assert max(counts) < 100
