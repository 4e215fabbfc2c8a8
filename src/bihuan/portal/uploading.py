"""Files of a reporter stay in memory: an upload in clear on disk would outlive the request."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest

from bihuan.leads.evidence import TOTAL_BYTES_MAX, IncomingFile

TOO_LARGE = f"文件合计超过 {TOTAL_BYTES_MAX // 1024 // 1024} MB，没有收下，请减少几个再选择"


class InMemoryHandler(MemoryFileUploadHandler):
    """Keeps every file in memory, or drops them all when together they are too large."""

    def handle_raw_input(
        self,
        _input_data: Any,
        _meta: dict[str, str],
        content_length: int,
        _boundary: str,
        _encoding: str | None = None,
    ) -> None:
        """Decide by the length of the whole request."""
        self.activated = content_length <= TOTAL_BYTES_MAX


def keep_uploads_in_memory(request: HttpRequest) -> None:
    """Call this before anything reads the form."""
    request.upload_handlers = [InMemoryHandler(request)]


def uploads_are_too_large(request: HttpRequest) -> bool:
    """Whether the files were dropped."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > TOTAL_BYTES_MAX


def files_of(request: HttpRequest) -> tuple[IncomingFile, ...]:
    """The files as they came; a field left empty sends none."""
    sent = request.FILES.getlist("files")
    return tuple(IncomingFile(name=file.name or "", data=file.read()) for file in sent)
