"""The route of attachments: a file joins a matter, to be named in a step's answers."""

from django.http import HttpRequest
from ninja import File, Router, UploadedFile
from ninja.responses import Status

from bihuan.accounts.requests import actor_from
from bihuan.api.callers import CALLERS
from bihuan.api.schemas import FileOut
from bihuan.matters.attachments import attach
from bihuan.matters.identity import from_code
from bihuan.matters.models import Attachment
from bihuan.matters.moment import now
from bihuan.matters.refusals import NotFound

router = Router(tags=["事项"], auth=CALLERS)


@router.post(
    "/matters/{code}/files",
    response={201: FileOut},
    operation_id="attach_file",
    summary="上传附件",
)
def attach_file(request: HttpRequest, code: str, file: File[UploadedFile]) -> Status[Attachment]:
    """按内容识别类型并留痕；得到的 id 填入动作中“附件”一类的项。"""
    matter_id = from_code(code)
    if matter_id is None:
        raise NotFound
    kept = attach(matter_id, file.read(), file.name or "", by=actor_from(request), now=now())
    return Status(201, kept)
