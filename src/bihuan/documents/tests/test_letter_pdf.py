"""The PDF of a letter keeps the official page and shows every value as plain text."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.documents.letters import letter_layout, letter_pdf, letters_pdf, plain
from bihuan.documents.tests.sample_letters import HANDED_OVER, WARNING

PDFTOTEXT = shutil.which("pdftotext")
MARKUP = '*粗* _斜_ #panic() @ref <b> $x$ `r` = 题 // 注 \\ " [x] {y} ~ https://a.b'


def text_of(pdf: bytes, *options: str) -> str:
    if PDFTOTEXT is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(  # noqa: S603
        [PDFTOTEXT, *options, "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


def test_every_part_of_the_letter_is_printed() -> None:
    text = text_of(letter_pdf(HANDED_OVER)).replace("\n", "")
    parts = (
        HANDED_OVER.number,
        "煤矿安全监管股：",
        WARNING,
        "督办人：王守安",
        "联系方式：199 0000 0001",
        "附该事项有关材料：1.举报线索摘要2.现场检查记录",
        "行动办公室（代章）",
        "2022年3月1日",
        "（本文书一式两份）",
        "备案",
    )
    assert [part for part in parts if part.replace(" ", "") not in text.replace(" ", "")] == []


def test_a_value_is_never_read_as_markup() -> None:
    letter = replace(
        HANDED_OVER,
        title_lines=(MARKUP[:20],),
        paragraphs=(MARKUP, WARNING),
        fields=((MARKUP, MARKUP),),
        attachments=(MARKUP,),
        sign=MARKUP[:20],
    )
    text = text_of(letter_pdf(letter)).replace("\n", "").replace(" ", "")
    assert text.count(MARKUP.replace(" ", "")) == 4


def test_a_page_has_22_lines_of_28_characters() -> None:
    letter = replace(
        HANDED_OVER,
        paragraphs=("矿" * 26 + "矿" * 28 * 60,),
        locked_paragraphs=None,
    )
    second_page = text_of(letter_pdf(letter), "-f", "2", "-l", "2")
    lines = [line for line in second_page.split("\n") if line.strip("矿") == "" and line]
    assert [len(line) for line in lines] == [28] * 22


def test_page_numbers_stand_at_the_outer_edge() -> None:
    letter = replace(HANDED_OVER, paragraphs=("矿" * 1200,), locked_paragraphs=None)
    pages = text_of(letter_pdf(letter), "-layout").split("\f")
    numbers = [page.rstrip().rsplit("\n", 1)[-1] for page in pages[:2]]
    assert [number.replace(" ", "") for number in numbers] == ["—1—", "—2—"]
    assert numbers[0].index("—") > numbers[1].index("—") + 20


def test_the_seal_is_never_alone_on_a_page() -> None:
    for count in range(8, 14):
        letter = replace(
            HANDED_OVER, paragraphs=("一行。",) * count, locked_paragraphs=None, attachments=()
        )
        pages = text_of(letter_pdf(letter)).split("\f")
        page = next(page for page in pages if "（代章）" in page)
        assert "督办人" in page


def test_the_end_keeps_the_page_of_the_text_where_it_nearly_fits() -> None:
    for count in range(1, 8):
        letter = replace(
            HANDED_OVER,
            paragraphs=("一行。",) * count,
            locked_paragraphs=None,
            attachments=("摘要",),
        )
        pages = [page for page in text_of(letter_pdf(letter)).split("\f") if page.strip()]
        assert len(pages) == 1, count
        assert "（本文书一式两份）" in pages[0]


@pytest.mark.parametrize(
    ("paragraphs", "gaps"), [(6, (1, 2)), (7, (1, 1)), (8, (0, 1))], ids=["room", "full", "over"]
)
def test_the_end_leaves_a_line_to_spare(paragraphs: int, gaps: tuple[int, int]) -> None:
    """With seven lines the widest gaps would fill the page: another font may take a line more."""
    letter = replace(
        HANDED_OVER,
        paragraphs=("一行。",) * paragraphs,
        locked_paragraphs=None,
        attachments=("摘要",),
    )
    layout = letter_layout(letter)
    assert (layout.attachments_gap, layout.sign_gap) == gaps


def test_the_end_is_never_alone_on_a_page() -> None:
    for count in range(8, 24):
        letter = replace(
            HANDED_OVER,
            paragraphs=("一行。",) * count,
            locked_paragraphs=None,
            attachments=("摘要",),
        )
        pages = text_of(letter_pdf(letter)).split("\f")
        page = next(page for page in pages if "（代章）" in page)
        assert "督办人" in page, count
        assert "附该事项有关材料" in page, count


def test_equal_letters_give_equal_bytes() -> None:
    first, second = letters_pdf([HANDED_OVER, HANDED_OVER])
    assert first == second == letter_pdf(HANDED_OVER)
    assert b"CreationDate" not in first


def test_a_batch_is_made_one_by_one_and_tells_its_progress() -> None:
    told: list[int] = []
    asked: list[int] = []

    def letters() -> Iterator[object]:
        for number in (1, 2, 3):
            asked.append(number)
            yield replace(HANDED_OVER, number=f"（煤）移〔2022〕{number}号")

    made = letters_pdf(letters(), on_progress=told.append)  # type: ignore[arg-type]
    first = next(made)
    assert asked == [1]
    rest = list(made)
    assert told == [1, 2, 3]
    assert len({first, *rest}) == 3


def test_a_lock_on_no_paragraph_is_refused() -> None:
    with pytest.raises(ValueError, match="no paragraph to lock at 7"):
        replace(HANDED_OVER, locked_paragraphs=frozenset({7}))


def test_a_short_letter_fits_one_page() -> None:
    text = text_of(letter_pdf(HANDED_OVER))
    assert text.count("\f") == 1


@given(st.text(max_size=40))
def test_plain_text_holds_no_control_character(text: str) -> None:
    assert plain(text).isprintable() or not plain(text).isascii()
    assert "\n" not in plain(text)
    assert plain(plain(text)) == plain(text)


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_set(text: str, name: str) -> None:
    letter = replace(HANDED_OVER, paragraphs=(text,), attachments=(name,), locked_paragraphs=None)
    assert letter_pdf(letter).startswith(b"%PDF-")


def test_two_short_fields_share_a_line_and_a_long_one_stands_alone() -> None:
    short, long = ("承办人", "李明川"), ("地址", "临溪县青石岭镇矿山路一百二十八号")
    layout = letter_layout(replace(HANDED_OVER, fields=(short, short, short, long, short)))
    assert [len(row) for row in layout.field_rows] == [2, 1, 1, 1]


def test_a_single_attachment_has_no_number() -> None:
    layout = letter_layout(replace(HANDED_OVER, attachments=("检查记录",)))
    assert layout.attachments == (("附该事项有关材料：", "", "检查记录"),)
