"""Office files of the older binary format (doc, xls, ppt, wps), told apart by their streams."""

from bihuan.documents.file_refusals import RefusedFile
from bihuan.documents.file_types import DOC, PPT, XLS, FileType

STREAMS = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS), ("PowerPoint Document", PPT))
MACRO_STREAMS = ("_VBA_PROJECT", "VBA", "Macros", "\x01Ole10Native")
HEADER_BYTES = 512
ENTRY_BYTES = 128


def compound_type(data: bytes) -> FileType:
    """The kind of an older office file without macros or password; raises RefusedFile."""
    names = _stream_names(data)
    if "EncryptedPackage" in names:
        raise RefusedFile("文件设了打开密码，无法检查内容。请去掉密码、另存后再上传。")
    if any(name in names for name in MACRO_STREAMS):
        raise RefusedFile("文档带有宏或可执行内容，不能上传。请另存为 docx、xlsx 或 pdf 后再上传。")
    for name, kind in STREAMS:
        if name in names:
            return kind
    raise RefusedFile("不能识别这个文件的类型。请另存为 docx、xlsx 或 pdf 后再上传。")


def _stream_names(data: bytes) -> frozenset[str]:
    """Names of all directory entries; they lie on 128-byte marks, wherever their sector is."""
    names = set()
    for start in range(HEADER_BYTES, len(data) - ENTRY_BYTES + 1, ENTRY_BYTES):
        length = int.from_bytes(data[start + 64 : start + 66], "little")
        kind, colour = data[start + 66], data[start + 67]
        if length in range(4, 65, 2) and kind in (1, 2, 5) and colour in (0, 1):
            name = data[start : start + length - 2].decode("utf-16-le", "replace")
            names.add(name)
    return frozenset(names)
