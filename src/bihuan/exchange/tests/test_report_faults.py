"""What a county's report gets wrong is marked or refused by name; the pages show what is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import NOW

from bihuan.exchange.mirror_out import matters_load
from bihuan.exchange.models import Mirrored, MirroredSeal, Package, Peer
from bihuan.exchange.packages import PackageRefused, Record
from bihuan.exchange.tests.test_report import MORROW, Report, reader, report
from bihuan.exchange.tests.test_way_in import tip
from bihuan.exchange.told_trail import ToldMatter, UnreadableError, bodies_of, joined, told_by
from bihuan.leads.tips import file_tip
from bihuan.matters.engine import take_step
from bihuan.matters.models import Timer
from bihuan.matters.refusals import Refused
from bihuan.matters.seals import seal_hash, seal_until
from bihuan.places.models import Unit

__all__ = ["reader", "report"]  # fixtures that the tests below ask for by name
UNREADABLE = "不是本版本能读的格式"


def resealed(record: Record, **changed: Any) -> Record:
    """A seal told otherwise, with the hash that goes with it."""
    meta, leaves = record.meta, changed.pop("blob", record.blob)
    previous = changed.get("previous", meta["previous"])
    said = seal_hash(
        day=date.fromisoformat(meta["day"]),
        previous=bytes.fromhex(previous),
        leaves=leaves,
        counters=meta["counters"],
    )
    return replace(record, meta=meta | changed | {"hash": said.hex()}, blob=leaves)


def is_seal(record: Record, day: date | None = None) -> bool:
    return record.meta["t"] == "seal" and (day is None or record.meta["day"] == str(day))


@pytest.fixture
def two_days(report: Report) -> Report:
    """A second lead of the first day, and a second day on which only the first lead moved."""
    file_tip(tip(words="另一件，夜班下井人数超过规定"), now=NOW, region_id=report.county.region.pk)
    by = report.county.actor("office")
    take_step(report.lead.pk, "note", by=by, now=MORROW, answers={"note": "电话催过一次。"})
    seal_until(MORROW.date(), now=MORROW + timedelta(days=1))
    return report


def test_a_seal_told_otherwise_later_is_marked(report: Report) -> None:
    report.take(report.write())
    first = bytes(MirroredSeal.objects.get().hash)
    report.take(report.changed(lambda one: resealed(one, previous="11" * 32)
                               if is_seal(one) else one))  # fmt: skip
    seal = MirroredSeal.objects.get()
    assert seal.fault == "与以前报来的日封不同，保留以前报来的"
    assert bytes(seal.hash) == first


def test_seals_that_do_not_follow_each_other_are_marked(two_days: Report) -> None:
    path = two_days.changed(
        lambda one: resealed(one, previous="11" * 32) if is_seal(one, MORROW.date()) else one
    )
    assert two_days.take(path).counts["faults"] >= 1
    faults = dict(MirroredSeal.objects.values_list("day", "fault"))
    assert faults == {NOW.date(): "", MORROW.date(): "日封与前一日接不上"}


def test_a_later_seal_does_not_mend_a_wrong_one(two_days: Report) -> None:
    path = two_days.changed(
        lambda one: resealed(one, blob=b"") if is_seal(one, NOW.date()) else one
    )
    two_days.take(path)
    row = Mirrored.objects.get(matter_id=two_days.lead.pk)
    assert row.fault == f"{NOW.date()} 的日封与留痕不符"
    assert row.sealed_seq == 0


def forged(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Record], Record]:
    return lambda one: one if is_seal(one) else replace(one, meta=change(one.meta))


NO_REPORTS: tuple[Callable[[Record], Record], ...] = (
    forged(lambda meta: {"t": "matter", "id": meta["id"]}),
    forged(lambda meta: meta | {"id": None}),
    forged(lambda meta: {key: value for key, value in meta.items() if key != "t"}),
    lambda one: one if is_seal(one) else replace(one, blob=b""),
    lambda one: one if is_seal(one) else replace(one, blob=one.blob[:-1]),
    lambda one: one if is_seal(one) else replace(one, blob=one.blob + b"\0"),
    lambda one: one if is_seal(one) else replace(one, blob=joined([b"no entry"])),
    lambda one: resealed(one, blob=one.blob + b"\0") if is_seal(one) else one,
)


def test_what_cannot_be_read_is_refused_whole(report: Report) -> None:
    for change in NO_REPORTS:
        with pytest.raises(PackageRefused, match=UNREADABLE):
            report.take(report.changed(change))
    assert not Mirrored.objects.exists()
    assert not MirroredSeal.objects.exists()
    assert not Package.objects.filter(is_ours=False).exists()


def test_entries_out_of_their_order_are_marked(report: Report) -> None:
    def swapped(one: Record) -> Record:
        return one if is_seal(one) else replace(one, blob=joined(reversed([*bodies_of(one.blob)])))

    report.take(report.changed(swapped))
    assert Mirrored.objects.get().fault == "第 1 条留痕与前一条接不上"


def test_a_trail_has_an_entry_at_least() -> None:
    with pytest.raises(UnreadableError, match="without an entry"):
        told_by(b"", matter_id=1)


def test_what_is_due_first_among_running_clocks() -> None:
    """A day's end is late from the next day on, an hour's end from the next second on."""
    told = ToldMatter(matter_id=1)
    assert told.due is None
    told.clocks["days"] = [Timer.State.RUNNING, None, "2026-03-03T16:00:00+00:00", "3 WORKDAYS"]
    assert told.due is not None
    assert str(told.due[1]) == "2026-03-03"
    told.clocks["hours"] = [Timer.State.RUNNING, None, "2026-03-02T04:00:00+00:00", "2 HOURS"]
    assert (told.due[0].isoformat(), str(told.due[1])) == (
        "2026-03-02T04:00:01+00:00", "2026-03-02"
    )  # fmt: skip


def test_without_an_office_there_is_nothing_to_report(report: Report) -> None:
    Unit.objects.filter(kind=Unit.Kind.OFFICE).update(is_active=False)
    with pytest.raises(Refused, match="没有可以报送的事项"):
        matters_load(report.city)


def test_a_long_list_is_turned_page_by_page(report: Report, reader: Client) -> None:
    peer = Peer.objects.get(role="county")
    Mirrored.objects.bulk_create(
        Mirrored(peer=peer, matter_id=n, kind="lead", title=f"事项{n:03d}", stage="closed",
                 opened_at=NOW, is_open=False, last_seq=1, trail=b"")
        for n in range(1, 53)
    )  # fmt: skip
    first = reader.get("/desk/exchange/").content.decode()
    assert "事项052" in first
    assert "事项002" not in first
    assert "已结束" in first
    edge = Mirrored.objects.get(matter_id=3).pk
    assert f"after={edge}" in first
    second = reader.get(f"/desk/exchange/?after={edge}").content.decode()
    assert "事项002" in second
    assert "事项003" not in second
