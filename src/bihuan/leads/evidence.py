"""Files that come with a tip-off: known by content, limited, photos re-encoded for viewing.

A photo's own file tells who took it (place, telephone model, time), a recording lets a voice be
known: both go to the custodian only. The desk sees the re-encoded picture.
"""

import io
import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import filetype
import pillow_heif
from PIL import Image, ImageOps

from bihuan.leads.sealed_content import StoredFile
from bihuan.matters.refusals import Incomplete

FILES_MAX = 9
FILE_BYTES_MAX = 50 * 1024 * 1024
TOTAL_BYTES_MAX = 120 * 1024 * 1024
PIXELS_MAX = 60_000_000
VIEW_SIDE_MAX = 2000
VIEW_QUALITY = 82
VIEW_MIME = "image/jpeg"

pillow_heif.register_heif_opener()
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
    kind = filetype.guess(file.data[:8192])
    mime = kind.mime if kind else ""
    if mime.split("/")[0] not in ("image", "video", "audio"):
        raise _bad(f"第 {number} 个文件不是照片、视频或录音，请换成这三类文件，文字请写在表中。")
    original = StoredFile(name=_plain_name(file.name, number=number), mime=mime, data=file.data)
    if not mime.startswith("image/"):
        return Evidence(original=original, view=None)
    return Evidence(original=original, view=_view(file.data, number=number))


def _view(data: bytes, *, number: int) -> StoredFile:
    """The picture alone: turned upright, made smaller, none of the file's own remarks."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise _bad(f"第 {number} 张照片尺寸过大，请用普通尺寸重拍或截图后再选择。")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise _bad(f"第 {number} 张照片打不开，可能没有传完，请重新选择。") from fault
    upright.thumbnail((VIEW_SIDE_MAX, VIEW_SIDE_MAX))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=VIEW_QUALITY)
    return StoredFile(name=f"照片{number}.jpg", mime=VIEW_MIME, data=out.getvalue())


def _plain_name(name: str, *, number: int) -> str:
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    printable = "".join(mark for mark in last if unicodedata.category(mark)[0] != "C")
    return printable[-120:] or f"文件{number}"


def _bad(sentence: str) -> Incomplete:
    return Incomplete(sentence, fields={"files": sentence})
