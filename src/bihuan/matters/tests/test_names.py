"""Facts and lines as they are read: nothing, files, moments, matters; lines with gaps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.people import NOW, County
from tests.walks.test_lead_walk import open_lead, register

from bihuan.language.field import Field, Kind
from bihuan.language.parameter import Option
from bihuan.leads.ledgers import CHANNEL, NOTICE
from bihuan.leads.loop import LEAD
from bihuan.matters import record_files
from bihuan.matters.engine import lock
from bihuan.matters.models import Attachment, Record
from bihuan.matters.naming import Names
from bihuan.matters.record_files import keep_file
from bihuan.matters.records import may_write, write_record
from bihuan.matters.refusals import Incomplete, NotFound, Refused
from bihuan.matters.stories import told
from bihuan.matters.tests.test_stories import NOON, line, options
from bihuan.matters.writing import engine_writes

PHOTO = Field(key="photo", label="照片", kind=Kind.FILES)
OTHER = Field(key="other", label="关联线索", kind=Kind.MATTER)
NAMES = Names(replace(LEAD, opens_with=(*LEAD.opens_with, PHOTO, OTHER)), options=options)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("title", None, ""),
        ("photo", [], ""),
        ("photo", [3, 4], "2 件"),
        ("anything", True, "是"),
        ("anything", False, "否"),
        ("anything", ["甲", "乙"], "甲、乙"),
        ("anything", "2026-03-01T04:00:00+00:00", "2026-03-01 12:00"),
        ("anything", "2026-03-01", "2026-03-01"),
        ("other", 7, ""),
    ],
)
def test_a_fact_is_read_by_its_kind(key: str, value: object, text: str) -> None:
    assert NAMES.of(key, value) == text


def test_another_matter_is_read_by_its_number(county: County) -> None:
    first = register(county, open_lead(county))
    second = open_lead(county)
    names = Names(replace(LEAD, opens_with=(OTHER,)), options=options)
    names.read([{"other": first.pk}, {"other": second.pk}])
    assert names.of("other", first.pk) == first.number
    assert names.of("other", second.pk) == second.acceptance_number


def test_choices_in_force_at_the_place_are_asked_once(county: County) -> None:
    lead = register(county, open_lead(county))
    with engine_writes():
        names = Names.of_case(lock(lead.pk, by=county.actor("office"), now=NOW))
    kind = lead.facts_row.data["type"]
    assert names.of("type", kind) == names.of("type", kind) == "重大事故隐患"
    assert names.of("source", lead.facts_row.data["source"]) == "举报电话"


def test_fields_with_the_same_choices_share_one_look(county: County) -> None:
    lead = register(county, open_lead(county))
    asked = next(one for one in LEAD.fields.values() if one.options_param and one.key == "type")
    twice = replace(LEAD, opens_with=(asked, replace(asked, key="second")))
    with engine_writes():
        case = lock(lead.pk, by=county.actor("office"), now=NOW)
    names = Names.of_case(replace(case, loop=twice))
    kind = lead.facts_row.data["type"]
    assert names.of("type", kind) == names.of("second", kind) == "重大事故隐患"


def test_a_locality_is_told_from_where_the_matter_stands(county: County) -> None:
    south, coal = county.regions["south"], county.units["coal"]
    columns = {"l4": [None, south.pk], "unit_id": [None, coal.pk]}
    names = Names(LEAD, options=options)
    names.read([], [{"l4": south.pk, "unit_id": coal.pk}])
    (placed,) = told([line("classify", columns=columns)], loop=LEAD, names=names)
    assert placed.whole.endswith(f"归类：拟交{coal.name}承办，属地南山镇。")
    assert words_of("classify").endswith("归类：拟交承办，属地。")


def words_of(step: str, **changes: object) -> str:
    (found,) = told([line(step, **changes)], loop=LEAD, names=Names(LEAD, options=options))
    return found.whole


def test_a_line_with_gaps_is_still_a_sentence() -> None:
    assert words_of("dance") == "行动办 陈督办办理。"
    assert words_of("withdraw", reason="选错。").endswith("撤回刚办的一步，理由：选错。")
    assert words_of("withdraw").endswith("理由：未写明。")
    assert "限规定期限前反馈" in words_of("hand_over")


def test_a_late_record_says_when_it_was_written_down() -> None:
    late = replace(line("note"), recorded_at=NOON + timedelta(days=2))
    (found,) = told([late], loop=LEAD, names=Names(LEAD, options=options))
    assert found.sub == "03-03 12:00 补记，随该日封存"


def test_a_ledger_that_no_one_declared_is_not_found() -> None:
    with pytest.raises(NotFound):
        may_write("lost", by=None)  # type: ignore[arg-type]


def test_a_record_about_no_known_site_names_the_field(county: County) -> None:
    facts = {"site": 999_999, "place": "入井井口", "state": "检查未见", "valid_from": "2026-02-28"}
    with pytest.raises(Incomplete) as refused:
        write_record(NOTICE, by=county.actor("office"), now=NOW, facts=facts)
    assert "没有选到" in refused.value.fields["site"]
    assert not Record.objects.exists()
    assert may_write(CHANNEL, by=county.actor("office"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"x" * 65, "超过 20 MB"),
        (b"text", "不是照片或 PDF"),
        (b"%PDF-1.7\n1 0 obj\n<</S /JavaScript>>\nendobj\n", "没有收下"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_by_its_name(
    county: County, monkeypatch: pytest.MonkeyPatch, data: bytes, sentence: str
) -> None:
    monkeypatch.setattr(record_files, "SIZE_MAX_BYTES", 64)
    with pytest.raises(Refused, match=sentence) as refused:
        keep_file(data, name="C:\\照片\\牌.png", by=county.actor("office"), now=NOW)
    assert refused.value.sentence.startswith("“牌.png”")
    assert not Attachment.objects.exists()


def test_options_of_a_field_are_its_own(county: County) -> None:
    own = Field(key="own", label="自定", kind=Kind.CHOICE, options=(Option(key="a", label="甲"),))
    loop = replace(LEAD, opens_with=(own,))
    lead = open_lead(county)
    with engine_writes():
        case = lock(lead.pk, by=county.actor("office"), now=NOW)
    assert Names.of_case(replace(case, loop=loop)).of("own", "a") == "甲"
