"""Zip packages that users upload: office files that really are such, and plain archives."""

import re
import zipfile
from pathlib import PurePosixPath

from bihuan.documents.archives import UnsafeArchive, chunks_of, open_archive
from bihuan.documents.file_refusals import RefusedFile
from bihuan.documents.file_types import (
    ARCHIVE,
    DOCX,
    ODS,
    ODT,
    OFD,
    PPTX,
    XLSX,
    FileType,
    starts_as_program,
)

MAIN_PARTS = {
    "word/document.xml": (DOCX, b"wordprocessingml.document.main+xml"),
    "xl/workbook.xml": (XLSX, b"spreadsheetml.sheet.main+xml"),
    "ppt/presentation.xml": (PPTX, b"presentationml.presentation.main+xml"),
}
OPEN_DOCUMENTS = {kind.mime.encode(): kind for kind in (ODT, ODS)}
PROGRAM_SUFFIX = re.compile(
    r"exe|dll|com|scr|pif|ms[ip]|bat|cmd|ps1|vb[se]|jse?|ws[fh]|hta|lnk|jar|apk|class|sh|reg|cpl|"
    r"sys|chm|x?html?|svg|mht|php|aspx?|jsp|docm|xlsm|pptm|iso|img"
)
NESTED_SUFFIX = re.compile(r"zip|rar|7z|gz|bz2|xz|tar|tgz|cab|arj")
MACRO_PARTS = re.compile(
    r"vbaproject|vbadata|activex/|/macrosheets/|\Abasic/|\Ascripts/", re.IGNORECASE
)
OUTSIDE_TEMPLATE = re.compile(
    rb"attachedTemplate[^>]*TargetMode\s*=\s*[\"']External|"
    rb"TargetMode\s*=\s*[\"']External[\"'][^>]*attachedTemplate",
)
OLE_PROGRAM = "\x01Ole10Native".encode("utf-16-le")
MACROS = "文档带有宏或可执行内容，不能上传。请另存为不带宏的 docx 或 xlsx 后再上传。"


def package_type(data: bytes, *, unpacked_bytes_max: int) -> FileType:
    """The kind of a zip, every member looked into; raises RefusedFile."""
    try:
        with open_archive(data, unpacked_bytes_max=unpacked_bytes_max) as package:
            _refuse_bytes_before(data, package)
            found = _kind_of(package)
            for member in package.infolist():
                _check_member(package, member, found)
    except UnsafeArchive as unsafe:
        raise RefusedFile(str(unsafe)) from unsafe
    return found


def _refuse_bytes_before(data: bytes, package: zipfile.ZipFile) -> None:
    first = min((member.header_offset for member in package.infolist()), default=None)
    if first is None:
        raise RefusedFile("压缩包里没有文件。请检查后重新选择文件。")
    if first or not data.startswith(b"PK\x03\x04"):
        raise RefusedFile("文件里夹带了另一种文件，不能上传。请重新压缩或导出后再上传。")


def _kind_of(package: zipfile.ZipFile) -> FileType:
    names = frozenset(package.namelist())
    if "[Content_Types].xml" in names:
        return _office_kind(package, names)
    if "OFD.xml" in names:
        return OFD
    if "mimetype" in names:
        kind = OPEN_DOCUMENTS.get(_content(package, "mimetype").strip())
        if kind is not None:
            return kind
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        raise RefusedFile("这是程序安装包，不能上传。请上传照片、文档、录音、视频。")
    return ARCHIVE


def _office_kind(package: zipfile.ZipFile, names: frozenset[str]) -> FileType:
    types = _content(package, "[Content_Types].xml")
    if b"macroEnabled" in types:
        raise RefusedFile(MACROS)
    for part, (kind, content_type) in MAIN_PARTS.items():
        if part in names and content_type in types:
            return kind
    raise RefusedFile("这个文件不是完整的 docx、xlsx 或 pptx。请用 Office 或 WPS 另存后再上传。")


def _content(package: zipfile.ZipFile, name: str) -> bytes:
    return b"".join(chunks_of(package, package.getinfo(name)))


def _check_member(package: zipfile.ZipFile, member: zipfile.ZipInfo, found: FileType) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise RefusedFile("压缩包里有不正常的路径，不能上传。请重新压缩后再上传。")
    suffix = path.suffix.lower().lstrip(".")
    if found is ARCHIVE:
        _check_suffix(path.name, suffix)
    elif MACRO_PARTS.search(member.filename):
        raise RefusedFile(MACROS)
    _check_content(package, member, found)


def _check_suffix(shown: str, suffix: str) -> None:
    if PROGRAM_SUFFIX.fullmatch(suffix):
        raise RefusedFile(f"压缩包里的“{shown[:40]}”是程序或脚本，不能上传。请去掉后重新压缩。")
    if NESTED_SUFFIX.fullmatch(suffix):
        raise RefusedFile(f"压缩包里的“{shown[:40]}”还是压缩包，无法检查。请解开后重新压缩。")


def _check_content(package: zipfile.ZipFile, member: zipfile.ZipInfo, found: FileType) -> None:
    tail = b""
    for number, chunk in enumerate(chunks_of(package, member)):
        if number == 0 and starts_as_program(chunk):
            raise RefusedFile(
                f"文件内的“{member.filename[-40:]}”是程序或脚本，不能上传。请去掉后再上传。"
            )
        window = tail + chunk
        if OLE_PROGRAM in window:
            raise RefusedFile(MACROS)
        if found is DOCX and member.filename.endswith(".rels") and OUTSIDE_TEMPLATE.search(window):
            raise RefusedFile("文档引用了外部模板，不能上传。请另存为 pdf 后再上传。")
        tail = chunk[-256:]
