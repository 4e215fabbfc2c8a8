"""Files that come with a tip-off: known by content, limited, photos re-encoded for viewing.

A photo's own file tells who took it (place, telephone model, time), a recording lets a voice be
known: both go to the custodian only. The desk sees the re-encoded picture.
"""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from bihuan.documents.uploads import RefusedFile, inspect, viewing_copy
from bihuan.leads.sealed_content import StoredFile
from bihuan.matters.refusals import Incomplete

FILES_MAX = 9
FILE_BYTES_MAX = 50 * 1024 * 1024
TOTAL_BYTES_MAX = 120 * 1024 * 1024
KINDS = ("image", "video", "audio")

# At debug level this library writes a photo's own remarks (telephone model, place) into the log.
logging.getLogger("PIL").setLevel(logging.WARNING)


@dataclass(frozen=True, kw_only=True)
class IncomingFile:
    """A file as it was sent."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A file that was taken: the original, and a picture for the desk when it is a photo."""

    original: StoredFile
    view: StoredFile | None


def taken_in(files: Sequence[IncomingFile]) -> tuple[Evidence, ...]:
    """Check and prepare the files of one tip-off or addition; Incomplete says which is wrong."""
    if len(files) > FILES_MAX:
        raise _bad(f"最多 {FILES_MAX} 个文件，现有 {len(files)} 个，请分次补充。")
    if sum(len(file.data) for file in files) > TOTAL_BYTES_MAX:
        raise _bad("文件合计超过 120 MB，请减少几个，其余凭查询码再补充。")
    return tuple(_one(file, number=number) for number, file in enumerate(files, start=1))


def _one(file: IncomingFile, *, number: int) -> Evidence:
    if not file.data:
        raise _bad(f"第 {number} 个文件是空的，请重新选择。")
    if len(file.data) > FILE_BYTES_MAX:
        raise _bad(f"第 {number} 个文件超过 50 MB，请压缩或截短后再选择。")
    try:
        kind = inspect(file.data, name=file.name)
        if kind.kind not in KINDS:
            raise _bad(f"第 {number} 个文件不是照片、视频或录音，请换这三类，文字请写在表中。")
        name = _plain_name(file.name) or kind.safe_name
        original = StoredFile(name=name, mime=kind.mime, data=file.data)
        if kind.kind != "image":
            return Evidence(original=original, view=None)
        picture, mime = viewing_copy(file.data)
    except RefusedFile as refusal:
        raise _bad(f"第 {number} 个{refusal}") from refusal
    view = StoredFile(name=f"照片{number}.{mime.rpartition('/')[2]}", mime=mime, data=picture)
    return Evidence(original=original, view=view)


def _plain_name(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(mark for mark in last if unicodedata.category(mark)[0] != "C")[-120:]


def _bad(sentence: str) -> Incomplete:
    return Incomplete(sentence, fields={"files": sentence})
