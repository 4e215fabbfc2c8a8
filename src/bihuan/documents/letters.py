"""Official letters as data, and their PDF after GB/T 9704-2012."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from math import ceil
from unicodedata import east_asian_width

from bihuan.documents.fonts import PaperFonts, font_paths, paper_fonts, typst_fonts

LINES_PER_PAGE = 22
CHARACTERS_PER_LINE = 28
TITLE_CHARACTERS_PER_LINE = 20
INDENT = 2
DATE_INSET = 4
# A field shares its line with the next one when both fit half of an indented line.
HALF_LINE = (CHARACTERS_PER_LINE - INDENT) // 2
# Empty lines above the attachments and above the sign: fewer where the end then keeps its page.
SPARE_LINES = 1
GAPS = ((1, 2), (1, 1), (0, 1), (0, 0))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One copy of an official letter; every value is plain text (LX-A3-1)."""

    org: str
    title_lines: tuple[str, ...]
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    sign: str = ""
    date_text: str = ""
    footer_note: str = ""
    copy_mark: str = ""
    locked_paragraphs: frozenset[int] | None = None
    attachments_label: str = "附件"

    def __post_init__(self) -> None:
        """Refuse a lock that points at no paragraph: the warning would silently be open."""
        for index in self.locked_paragraphs or ():
            if not 0 <= index < len(self.paragraphs):
                raise ValueError(f"no paragraph to lock at {index!r}")


@dataclass(frozen=True)
class LetterLayout:
    """The lines of a letter as both PDF and Word set them; insets in characters."""

    title: tuple[str, ...]
    org: str
    copy_mark: str
    number: str
    addressee: str
    paragraphs: tuple[str, ...]
    field_rows: tuple[tuple[tuple[str, str], ...], ...]
    attachments: tuple[tuple[str, str, str], ...]
    sign: str
    date_text: str
    sign_inset: float
    date_inset: float
    footer_note: str
    attachments_gap: int = 0
    sign_gap: int = 0


def letter_pdf(letter: Letter) -> bytes:
    """The letter as PDF; equal letters give equal bytes. Raises FontsMissing."""
    return next(letters_pdf([letter]))


def letters_pdf(
    letters: Iterable[Letter], *, on_progress: Callable[[int], None] | None = None
) -> Iterator[bytes]:
    """One PDF per letter from one compiler; `on_progress` gets the number made so far."""
    import typst  # noqa: PLC0415  heavy, and many processes never print

    fonts = typst_fonts(font_paths())
    chosen = paper_fonts(fonts.families())
    template = files("bihuan.documents").joinpath("letter.typ").read_bytes()
    compiler = typst.Compiler(font_paths=fonts, ignore_system_fonts=True)
    for made, letter in enumerate(letters, start=1):
        pdf = compiler.compile(
            input=template, format="pdf", sys_inputs={"data": _typst_data(letter, chosen)}
        )
        if not isinstance(pdf, bytes):
            raise TypeError(f"typst gave {type(pdf)!r} instead of one file")
        yield pdf
        if on_progress is not None:
            on_progress(made)


def letter_docx(letter: Letter) -> bytes:
    """The letter as an editable Word file; equal letters give equal bytes."""
    # Word files are asked for far less often than PDF, and their library loads slowly.
    from bihuan.documents.word_letters import word_letter  # noqa: PLC0415

    locked = letter.locked_paragraphs or frozenset()
    return word_letter(letter_layout(letter), locked_paragraphs=locked)


def _typst_data(letter: Letter, fonts: PaperFonts) -> str:
    data = asdict(letter_layout(letter))
    data["fonts"] = {"body": fonts.body, "title": fonts.title, "label": fonts.label}
    data["title_stroke_pt"] = fonts.title_stroke_pt
    return json.dumps(data, ensure_ascii=False)


def letter_layout(letter: Letter) -> LetterLayout:
    """Lay the letter's plain text out in lines, without a font or a file format."""
    sign, date_text = plain(letter.sign), plain(letter.date_text)
    # The sign stands centred above the date, where the seal is put over both.
    sign_inset = DATE_INSET + (width_of(date_text) - width_of(sign)) / 2
    layout = LetterLayout(
        title=tuple(plain(line) for line in letter.title_lines),
        org=plain(letter.org),
        copy_mark=plain(letter.copy_mark),
        number=plain(letter.number),
        addressee=_with_colon(plain(letter.addressee)),
        paragraphs=tuple(plain(paragraph) for paragraph in letter.paragraphs),
        field_rows=tuple(_field_rows(letter.fields)),
        attachments=tuple(_attachment_lines(letter)),
        sign=sign,
        date_text=date_text,
        sign_inset=max(0.0, sign_inset),
        date_inset=DATE_INSET,
        footer_note=plain(letter.footer_note),
    )
    attachments_gap, sign_gap = _gaps(layout)
    return replace(layout, attachments_gap=attachments_gap, sign_gap=sign_gap)


def plain(text: str) -> str:
    """One line of text without control characters, which neither XML nor a line of print holds."""
    return _CONTROL.sub(" ", text).strip()


def width_of(text: str) -> float:
    """Width in Chinese characters; a Latin letter or figure takes half of one."""
    return sum(1.0 if east_asian_width(char) in "WFA" else 0.5 for char in text)


def _with_colon(text: str) -> str:
    return text if not text or text.endswith(("：", ":")) else f"{text}："


def _field_rows(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    waiting: list[tuple[str, str]] = []
    for label, value in fields:
        field = (_with_colon(plain(label)), plain(value))
        if width_of("".join(field)) >= HALF_LINE:
            yield from (tuple(row) for row in (waiting, [field]) if row)
            waiting = []
        elif waiting:
            yield (*waiting, field)
            waiting = []
        else:
            waiting = [field]
    if waiting:
        yield tuple(waiting)


def _attachment_lines(letter: Letter) -> Iterator[tuple[str, str, str]]:
    """Lead, number and name of each attachment; a single one has no number."""
    lead = _with_colon(plain(letter.attachments_label))
    if len(letter.attachments) == 1:
        yield lead, "", plain(letter.attachments[0])
        return
    for index, name in enumerate(letter.attachments):
        yield lead if index == 0 else "", f"{index + 1}.", plain(name)


def _gaps(layout: LetterLayout) -> tuple[int, int]:
    """The widest empty lines with which attachments, sign and note end on the page of the text.

    Rather with a line to spare: in another font than ours a paragraph may take one line more, and
    a note alone on a second page is ugly.
    """
    room = -_text_lines(layout) % LINES_PER_PAGE
    fitting = (
        gaps
        for spare in (SPARE_LINES, 0)
        for gaps in GAPS
        if _end_lines(layout, *gaps) <= room - spare
    )
    return next(fitting, GAPS[0])


def _text_lines(layout: LetterLayout) -> int:
    """Lines from the top of the letter to its last field, with one empty line around the title."""
    indented = CHARACTERS_PER_LINE - INDENT
    return (
        2
        + sum(1 for line in (layout.copy_mark, layout.number) if line)
        + sum(_lines(text, TITLE_CHARACTERS_PER_LINE) for text in layout.title)
        + (_lines(layout.addressee) if layout.addressee else 0)
        + sum(_lines("　" * INDENT + text) for text in layout.paragraphs)
        + sum(
            _lines("".join(row[0]), indented) if len(row) == 1 else 1 for row in layout.field_rows
        )
    )


def _end_lines(layout: LetterLayout, attachments_gap: int, sign_gap: int) -> int:
    lead = width_of(layout.attachments[0][0]) if layout.attachments else 0
    attached = sum(
        _lines(name, CHARACTERS_PER_LINE - INDENT - lead - width_of(number))
        for _lead, number, name in layout.attachments
    )
    return (
        (attachments_gap + attached if attached else 0)
        + (sign_gap + 2 if layout.sign or layout.date_text else 0)
        + (_lines("　" * INDENT + layout.footer_note) if layout.footer_note else 0)
    )


def _lines(text: str, width: float = CHARACTERS_PER_LINE) -> int:
    return max(1, ceil(width_of(text) / max(1, width)))
