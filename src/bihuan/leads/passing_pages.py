"""What the page shows on which a sealed picture is looked at and passed on."""

import base64
from typing import Any

from django.urls import reverse

from bihuan.leads.key_pages import crumbs_of, url_of
from bihuan.leads.models import Envelope
from bihuan.leads.passing_on import CHECK, CHECKED, NAME, NAME_MAX, Sent, copy_of, suggested_name
from bihuan.leads.sealed_content import StoredFile
from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Incomplete
from bihuan.ui.faults import summary

TITLE = "照片存为附件"
LABELS = {NAME: "附件名称", CHECKED: "看过照片"}
SIGNS = "人脸、笔迹、工牌、车牌，只有他才能站的拍摄位置，都能认出人；能认出的不要存"


def passing_page(matter: Matter, part: Envelope) -> dict[str, Any]:
    """The heading of the page, and the attachment when the picture is passed on already."""
    kept = copy_of(part)
    code = to_code(matter.pk)
    return {
        "title": TITLE,
        "lead": matter.number or matter.acceptance_number,
        "crumbs": crumbs_of(matter, TITLE),
        "back": url_of(matter),
        "attached": kept.name if kept else "",
        "view": reverse("desk:file_view", args=(code, kept.pk)) if kept else "",
    }


def form_of(part: Envelope, *, sent: Sent | None, refused: Incomplete | None) -> dict[str, Any]:
    """The form as it was typed, with what is missing and where."""
    faults = refused.fields if refused else {}
    typed = {NAME: sent.name.strip(), CHECKED: sent.is_checked} if sent else {}
    return {
        "errors": summary(faults, labels=LABELS, typed=typed),
        "fields": (
            {
                "name": CHECKED,
                "kind": "agree",
                "whole": True,
                "label": CHECK,
                "hint": SIGNS,
                "value": "yes" if sent and sent.is_checked else "",
                "error": faults.get(CHECKED, ""),
            },
            {
                "name": NAME,
                "kind": "text",
                "whole": True,
                "label": LABELS[NAME],
                "required": True,
                "maxlength": NAME_MAX,
                "hint": "不写姓名、电话和拍摄地点",
                "value": sent.name if sent else suggested_name(part),
                "error": faults.get(NAME, ""),
            },
        ),
    }


def in_page(file: StoredFile) -> str:
    """The picture as part of the page: opened once, logged once, kept by no cache."""
    return f"data:{file.mime};base64,{base64.b64encode(file.data).decode()}"
