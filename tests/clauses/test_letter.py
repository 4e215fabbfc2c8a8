"""交办（移送）书: number, addressee, reply date, warning, two copies, versions."""

import io
import zipfile

import pytest

from bihuan.documents.letters import letter_docx
from bihuan.matters.models import Matter, PaperCopy
from bihuan.matters.papers import letter_of, paper_file
from tests.doors import Door, DoorClosedError, march

WARNING = "如存在未如期办结的、“接而不办”或虚假办结的，我办将提级核查，从严追责问责。"


def letter(lead: Matter, *, copy: str = "移送单位", version: int = 1) -> PaperCopy:
    return PaperCopy.objects.get(matter=lead, copy=copy, version=version)


@pytest.mark.clause("LX-A3-1")
def test_numbers_by_sector_and_year(door: Door) -> None:
    first = door.hand_over(march(1))
    assert letter(first).number == "（煤）移〔2026〕1号"
    assert letter(door.hand_over(march(2))).number == "（煤）移〔2026〕2号"
    assert letter(door.hand_over(march(2), unit="noncoal")).number == "（非煤）移〔2026〕1号"
    next_year = march(1).replace(year=2027)
    door.tokens.clear()  # last year's tokens have expired
    assert letter(door.hand_over(next_year)).number == "（煤）移〔2027〕1号"


@pytest.mark.clause("LX-A3-1")
def test_to_a_section_never_to_the_accused_firm(door: Door) -> None:
    lead = door.register(
        door.open("intake", march(1)), march(1), site=door.county.sites["qingshiling"].pk
    )
    with pytest.raises(DoorClosedError, match="不能选企业"):
        door.classify(lead, march(1), unit="firm")
    door.classify(lead, march(1))
    lead = door.press("office", lead, "hand_over", march(1), letter_source="public")
    content = letter(lead).content
    assert content["addressee"] == "青石县煤矿安全股"
    assert "接到群众举报" in content["paragraphs"][0]


@pytest.mark.clause("LX-A3-3")
def test_the_reply_date_is_the_due_date(door: Door) -> None:
    lead = door.hand_over(march(1))
    assert "于2026年3月8日前反馈" in letter(lead).content["paragraphs"][1]
    door.press("office", lead, "extend", march(5), until_on="2026-03-12", reason="需取样检测。")
    door.press("office", lead, "correct_letter", march(5), reason="延期后更正反馈日期。")
    assert "于2026年3月12日前反馈" in letter(lead, version=2).content["paragraphs"][1]


@pytest.mark.clause("LX-A3-4")
def test_the_warning_is_locked_in_word(door: Door) -> None:
    lead = door.hand_over(march(1))
    content = letter(lead).content
    assert content["paragraphs"][2] == WARNING
    word = zipfile.ZipFile(io.BytesIO(letter_docx(letter_of(content))))
    document = word.read("word/document.xml").decode()
    start, end = document.index("<w:sdt>"), document.index("</w:sdt>")
    assert "w:lock" in document[start:end]
    assert "从严追责问责" in document[start:end]


@pytest.mark.clause("LX-A3-5")
def test_two_copies_and_versions(door: Door) -> None:
    lead = door.hand_over(march(1))
    pair = PaperCopy.objects.filter(matter=lead)
    assert {copy.copy for copy in pair} == {"交办部门备案", "移送单位"}
    assert len({copy.number for copy in pair}) == 1
    texts = {tuple(copy.content["paragraphs"]) for copy in pair}
    assert len(texts) == 1
    old = paper_file(letter(lead), form="pdf")
    door.press(
        "office",
        lead,
        "correct_letter",
        march(2),
        supervisor="行动办值班室",
        reason="更正督办人。",
    )
    assert PaperCopy.objects.filter(matter=lead, version=2).count() == 2
    assert paper_file(letter(lead), form="pdf") == old
    assert paper_file(letter(lead, version=2), form="pdf") != old


@pytest.mark.clause("LX-A3-1")
def test_nothing_of_the_reporter_is_in_the_file(door: Door) -> None:
    lead = door.hand_over(march(1))
    for form in ("pdf", "docx"):
        data = paper_file(letter(lead), form=form)
        assert b"19900001234" not in data
    with pytest.raises(DoorClosedError, match="电话"):
        door.press(
            "office",
            lead,
            "correct_letter",
            march(1),
            materials="举报人电话19900001234",
            reason="补充",
        )
