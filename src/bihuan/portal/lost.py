"""What a form that comes back has lost: a server can't give files and passwords back to a page.

With the script of the portal their fields never leave the page, and it says so with every form.
"""

from typing import Any

from django.http import HttpRequest

from bihuan.portal.uploading import uploads_are_too_large

HEADER, KEPT = "X-Fields", "kept"
FILES, PASSWORD = "文件", "口令"


def lost_from(request: HttpRequest, *, field: str) -> str:
    """文件、口令 (typed into `field`), as far as they came and the page hasn't kept them."""
    if request.headers.get(HEADER) == KEPT:
        return ""
    has_files = bool(request.FILES) or uploads_are_too_large(request)
    lost = ((FILES, has_files), (PASSWORD, bool(request.POST.get(field))))
    return "、".join(word for word, is_lost in lost if is_lost)


def told_in(errors: list[dict[str, Any]], lost: str) -> list[dict[str, Any]]:
    """The entries of an error summary, whose heading then says what is lost."""
    return [error | {"lost": lost} for error in errors]


def asked_again(lost: str) -> str:
    """What has to be given again, and why; empty when nothing is lost."""
    files = "重新选择照片、视频、录音" if FILES in lost else ""
    phrase = "再填一次领奖口令" if PASSWORD in lost else ""
    again = "，".join(words for words in (files, phrase) if words)
    return f"为保护您，{lost}不会留在页面上，请{again}。" if again else ""
