"""Uploaded files are typed by their content; what could harm a reader is refused with a reason."""

import re

import filetype

from bihuan.documents.compound_files import compound_type
from bihuan.documents.file_names import safe_name
from bihuan.documents.file_refusals import RefusedFile
from bihuan.documents.file_types import (
    ARCHIVE,
    BY_MIME,
    CSV,
    PDF,
    TXT,
    FileKind,
    FileType,
    starts_as_program,
)
from bihuan.documents.packages import package_type
from bihuan.documents.pdf_risks import refuse_risky_pdf

__all__ = [
    "FileKind",
    "RefusedFile",
    "decoding_cost",
    "extensions_of",
    "inspect",
    "media_kind",
    "viewing_copy",
]

MB = 1 << 20
BYTES_MAX = {
    "image": 30 * MB,
    "document": 50 * MB,
    "audio": 100 * MB,
    "video": 500 * MB,
    "archive": 100 * MB,
}
MEDIA = ("image", "audio", "video")
EDGE_BYTES = 64 << 10
# A browser that guesses a type reads the first kilobyte or so.
GUESS_BYTES = 2048
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|svg|script|iframe|body|head|object|embed|\?php|\?xml|%)",
    re.IGNORECASE,
)
SCRIPT_TEXT = re.compile(
    rb"\A\s*(?:@echo|#!|<\?|import\s|function\s|set-executionpolicy|powershell|on error resume|"
    rb"dim\s|wscript|\[internetshortcut\]|\[autorun\]|windows registry editor)",
    re.IGNORECASE,
)
CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
UNKNOWN = (
    "不能识别这个文件的类型。可上传照片（jpg、png、heic）、文档（pdf、ofd、docx、xlsx、wps）、"
    "录音（mp3、m4a、wav）、视频（mp4、mov）和 zip 压缩包。"
)


def inspect(data: bytes, *, name: str) -> FileKind:
    """What the bytes really are, and a safe name for them; raises RefusedFile."""
    if not data:
        raise RefusedFile("文件是空的，没有内容。请检查后重新选择文件。")
    if starts_as_program(data):
        raise RefusedFile("这是程序或脚本文件，不能上传。请上传照片、文档、录音、视频。")
    found = _type_of(data, name=name)
    limit = BYTES_MAX[found.kind]
    if len(data) > limit:
        raise RefusedFile(
            f"文件有 {_megabytes_text(len(data))} MB，{found.word}最大 {limit // MB} MB。"
            "请压缩或分段后再上传。"
        )
    _refuse_polyglot(data, found)
    if found.kind == "image":
        from bihuan.documents.pictures import refuse_unreadable_picture  # noqa: PLC0415 - Pillow

        refuse_unreadable_picture(data)
    if found is PDF:
        refuse_risky_pdf(data)
    return FileKind(
        mime=found.mime,
        extension=found.extension,
        kind=found.kind,
        safe_name=safe_name(name, extension=found.extension),
    )


def viewing_copy(data: bytes) -> tuple[bytes, str]:
    """As `pictures.viewing_copy`; Pillow is loaded with the first picture of a process."""
    from bihuan.documents import pictures  # noqa: PLC0415 - 14 MB that most processes never need

    return pictures.viewing_copy(data)


def decoding_cost(data: bytes) -> int:
    """As `pictures.decoding_cost`."""
    from bihuan.documents import pictures  # noqa: PLC0415 - the same

    return pictures.decoding_cost(data)


def media_kind(data: bytes) -> str:
    """image, audio or video by the first bytes; empty for everything else."""
    guess = filetype.guess(data)
    found = BY_MIME.get(guess.mime) if guess is not None else None
    return found.kind if found is not None and found.kind in MEDIA else ""


def extensions_of(kind: str) -> tuple[str, ...]:
    """The extensions of the files of a kind that are taken."""
    return tuple(found.extension for found in BY_MIME.values() if found.kind == kind)


def _megabytes_text(size: int) -> str:
    """Rounded up: a file that is a little over a limit isn't told to be of that size."""
    return f"{-(-size * 10 // MB) / 10:g}"


def _type_of(data: bytes, *, name: str) -> FileType:
    if data.startswith(b"PK"):
        return package_type(data, unpacked_bytes_max=5 * BYTES_MAX[ARCHIVE.kind])
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return compound_type(data)
    guess = filetype.guess(data)
    if guess is not None and guess.mime in BY_MIME:
        return BY_MIME[guess.mime]
    if guess is not None:
        raise RefusedFile(UNKNOWN)
    return _text_type(data, name=name)


def _text_type(data: bytes, *, name: str) -> FileType:
    """Plain text has no mark of its own: it is what decodes and holds neither code nor markup."""
    if MARKUP.search(data[:EDGE_BYTES]) or SCRIPT_TEXT.match(data[:GUESS_BYTES]):
        raise RefusedFile("这是网页或脚本文件，不能上传。请另存为 pdf 或 docx 后再上传。")
    suffix = name.lower().rpartition(".")[2]
    if suffix not in {"txt", "csv"} or CONTROL_BYTES.search(data):
        raise RefusedFile(UNKNOWN)
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return CSV if suffix == "csv" else TXT
    raise RefusedFile(UNKNOWN)


def _refuse_polyglot(data: bytes, found: FileType) -> None:
    """Refuse bytes that another program could read as a second kind of file."""
    if found.is_package or found in {CSV, TXT}:
        return
    edges = data[:EDGE_BYTES] + b"\n" + data[-EDGE_BYTES:]
    hidden = (
        _ends_as_zip(data)
        or (found is not PDF and b"%PDF-" in data[:GUESS_BYTES])
        or (found.kind == "image" and re.search(rb"<script|<\?php", edges, re.IGNORECASE))
        or (found is PDF and not data.startswith(b"%PDF-"))
    )
    if hidden:
        raise RefusedFile("文件里夹带了另一种文件，不能上传。请重新拍摄或重新导出后再上传。")


def _ends_as_zip(data: bytes) -> bool:
    """True when a zip directory closes the file, as a reader of archives would find it."""
    tail = data[-(EDGE_BYTES + 22) :]
    place = tail.rfind(b"PK\x05\x06")
    return place >= 0 and b"PK\x01\x02" in data[-(1 << 20) :]
