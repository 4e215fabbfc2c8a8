"""Files that come with a tip-off: known by content, limited, photos re-encoded for viewing.

A photo's own file tells who took it (place, telephone model, time), a recording lets a voice be
known: both go to the custodian only. The desk sees the re-encoded picture.
"""

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from bihuan.documents.uploads import (
    BYTES_MAX,
    RefusedFile,
    decoding_cost,
    extensions_of,
    inspect,
    media_kind,
    viewing_copy,
)
from bihuan.leads.sealed_content import StoredFile
from bihuan.matters import files as files_kept
from bihuan.matters.refusals import Incomplete

FILES_MAX = 9
FILE_BYTES_MAX = 50 * 1024 * 1024
TOTAL_BYTES_MAX = 120 * 1024 * 1024
PHOTO_BYTES_MAX = BYTES_MAX["image"]
PIXELS_MAX = 120_000_000  # of all pictures together: nine of a common telephone
MB = 1 << 20
SHOWN_NAME_MAX = 40
KINDS = ("image", "video", "audio")
_TAKEN = (("image", "照片"), ("video", "视频"), ("audio", "录音"))
TAKEN = "；".join(f"{word}收 {'、'.join(extensions_of(kind))}" for kind, word in _TAKEN) + "。"

TOO_OFTEN = "这个网络刚才提交得较多，文字已经收下，文件没有收下。请一小时后凭查询码补充文件。"
NO_SPACE = "存放文件的空间不足，文字已经收下，文件没有收下。请过一天凭查询码补充，或拨打举报电话。"

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
    if fault := plain_fault(files):
        raise _bad(fault)
    if sum(decoding_cost(file.data) for file in files) > PIXELS_MAX:
        raise _bad("照片合计像素过大，请减少几张或缩小后再选择，其余凭查询码再补充。")
    return tuple(_one(file, number=number) for number, file in enumerate(files, start=1))


def plain_fault(files: Sequence[IncomingFile]) -> str:
    """What is seen to be wrong with files without decoding any; empty when nothing is."""
    if len(files) > FILES_MAX:
        return f"最多 {FILES_MAX} 个文件，现有 {len(files)} 个，请分次补充。"
    if sum(len(file.data) for file in files) > TOTAL_BYTES_MAX:
        return f"文件合计超过 {TOTAL_BYTES_MAX // MB} MB，请减少几个，其余凭查询码再补充。"
    faults = (_plain_fault(file, number=number) for number, file in enumerate(files, start=1))
    return next((fault for fault in faults if fault), "")


def why_left(files: Sequence[IncomingFile], *, is_within: bool) -> str:
    """Why the words are taken and the files are not; empty when both are."""
    if not files:
        return ""
    if not is_within:
        return TOO_OFTEN
    wanted = 2 * sum(len(file.data) for file in files)  # the originals, and pictures for the desk
    return "" if files_kept.has_room_for(wanted) else NO_SPACE


def _plain_fault(file: IncomingFile, *, number: int) -> str:
    shown = _shown_name(file.name, number=number)
    if not file.data:
        return f"{shown}是空的，请重新选择。"
    if media_kind(file.data) not in KINDS:
        return f"{shown}不是能收的照片、视频或录音。{TAKEN}文字请写在表中。"
    if len(file.data) > FILE_BYTES_MAX:
        return f"{shown}超过 {FILE_BYTES_MAX // MB} MB，请压缩或截短后再选择。"
    return ""


def _one(file: IncomingFile, *, number: int) -> Evidence:
    shown = _shown_name(file.name, number=number)
    try:
        kind = inspect(file.data, name=file.name)
        name = _plain_name(file.name) or kind.safe_name
        original = StoredFile(name=name, mime=kind.mime, data=file.data)
        if kind.kind != "image":
            return Evidence(original=original, view=None)
        picture, mime = viewing_copy(file.data)
    except RefusedFile as refusal:
        raise _bad(f"{shown}：{refusal}") from refusal
    view = StoredFile(name=f"照片{number}.{mime.rpartition('/')[2]}", mime=mime, data=picture)
    return Evidence(original=original, view=view)


def _shown_name(name: str, *, number: int) -> str:
    """How the answer to the sender calls a file; it goes nowhere else."""
    plain = _plain_name(name)
    if len(plain) > SHOWN_NAME_MAX:
        plain = f"…{plain[1 - SHOWN_NAME_MAX :]}"
    return f"“{plain}”" if plain.strip() else f"第 {number} 个文件"


def _plain_name(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return "".join(mark for mark in last if unicodedata.category(mark)[0] != "C")[-120:]


def _bad(sentence: str) -> Incomplete:
    return Incomplete(sentence, fields={"files": sentence})
