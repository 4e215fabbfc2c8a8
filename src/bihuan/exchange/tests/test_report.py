"""A county reports its matters; the city sees them as their trails tell, verified or marked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings as Settings
from django.test import Client
from tests.people import NOW, County

from bihuan.accounts.models import Grant
from bihuan.exchange.identity import PublicIdentity, own_identity
from bihuan.exchange.mirror_out import matters_load
from bihuan.exchange.models import Mirrored, MirroredSeal, Package, Peer
from bihuan.exchange.packages import Record, checked, records_of
from bihuan.exchange.peers import identity_of, trust
from bihuan.exchange.sending import Load, write
from bihuan.exchange.taking import take
from bihuan.exchange.tests.test_way_in import NAME, PHONE, PHRASE, tip
from bihuan.exchange.tips_out import NothingNew
from bihuan.exchange.told_trail import bodies_of, joined
from bihuan.leads.tests.test_custody import settle_reward
from bihuan.leads.tips import file_tip
from bihuan.matters.engine import take_step
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import standing_at
from bihuan.matters.refusals import Refused
from bihuan.matters.seals import seal_until

MORROW = NOW + timedelta(days=1)
REGISTER = {
    "title": "反映兴旺煤矿夜班超定员组织生产",
    "summary": "夜班下井人数超过规定。",
    "type": "major_hazard",
    "source": "网上举报",
}


@dataclass
class Report:
    """A county and its city, each with its own secrets; they share the test's database."""

    county: County
    settings: Settings
    folder: Path
    written: int = 0
    city: Peer = field(default_factory=Peer)
    lead: Matter = field(default_factory=Matter)

    def stand(self, name: str) -> PublicIdentity:
        """Stand at a deployment; its public key."""
        self.settings.HOME = self.folder / name
        self.settings.HOME.mkdir(exist_ok=True)
        return own_identity().public

    def load(self, *, whole: bool = False) -> Load:
        return matters_load(self.city, whole=whole)

    def write(self, load: Load | None = None) -> Path:
        self.written += 1
        path = self.folder / f"report-{self.written}.bhp"
        self.stand("county")
        write(load or self.load(), path, peer=self.city, now=MORROW)
        return path

    def take(self, path: Path) -> Package:
        self.stand("city")
        return take(path, now=MORROW).package

    def changed(self, change: Callable[[Record], Record]) -> Path:
        """A report that the county forged before it signed it."""
        load = self.load(whole=True)
        return self.write(replace(load, records=map(change, load.records)))


@pytest.fixture
def report(sealing_county: County, settings: Settings, tmp_path: Path) -> Report:
    """A lead that was registered and sealed; county and city know each other's keys."""
    report = Report(county=sealing_county, settings=settings, folder=tmp_path)
    region = sealing_county.region
    for name, role, code in (("county", "county", region.code), ("city", "city", "")):
        public = report.stand(name)
        report.stand("elsewhere")
        report.city = trust(
            public, name=f"{name}局", role=role, fingerprint=public.fingerprint, now=NOW,
            region=code,
        )  # fmt: skip
    report.stand("county")
    report.lead = file_tip(tip(), now=NOW, region_id=region.pk).matter
    by = sealing_county.actor("intake")
    take_step(report.lead.pk, "register", by=by, now=NOW, answers=REGISTER)
    seal_until(NOW.date(), now=MORROW)
    return report


def test_the_city_sees_what_the_trail_tells(report: Report) -> None:
    package = report.take(report.write())
    assert package.counts == {"matters": 1, "seals": 1, "faults": 0}
    row, lead = Mirrored.objects.get(), Matter.objects.get(pk=report.lead.pk)
    assert (row.number, row.title, row.stage) == (lead.number, lead.title, lead.stage)
    assert (row.opened_at, row.is_open, row.late_from) == (lead.opened_at, True, lead.late_from)
    assert (row.last_seq, row.sealed_seq, row.fault) == (lead.last_seq, lead.last_seq, "")
    assert list(bodies_of(bytes(row.trail))) == [
        bytes(entry.body) for entry in Entry.objects.filter(matter_id=lead.pk).order_by("seq")
    ]


def test_what_moved_later_follows_and_waits_for_its_seal(report: Report) -> None:
    report.take(report.write())
    with pytest.raises(NothingNew):
        report.load()
    place = {
        "unit": report.county.units["coal"].pk,
        "locality": report.county.regions["north"].pk,
    }
    office = report.county.actor("office")
    take_step(report.lead.pk, "classify", by=office, now=MORROW, answers=place)
    report.take(report.write())
    row = Mirrored.objects.get()
    assert (row.stage, row.last_seq - row.sealed_seq) == ("listed", 1)
    assert row.unit == report.county.units["coal"].name
    seal_until(MORROW.date(), now=MORROW + timedelta(days=1))
    report.take(report.write())
    row.refresh_from_db()
    assert row.sealed_seq == row.last_seq


def test_reports_are_taken_in_order_and_the_missing_one_is_named(report: Report) -> None:
    report.take(report.write())
    note = {"note": "电话催过一次。"}
    paths = []
    for minutes in (1, 2):
        at = MORROW + timedelta(minutes=minutes)
        by = report.county.actor("office")
        take_step(report.lead.pk, "note", by=by, now=at, answers=note)
        paths.append(report.write())
    with pytest.raises(Refused, match="第 2 包还没有收，请先收它，再收第 3 包"):
        report.take(paths[1])
    report.take(report.write(report.load(whole=True)))
    with pytest.raises(Refused, match="已经收过更新的第 4 包"):
        report.take(paths[0])
    assert Mirrored.objects.get().last_seq == Matter.objects.get(pk=report.lead.pk).last_seq


def shortened(record: Record) -> Record:
    """Without its last entry, as if that step had never been taken."""
    if record.meta["t"] != "matter":
        return record
    return replace(record, blob=joined(list(bodies_of(record.blob))[:-1]))


def reworded(record: Record) -> Record:
    """With another title in an entry."""
    blob = record.blob.replace("超定员".encode(), "没问题".encode())
    return replace(record, blob=blob)


def resealed(record: Record) -> Record:
    """With a head in the seal that isn't the trail's."""
    return replace(record, blob=b"\1" * 44) if record.meta["t"] == "seal" else record


@pytest.mark.parametrize(
    ("forged", "marks"),
    [
        (shortened, {"2026-03-01 的日封与留痕不符"}),
        (reworded, {"2026-03-01 的日封与留痕不符"}),
        (resealed, {"2026-03-01 的日封与留痕不符", "日封的校验码与内容不符"}),
    ],
)
def test_a_forged_trail_is_taken_and_marked(
    report: Report, forged: Callable[[Record], Record], marks: set[str]
) -> None:
    package = report.take(report.changed(forged))
    found = {row.fault for row in (*Mirrored.objects.all(), *MirroredSeal.objects.all())}
    assert found - {""} == marks
    assert package.counts["faults"] == len(marks)


def test_a_trail_told_otherwise_later_keeps_its_first_telling(report: Report) -> None:
    report.take(report.write())
    report.take(report.changed(shortened))
    row = Mirrored.objects.get()
    assert row.fault == "这次报来的留痕比以前少，保留以前报来的"
    report.take(report.changed(reworded))
    row.refresh_from_db()
    assert row.title == REGISTER["title"]
    assert row.last_seq == 2


def test_a_replaced_key_is_refused(report: Report) -> None:
    path, other = report.write(), report.stand("new county")
    report.stand("city")
    trust(
        other, name="county局", role="county", fingerprint=other.fingerprint, now=MORROW,
        region=report.county.region.code,
    )  # fmt: skip
    with pytest.raises(Refused, match="已经换了新密钥"):
        report.take(path)


def test_the_informant_is_not_in_it(report: Report) -> None:
    """Planted name, telephone and words; and no reward, whose trail leads to who is paid."""
    told = tip(words="另一件，夜班下井人数超过规定")
    lead = file_tip(told, now=NOW, region_id=report.county.region.pk).matter
    settle_reward(report.county, lead)
    path = report.write()
    report.stand("city")
    with path.open("rb") as file:
        peer = Peer.objects.get(role="county")
        package = checked(file, signed_by=identity_of(peer).verifier)
        found = list(records_of(file, package, private=own_identity().private))
    data = path.read_bytes() + b"".join(repr(one.meta).encode() + one.blob for one in found)
    for planted in (NAME, PHONE, PHRASE):
        assert planted.encode() not in data
    matters = {one.meta["id"] for one in found if one.meta["t"] == "matter"}
    assert matters == {report.lead.pk, lead.pk}
    with pytest.raises(Refused, match="不能报送“reward”"):
        matters_load(report.city, kinds=("reward",))


@pytest.fixture
def reader(report: Report, client: Client) -> Iterator[Client]:
    """The county's leader, promoted to the city."""
    grant = Grant.objects.get(user=report.county.users["leader"], role="leader")
    grant.region = report.county.regions["city"]
    grant.save(update_fields=["region"])
    client.force_login(report.county.users["leader"])
    with standing_at(datetime(2026, 3, 20, tzinfo=UTC)):
        yield client


def test_the_pages_of_the_city(report: Report, reader: Client) -> None:
    report.take(report.write())
    page = reader.get("/desk/exchange/").content.decode()
    for words in ("county局", REGISTER["title"], "逾期", "相符", "2026-03-01", "第 1 包"):
        assert words in page
    row = Mirrored.objects.get()
    shown = reader.get(f"/desk/exchange/{row.pk}/").content.decode()
    for words in (REGISTER["summary"], "2 条逐条接续，全部相符", "陈接件", "编号立账"):
        assert words in shown
    for tab, holds in (("late", True), ("open", True), ("fault", False), ("escalated", False)):
        listed = reader.get(f"/desk/exchange/?tab={tab}").content.decode()
        assert (REGISTER["title"] in listed) is holds, tab
    Mirrored.objects.update(stage="escalated")
    listed = reader.get("/desk/exchange/?tab=escalated").content.decode()
    assert REGISTER["title"] in listed
    assert "县级报送" in reader.get("/desk/").content.decode()


def test_only_those_above_see_it(report: Report, neighbour: County, client: Client) -> None:
    report.take(report.write())
    address = f"/desk/exchange/{Mirrored.objects.get().pk}/"
    client.force_login(neighbour.users["leader"])
    assert client.get(address).status_code == 404
    assert REGISTER["title"] not in client.get("/desk/exchange/").content.decode()
    client.force_login(report.county.users["handler"])
    assert client.get(address).status_code == 403
