"""Papers and files of a matter as they are listed on its page."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from bihuan.database.prepared import prepared
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.disposals import destroyed_files
from bihuan.matters.identity import to_code
from bihuan.matters.models import Attachment, PaperCopy
from bihuan.matters.papers import replacements
from bihuan.ui.words import file_size, moment, short_day

_FORMS = (("docx", "Word"), ("pdf", "PDF"))


def papers_of(case: Case) -> list[dict[str, Any]]:
    """Copies of every issued paper, newest version first, each as Word and PDF."""
    copies = _copies(case.matter.pk)
    newest: dict[tuple[str, str], int] = {}
    for copy in copies:
        key = (copy.paper, copy.number)
        newest[key] = max(newest.get(key, 0), copy.version)
    instead = replacements(case.matter) if copies else {}
    entries = [
        _paper(
            copy,
            case=case,
            newest=newest[copy.paper, copy.number],
            instead=instead.get((copy.paper, copy.number), ""),
        )
        for copy in copies
    ]
    return sorted(entries, key=_is_old)


def files_of(case: Case) -> list[dict[str, Any]]:
    """Attachments with size, who and when; pictures open as a copy without place and device."""
    kept = _attached(case.matter.pk)
    gone = destroyed_files(case.matter) if kept else {}
    return [_file(one, case=case, gone=gone.get(one.pk)) for one in kept]


@prepared
def _copies(matter_id: int) -> QuerySet[PaperCopy]:
    return PaperCopy.objects.filter(matter_id=matter_id).order_by("-made_at", "id")


@prepared
def _attached(matter_id: int) -> QuerySet[Attachment]:
    found = Attachment.objects.filter(matter_id=matter_id).order_by("id")
    return found.select_related("uploaded_by__person")


def replaced_words(number: str) -> str:
    """What is said of a paper whose place another one took."""
    return f"已由{number}代替"


def _paper(copy: PaperCopy, *, case: Case, newest: int, instead: str) -> dict[str, Any]:
    label = catalog().paper(copy.paper).label
    title = f"{label}　{copy.number}"
    version = f"，第 {copy.version} 版" if newest > 1 else ""
    corrected = "已被更正" if copy.version < newest else ""
    over = "，".join(words for words in (corrected, instead and replaced_words(instead)) if words)
    links = [
        {
            "label": word,
            "url": reverse("desk:paper", args=(to_code(case.matter.pk), copy.pk, form)),
            "full": f"{title}（{copy.copy}{version}）{word}{over and f'，{over}'}",
        }
        for form, word in _FORMS
    ]
    sub = f"{copy.copy}份　{short_day(copy.issued_on)} 制发{version}"
    return {
        "title": title,
        "icon": "paper",
        "sub": f"{sub}，{over}" if over else sub,
        "links": links,
        "is_old": bool(over),
    }


def _is_old(entry: dict[str, Any]) -> bool:
    return bool(entry["is_old"])


def _file(one: Attachment, *, case: Case, gone: datetime | None) -> dict[str, Any]:
    code = to_code(case.matter.pk)
    original = reverse("desk:file", args=(code, one.pk))
    who = one.uploaded_by.display_name if one.uploaded_by else ""
    kind = one.mime.partition("/")[0]
    links = [{"label": "原件", "url": original, "full": f"下载原件 {one.name}"}]
    if one.view_digest:
        view = reverse("desk:file_view", args=(code, one.pk))
        links.insert(0, {"label": "看图", "url": view, "full": f"查看 {one.name}，已去除位置信息"})
    if gone:
        links = []
        who = f"{moment(gone)} 按期销毁，留有摘要值；{who}"
    return {
        "title": one.name,
        "icon": kind if kind in ("image", "audio", "video") else "paper",
        "sub": f"{file_size(one.size)}　{who} {moment(one.uploaded_at)} 上传",
        "links": links,
    }
