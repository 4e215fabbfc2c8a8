"""Official letters as editable Word files after GB/T 9704-2012."""

from __future__ import annotations

import threading
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

from bihuan.documents.letters import HALF_LINE, INDENT, LetterLayout, width_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

# A grid of characters (docGrid) is set differently by each editor; a fixed pitch is not.
LINE_PITCH = Pt(28.95)
BODY_SIZE = Pt(16)
TITLE_SIZE = Pt(22)
PAGE_NUMBER_SIZE = Pt(14)
TIGHTER_TWENTIETHS = -5
CHARACTER = Pt(15.75)
BODY_FONT = "仿宋_GB2312"
TITLE_FONT = "方正小标宋简体"
LABEL_FONT = "黑体"
# Names an editor tries next when an office has no such font.
SUBSTITUTES = ((BODY_FONT, "仿宋"), (TITLE_FONT, "宋体"), (LABEL_FONT, "SimHei"))
# Two makings of one letter must be equal byte for byte, so no moment of making is stored.
FIXED_MOMENT = datetime(1980, 1, 1, tzinfo=UTC)
ZIP_MOMENT = (1980, 1, 1, 0, 0, 0)
_own = threading.local()


def word_letter(layout: LetterLayout, *, locked_paragraphs: frozenset[int]) -> bytes:
    """The letter as .docx; the locked paragraphs can be neither changed nor deleted (LX-A3-4)."""
    sheet: _BlankSheet | None = getattr(_own, "sheet", None)
    if sheet is None:
        sheet = _own.sheet = _BlankSheet()
    document = sheet.emptied()
    _describe(document, layout)
    _write_head(document, layout)
    _write_body(document, layout, locked_paragraphs)
    _write_closing(document, layout)
    return sheet.packed()


class _BlankSheet:
    """A document with page, styles and page number, of which letter after letter is written.

    Reading the library's template and setting it up is most of the work of a letter, and sixteen
    of its eighteen parts are the same in every one. Each thread has a sheet of its own.
    """

    def __init__(self) -> None:
        self._document = docx.Document()
        _leave_out_thumbnail(self._document)
        _set_defaults(self._document)
        _set_page(self._document.sections[0])
        stream = BytesIO()
        self._document.save(stream)
        with zipfile.ZipFile(stream) as package:
            self._parts = {name: package.read(name) for name in package.namelist()}

    def emptied(self) -> Document:
        """The document without what the letter before wrote."""
        body = self._document.element.body
        for element in list(body):
            if element.tag != qn("w:sectPr"):
                body.remove(element)
        return self._document

    def packed(self) -> bytes:
        """The file, with one fixed moment on every member."""
        package = self._document.part.package
        own = {part.partname.membername: part.blob for part in package.parts if _is_own(part)}
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as target:
            for name, kept in self._parts.items():
                member = zipfile.ZipInfo(name, date_time=ZIP_MOMENT)
                member.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(member, own.get(name, kept))
        return packed.getvalue()


def _is_own(part: Part) -> bool:
    """Whether it differs from letter to letter: the text and what is told of the document."""
    return part.partname in ("/word/document.xml", "/docProps/core.xml")


def _describe(document: Document, layout: LetterLayout) -> None:
    properties = document.core_properties
    properties.title = "".join(layout.title)[:255]
    properties.author = properties.last_modified_by = layout.org[:255]
    properties.comments = ""
    properties.created = properties.modified = FIXED_MOMENT


def _leave_out_thumbnail(document: Document) -> None:
    relations = document.part.package.rels
    for key in [key for key, part in relations.items() if part.reltype.endswith("/thumbnail")]:
        del relations[key]


def _set_defaults(document: Document) -> None:
    normal = document.styles["Normal"]
    _set_fonts(normal.element.get_or_add_rPr(), BODY_FONT)
    normal.font.size = BODY_SIZE
    defaults = document.styles.element.find(qn("w:docDefaults"))
    language = defaults.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True
    settings.element.find(qn("w:zoom")).addnext(OxmlElement("w:mirrorMargins"))
    compression = settings.element.find(qn("w:characterSpacingControl"))
    compression.set(qn("w:val"), "compressPunctuation")
    _name_substitutes(document)


def _name_substitutes(document: Document) -> None:
    part = next(
        relation.target_part
        for relation in document.part.rels.values()
        if relation.reltype.endswith("/fontTable")
    )
    named = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in SUBSTITUTES
    )
    # python-docx keeps this part as plain bytes and offers no other way in.
    part._blob = part.blob.replace(b"</w:fonts>", f"{named}</w:fonts>".encode())  # noqa: SLF001


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001
    section._sectPr.remove(grid)  # noqa: SLF001
    odd = section.footer.paragraphs[0]
    odd.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    odd.paragraph_format.right_indent = PAGE_NUMBER_SIZE
    even = section.even_page_footer.paragraphs[0]
    even.alignment = WD_ALIGN_PARAGRAPH.LEFT
    even.paragraph_format.left_indent = PAGE_NUMBER_SIZE
    for footer in (odd, even):
        footer.paragraph_format.space_after = Pt(0)
        _write_page_number(footer)


def _write_page_number(paragraph: Paragraph) -> None:
    for text, field in (("— ", None), ("", "begin"), (" PAGE ", "code"), ("", "end"), (" —", None)):
        run = paragraph.add_run(text if field is None else "")
        _set_fonts(run._r.get_or_add_rPr(), "宋体")  # noqa: SLF001
        run.font.size = PAGE_NUMBER_SIZE
        if field == "code":
            code = OxmlElement("w:instrText")
            code.text = text
            run._r.append(code)  # noqa: SLF001
        elif field is not None:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), field)
            run._r.append(mark)  # noqa: SLF001


def _write_head(document: Document, layout: LetterLayout) -> None:
    if layout.copy_mark:
        _write(_line(document), layout.copy_mark, font=LABEL_FONT)
    _line(document)
    for text in layout.title:
        paragraph = _line(document)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(paragraph, text, font=TITLE_FONT).font.size = TITLE_SIZE
    if layout.number:
        paragraph = _line(document)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(paragraph, layout.number)
    _line(document)
    if layout.addressee:
        _write(_line(document), layout.addressee)


def _write_body(document: Document, layout: LetterLayout, locked: frozenset[int]) -> None:
    for index, text in enumerate(layout.paragraphs):
        paragraph = _line(document, first=INDENT)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _write(paragraph, text)
        if index in locked:
            _lock(paragraph, index)
    for row in layout.field_rows:
        paragraph = _line(document, left=INDENT)
        paragraph.paragraph_format.tab_stops.add_tab_stop(_characters(INDENT + HALF_LINE))
        for position, (label, value) in enumerate(row):
            _write(paragraph, f"\t{label}" if position else label, font=LABEL_FONT)
            _write(paragraph, value)
    _write_attachments(document, layout)


def _write_attachments(document: Document, layout: LetterLayout) -> None:
    if not layout.attachments:
        return
    lead_width = width_of(layout.attachments[0][0])
    lines = [_line(document) for _ in range(layout.attachments_gap)]
    for lead, number, name in layout.attachments:
        left = INDENT + lead_width + width_of(number)
        paragraph = _line(document, left=left, first=-width_of(lead + number))
        _write(paragraph, f"{lead}{number}{name}")
        lines.append(paragraph)
    for paragraph in lines:
        paragraph.paragraph_format.keep_with_next = True
    _keep_last_line_with(lines[0])


def _lock(paragraph: Paragraph, index: int) -> None:
    """Put a paragraph into a content control that refuses change and deletion."""
    control = OxmlElement("w:sdt")
    properties = OxmlElement("w:sdtPr")
    for tag, value in (
        ("w:alias", "固定内容，不能改动或删除"),
        ("w:tag", f"locked-{index}"),
        ("w:id", str(9704_0000 + index)),
        ("w:lock", "sdtContentLocked"),
    ):
        properties.append(_valued(tag, value))
    content = OxmlElement("w:sdtContent")
    element = paragraph._p  # noqa: SLF001
    element.addprevious(control)
    content.append(element)
    control.append(properties)
    control.append(content)


def _write_closing(document: Document, layout: LetterLayout) -> None:
    if layout.sign or layout.date_text:
        # The seal covers these lines: they stay together and with the text above them.
        closing = [_line(document) for _ in range(layout.sign_gap)]
        for text, inset in ((layout.sign, layout.sign_inset), (layout.date_text, None)):
            paragraph = _line(document)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            right = layout.date_inset if inset is None else inset
            paragraph.paragraph_format.right_indent = _characters(right)
            _write(paragraph, text)
            closing.append(paragraph)
        for paragraph in closing[:-1]:
            paragraph.paragraph_format.keep_with_next = True
        _keep_last_line_with(closing[0])
    if layout.footer_note:
        _write(_line(document, first=INDENT), layout.footer_note)


def _keep_last_line_with(paragraph: Paragraph) -> None:
    above = paragraph._p.getprevious()  # noqa: SLF001
    if above is None:
        return
    for element in above.iter(qn("w:p")):
        properties = element.get_or_add_pPr()
        if properties.find(qn("w:keepNext")) is None:
            properties.keepNext_val = True


def _line(document: Document, *, left: float = 0, first: float = 0) -> Paragraph:
    """An empty paragraph of one line's height; indents in characters."""
    paragraph = document.add_paragraph()
    layout = paragraph.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = LINE_PITCH
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False
    layout.left_indent, layout.first_line_indent = _characters(left), _characters(first)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):
        element = _valued(tag, "0")
        # The schema wants these before spacing; Word calls the file damaged otherwise.
        properties.find(qn("w:spacing")).addprevious(element)
    return paragraph


def _write(paragraph: Paragraph, text: str, *, font: str = BODY_FONT) -> Run:
    run = paragraph.add_run(text)
    run.font.size = BODY_SIZE
    properties = run._r.get_or_add_rPr()  # noqa: SLF001
    _set_fonts(properties, font)
    properties.find(qn("w:sz")).addprevious(_valued("w:spacing", str(TIGHTER_TWENTIETHS)))
    return run


def _set_fonts(properties: BaseOxmlElement, font: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _valued(tag: str, value: str) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement(tag)
    element.set(qn("w:val"), value)
    return element


def _characters(count: float) -> Length:
    return Length(round(CHARACTER * count))
