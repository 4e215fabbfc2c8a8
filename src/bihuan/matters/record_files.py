"""Files of records: photos and papers, typed by content and kept in the content folder."""

from datetime import datetime

import filetype

from bihuan.accounts.actors import Actor
from bihuan.documents.uploads import RefusedFile, inspect
from bihuan.matters import files
from bihuan.matters.models import Attachment
from bihuan.matters.refusals import NoRoom, Refused

SIZE_MAX_BYTES = 20 * 1024 * 1024
NAME_MAX = 120
NO_ROOM = "服务器存放文件的空间不足，“{}”没有收下。请告诉系统管理员，腾出空间后再上传。"
KINDS = {
    "image/jpeg": "照片",
    "image/png": "照片",
    "image/webp": "照片",
    "image/heic": "照片",
    "application/pdf": "PDF",
}


def keep_file(data: bytes, *, name: str, by: Actor, now: datetime) -> Attachment:
    """Keep an uploaded file that a record of this actor will name; Refused says what is wrong.

    Sent again before a record names it, it is the same file.
    """
    shown = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1][:NAME_MAX] or "未命名"
    if len(data) > SIZE_MAX_BYTES:
        raise Refused(f"“{shown}”超过 20 MB，请压缩后再上传。")
    guess = filetype.guess(data[:8192])
    if guess is None or guess.mime not in KINDS:
        raise Refused(f"“{shown}”不是照片或 PDF，请上传 JPG、PNG、HEIC 照片或 PDF 文件。")
    try:
        kind = inspect(data, name=name)
    except RefusedFile as refused:
        raise Refused(f"“{shown}”没有收下：{refused}") from refused
    if not files.has_room_for(len(data)):
        raise NoRoom(NO_ROOM.format(shown))
    told = {
        "digest": files.keep(data),
        "name": kind.safe_name[:NAME_MAX],
        "mime": kind.mime,
        "uploaded_by_id": by.user_id,
    }
    waiting = Attachment.objects.filter(matter=None, record=None, **told).order_by("id").first()
    return waiting or Attachment.objects.create(size=len(data), uploaded_at=now, **told)
