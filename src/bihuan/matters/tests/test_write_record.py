"""Records of ledgers: who may write, what is checked, versions and history, voiding."""

from datetime import UTC, datetime

import pytest
from tests.people import County

from bihuan.leads.ledgers import CHANNEL, NOTICE, ROSTER
from bihuan.matters.models import Entry, Record
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import (
    history_of,
    options_from,
    records_seen,
    void_record,
    write_record,
)
from bihuan.matters.refusals import Incomplete, NotFound, NotYours, Refused
from bihuan.matters.trail import digest, previous_of

NOW = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
PNG = bytes.fromhex(  # one grey dot
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478"
    "9c636000000002000148afa4710000000049454e44ae426082"
)


def channel(county: County, *, by: str = "office", **changes: object) -> Record:
    facts = {"name": "举报电话", "media": "来电", "address": "0000-1234567", "state": "开通"}
    return write_record(CHANNEL, by=county.actor(by), now=NOW, facts={**facts, **changes})


def test_record_is_cleaned_titled_and_placed(county: County) -> None:
    record = channel(county)
    assert record.title == "举报电话"
    assert record.facts["media"] == "phone"
    assert record.region == county.region
    assert (record.version, record.last_seq) == (1, 1)


def test_missing_fields_are_named(county: County) -> None:
    with pytest.raises(Incomplete) as refused:
        channel(county, name="", state="坏")
    assert set(refused.value.fields) == {"name", "state"}
    assert not Record.objects.exists()


@pytest.mark.parametrize("account", ["handler", "intake", "firm", "system"])
def test_only_declared_roles_write(county: County, account: str) -> None:
    with pytest.raises(NotYours, match="行动办"):
        channel(county, by=account)


def test_versions_stand_in_the_trail(county: County) -> None:
    first = channel(county)
    again = write_record(
        CHANNEL,
        by=county.actor("office"),
        now=NOW,
        facts={**first.facts, "address": "0000-7654321"},
        record_id=first.pk,
        reason="号码变更",
    )
    assert again.version == 2
    lines = history_of(again)
    assert [line.step for line in lines] == ["record.write", "record.write"]
    assert lines[1].changes["facts"] == {"address": ["0000-1234567", "0000-7654321"]}
    assert lines[1].changes["reason"] == "号码变更"
    rows = list(Entry.objects.filter(matter_id=first.pk).order_by("seq"))
    assert previous_of(bytes(rows[1].body)) == digest(bytes(rows[0].body)) == bytes(rows[0].hash)
    assert bytes(Record.objects.get().head) == bytes(rows[1].hash)


def test_stale_form_is_refused(county: County) -> None:
    record = channel(county)
    change = {**record.facts, "address": "0000-7654321"}
    office = county.actor("office")
    write_record(CHANNEL, by=office, now=NOW, facts=change, record_id=record.pk, seen_version=1)
    with pytest.raises(Refused, match="刚才已被修改"):
        write_record(CHANNEL, by=office, now=NOW, facts=change, record_id=record.pk, seen_version=1)


def test_void_needs_a_reason_and_ends_the_record(county: County) -> None:
    record = channel(county)
    office = county.actor("office")
    with pytest.raises(Incomplete):
        void_record(CHANNEL, by=office, now=NOW, record_id=record.pk, reason=" ")
    void = void_record(CHANNEL, by=office, now=NOW, record_id=record.pk, reason="重复登记")
    assert void.is_void
    assert history_of(void)[-1].stage_to == "void"
    with pytest.raises(Refused, match="已经作废"):
        write_record(CHANNEL, by=office, now=NOW, facts=record.facts, record_id=record.pk)
    assert options_from(CHANNEL, region_path=county.region.path_ids, on=NOW.date()) == ()


def test_open_list_gives_the_options_of_another_ledger(county: County) -> None:
    record = channel(county)
    options = options_from(CHANNEL, region_path=county.region.path_ids, on=NOW.date())
    assert [(option.key, option.label) for option in options] == [(str(record.pk), "举报电话")]
    rostered = write_record(
        ROSTER,
        by=county.actor("office"),
        now=NOW,
        facts={
            "channel": "举报电话",
            "person": county.users["intake"].person_id,
            "valid_from": "2026-03-01",
        },
    )
    assert rostered.facts["channel"] == str(record.pk)
    assert rostered.title == "举报电话"
    with pytest.raises(ValueError, match="not an open list"):
        options_from(ROSTER, region_path=(), on=NOW.date())


def test_neighbours_records_are_not_found(county: County, neighbour: County) -> None:
    record = channel(county)
    assert list(records_seen(CHANNEL, by=neighbour.actor("office"))) == []
    with pytest.raises(NotFound):
        write_record(
            CHANNEL,
            by=neighbour.actor("office"),
            now=NOW,
            facts=record.facts,
            record_id=record.pk,
        )


def test_firm_writes_only_its_own_mine(county: County) -> None:
    firm = county.actor("firm")

    def notice(site: str) -> Record:
        photo = keep_file(PNG, name="牌.png", by=firm, now=NOW)
        facts = {
            "site": county.sites[site].pk,
            "place": "入井井口",
            "state": "已张贴",
            "valid_from": "2026-02-28",
            "photo": [photo.pk],
        }
        return write_record(NOTICE, by=firm, now=NOW, facts=facts)

    mine = notice("qingshiling")
    assert mine.site == county.sites["qingshiling"]
    assert mine.region == county.regions["south"]
    assert mine.files.count() == 1
    with pytest.raises(NotYours, match="本企业"):
        notice("xingwang")
    assert [record.pk for record in records_seen(NOTICE, by=firm)] == [mine.pk]


def test_file_is_judged_by_its_content(county: County) -> None:
    with pytest.raises(Refused, match="不是照片或 PDF"):
        keep_file(b"MZ not a photo", name="photo.jpg", by=county.actor("office"), now=NOW)


def test_file_sent_twice_before_its_record_is_kept_once(county: County) -> None:
    firm, office = county.actor("firm"), county.actor("office")
    photo = keep_file(PNG, name="牌.png", by=firm, now=NOW)
    assert keep_file(PNG, name="牌.png", by=firm, now=NOW) == photo
    assert keep_file(PNG, name="另一张.png", by=firm, now=NOW) != photo
    assert keep_file(PNG, name="牌.png", by=office, now=NOW) != photo
    facts = {
        "site": county.sites["qingshiling"].pk,
        "place": "入井井口",
        "state": "已张贴",
        "valid_from": "2026-02-28",
        "photo": [photo.pk],
    }
    write_record(NOTICE, by=firm, now=NOW, facts=facts)
    assert keep_file(PNG, name="牌.png", by=firm, now=NOW) != photo


def test_file_of_another_is_not_taken(county: County) -> None:
    photo = keep_file(PNG, name="牌.png", by=county.actor("firm"), now=NOW)
    with pytest.raises(Incomplete, match="附件不属于"):
        write_record(
            NOTICE,
            by=county.actor("inspector"),
            now=NOW,
            facts={
                "site": county.sites["xingwang"].pk,
                "place": "shaft",
                "state": "posted",
                "valid_from": "2026-02-28",
                "photo": [photo.pk],
            },
        )


def test_seeming_name_is_confirmed_by_a_person(county: County) -> None:
    inspector = county.actor("inspector")
    facts = {
        "site": county.sites["xingwang"].pk,
        "place": "shaft",
        "state": "missing",
        "valid_from": "2026-02-28",
        "note": "据门卫张建国说已被风吹落。",
    }
    with pytest.raises(Incomplete) as refused:
        write_record(NOTICE, by=inspector, now=NOW, facts=facts)
    assert list(refused.value.confirmable) == ["note"]
    kept = write_record(NOTICE, by=inspector, now=NOW, facts={**facts, "confirmed": ["note"]})
    assert history_of(kept)[0].changes["confirmed"] == ["note"]
    with pytest.raises(Incomplete, match="电话"):
        write_record(
            NOTICE,
            by=inspector,
            now=NOW,
            facts={**facts, "note": "电话13900000000", "confirmed": ["note"]},
        )
