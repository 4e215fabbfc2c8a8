"""A PDF that runs something, or hides what it holds, is not taken."""

import re
import zlib
from collections.abc import Iterator

from bihuan.documents.file_refusals import RefusedFile

STREAM_BEGINS = re.compile(rb"(?<!end)stream\r?\n")
RISKY = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia)(?![A-Za-z0-9])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
FILTERS = re.compile(rb"/(\w+Decode)(?![A-Za-z0-9])")
OBJECT_STREAM_BYTES_MAX = 50 << 20
RUNS = "PDF 带有脚本或启动程序的动作，不能上传。请重新打印成 PDF 后再上传。"
HIDDEN = "PDF 的内容无法检查。请重新打印成 PDF 后再上传。"
LOCKED = "PDF 设了密码或权限限制，无法检查内容。请去掉后再上传。"


def refuse_risky_pdf(data: bytes) -> None:
    """Raise RefusedFile for actions, encryption, or objects that cannot be looked into."""
    for text in _object_texts(data):
        plain = ESCAPED.sub(_unescaped, text)
        if RISKY.search(plain):
            raise RefusedFile(RUNS)
        if ENCRYPTED.search(plain):
            raise RefusedFile(LOCKED)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _object_texts(data: bytes) -> Iterator[bytes]:
    """The text of objects: what stands between streams, and the streams that hold objects.

    Pictures and fonts are skipped, since any name could occur in their bytes by chance.
    """
    place = 0
    while found := STREAM_BEGINS.search(data, place):
        between = data[place : found.start()]
        yield between
        end = data.find(b"endstream", found.end())
        if end < 0:
            raise RefusedFile(HIDDEN)
        dictionary = ESCAPED.sub(_unescaped, between[between.rfind(b" obj") + 1 :])
        if OBJECT_STREAM.search(dictionary):
            yield _unpacked(data[found.end() : end], dictionary)
        place = end + len(b"endstream")
    yield data[place:]


def _unpacked(body: bytes, dictionary: bytes) -> bytes:
    filters = FILTERS.findall(dictionary)
    if not filters and b"/Filter" not in dictionary:
        return body
    if filters != [b"FlateDecode"] or b"/Predictor" in dictionary:
        raise RefusedFile(HIDDEN)
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(body, OBJECT_STREAM_BYTES_MAX)
    except zlib.error as damaged:
        raise RefusedFile(HIDDEN) from damaged
    if unpacker.unconsumed_tail:
        raise RefusedFile(HIDDEN)
    return text
