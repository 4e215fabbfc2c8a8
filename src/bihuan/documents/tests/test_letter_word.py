"""The Word file of a letter keeps the official page and a warning that cannot be deleted."""

import zipfile
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.documents.letters import Letter, letter_docx
from bihuan.documents.tests.sample_letters import HANDED_OVER, WARNING

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(letter: Letter, name: str) -> ET.Element:
    with zipfile.ZipFile(BytesIO(letter_docx(letter))) as package:
        return ET.fromstring(package.read(name))  # noqa: S314 - our own file


def text_of(element: ET.Element) -> str:
    return "".join(piece.text or "" for piece in element.iter(f"{W}t"))


def test_the_page_is_the_official_one() -> None:
    section = part(HANDED_OVER, "word/document.xml").find(f".//{W}sectPr")
    assert section is not None
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert size is not None
    assert margins is not None
    assert [int(size.attrib[W + side]) for side in ("w", "h")] == [11906, 16838]
    sides = ("top", "bottom", "left", "right")
    millimetres = [round(int(margins.attrib[W + side]) / 1440 * 25.4) for side in sides]
    assert millimetres == [37, 35, 28, 26]
    assert section.find(f"{W}docGrid") is None
    settings_part = part(HANDED_OVER, "word/settings.xml")
    assert settings_part.find(f"{W}mirrorMargins") is not None
    assert settings_part.find(f"{W}evenAndOddHeaders") is not None


def test_lines_have_a_fixed_pitch_and_characters_stand_tighter() -> None:
    document = part(HANDED_OVER, "word/document.xml")
    pitches = {
        (node.attrib[f"{W}line"], node.attrib[f"{W}lineRule"])
        for node in document.iterfind(f".//{W}pPr/{W}spacing")
    }
    tightness = {node.attrib[f"{W}val"] for node in document.iterfind(f".//{W}rPr/{W}spacing")}
    assert pitches == {("579", "exact")}
    assert tightness == {"-5"}


def test_every_part_of_the_letter_is_there() -> None:
    text = text_of(part(HANDED_OVER, "word/document.xml"))
    wanted = ("（煤）移〔2022〕1号", "煤矿安全监管股：", WARNING, "督办人：王守安", "备案")
    assert [piece for piece in wanted if piece not in text] == []


def test_page_numbers_stand_at_the_outer_edge() -> None:
    sides = []
    for name in ("word/footer1.xml", "word/footer2.xml"):
        footer = part(HANDED_OVER, name)
        assert text_of(footer) == "—  —"
        assert footer.findtext(f".//{W}instrText") == " PAGE "
        align = footer.find(f".//{W}jc")
        assert align is not None
        sides.append(align.attrib[f"{W}val"])
    assert sorted(sides) == ["left", "right"]


def test_the_warning_cannot_be_changed_or_deleted() -> None:
    controls = list(part(HANDED_OVER, "word/document.xml").iter(f"{W}sdt"))
    assert [text_of(control) for control in controls] == [WARNING]
    lock = controls[0].find(f"{W}sdtPr/{W}lock")
    assert lock is not None
    assert lock.attrib[f"{W}val"] == "sdtContentLocked"


def test_without_locked_paragraphs_nothing_is_locked() -> None:
    letter = replace(HANDED_OVER, locked_paragraphs=None)
    assert list(part(letter, "word/document.xml").iter(f"{W}sdt")) == []


def test_equal_letters_give_equal_bytes_without_a_moment_of_making() -> None:
    data = letter_docx(HANDED_OVER)
    assert data == letter_docx(HANDED_OVER)
    with zipfile.ZipFile(BytesIO(data)) as package:
        assert {member.date_time[0] for member in package.infolist()} == {1980}
        properties = package.read("docProps/core.xml").decode()
        assert not [name for name in package.namelist() if "thumbnail" in name]
    assert "python-docx" not in properties
    assert HANDED_OVER.org in properties


@pytest.mark.parametrize("index", [0, 1])
def test_the_lines_above_the_seal_stay_with_it(index: int) -> None:
    letter = replace(HANDED_OVER, attachments=(), fields=(), locked_paragraphs=frozenset({index}))
    paragraphs = list(part(letter, "word/document.xml").iter(f"{W}p"))
    warning = next(place for place in paragraphs if text_of(place) == WARNING)
    assert warning.find(f"{W}pPr/{W}keepNext") is not None


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_readable_file(text: str) -> None:
    letter = replace(HANDED_OVER, paragraphs=(text,), locked_paragraphs=frozenset({0}))
    assert part(letter, "word/document.xml").find(f".//{W}sdt") is not None
