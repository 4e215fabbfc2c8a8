"""The kinds of files that may be uploaded, each with one extension and one type name."""

from dataclasses import dataclass
from typing import Literal

type Kind = Literal["image", "document", "audio", "video", "archive"]

WORDS: dict[Kind, str] = {
    "image": "图片",
    "document": "文档",
    "audio": "录音",
    "video": "视频",
    "archive": "压缩包",
}
OOXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class FileType:
    """A kind of file; a package is a zip with parts inside."""

    mime: str
    extension: str
    kind: Kind
    is_package: bool = False

    @property
    def word(self) -> str:
        """The Chinese word for its kind."""
        return WORDS[self.kind]


@dataclass(frozen=True)
class FileKind:
    """What an uploaded file is: everything that may be stored about it besides its bytes."""

    mime: str
    extension: str
    kind: Kind
    safe_name: str


PDF = FileType("application/pdf", "pdf", "document")
OFD = FileType("application/ofd", "ofd", "document", is_package=True)
DOC = FileType("application/msword", "doc", "document")
XLS = FileType("application/vnd.ms-excel", "xls", "document")
PPT = FileType("application/vnd.ms-powerpoint", "ppt", "document")
DOCX = FileType(f"{OOXML}.wordprocessingml.document", "docx", "document", is_package=True)
XLSX = FileType(f"{OOXML}.spreadsheetml.sheet", "xlsx", "document", is_package=True)
PPTX = FileType(f"{OOXML}.presentationml.presentation", "pptx", "document", is_package=True)
ODT = FileType(f"{ODF}.text", "odt", "document", is_package=True)
ODS = FileType(f"{ODF}.spreadsheet", "ods", "document", is_package=True)
TXT = FileType("text/plain", "txt", "document")
CSV = FileType("text/csv", "csv", "document")
ARCHIVE = FileType("application/zip", "zip", "archive", is_package=True)

BY_MIME = {
    kind.mime: kind
    for kind in (
        PDF,
        FileType("image/jpeg", "jpg", "image"),
        FileType("image/png", "png", "image"),
        FileType("image/webp", "webp", "image"),
        FileType("image/heic", "heic", "image"),
        FileType("image/gif", "gif", "image"),
        FileType("image/bmp", "bmp", "image"),
        FileType("audio/mpeg", "mp3", "audio"),
        FileType("audio/mp4", "m4a", "audio"),
        FileType("audio/aac", "aac", "audio"),
        FileType("audio/amr", "amr", "audio"),
        FileType("audio/ogg", "ogg", "audio"),
        FileType("audio/x-flac", "flac", "audio"),
        FileType("audio/x-wav", "wav", "audio"),
        FileType("video/mp4", "mp4", "video"),
        FileType("video/3gpp", "3gp", "video"),
        FileType("video/quicktime", "mov", "video"),
        FileType("video/x-m4v", "m4v", "video"),
        FileType("video/x-msvideo", "avi", "video"),
        FileType("video/x-matroska", "mkv", "video"),
        FileType("video/webm", "webm", "video"),
    )
}

PROGRAM_STARTS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"dex\n",
    b"\x00asm",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
# Recordings of simple phones begin like a script.
RECORDING_START = b"#!AMR"


def starts_as_program(data: bytes) -> bool:
    """True when a system would run these bytes: programs, scripts and shortcuts."""
    return data.startswith(PROGRAM_STARTS) and not data.startswith(RECORDING_START)
