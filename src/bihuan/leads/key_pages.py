"""What the key page and the log of readings show."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from bihuan.accounts.actors import Actor
from bihuan.leads.key_ring import LABELS, purposes_of
from bihuan.leads.models import KeyHolder, Reading, RecoveryKey
from bihuan.leads.sealing import Purpose
from bihuan.matters.declarations import catalog
from bihuan.matters.identity import from_code, to_code
from bihuan.matters.models import Matter
from bihuan.ui.words import moment

PAGE = 50


def keys_page(by: Actor, *, at: datetime) -> dict[str, Any]:
    """Own keys by purpose, every holder's fingerprint, and the state of the escrow."""
    regions = {held.region_id for held in by.held}
    held = KeyHolder.objects.filter(region_id__in=regions, is_active=True)
    rows = list(held.select_related("user__person").order_by("purpose", "id"))
    recovery = RecoveryKey.objects.filter(region_id__in=regions, is_active=True).first()
    mine = {row.purpose: row for row in rows if row.user_id == by.user_id}
    identities = [row for row in rows if row.purpose == Purpose.IDENTITY.value]
    return {
        "title": "我的密钥",
        "lead": "密钥口令只有您自己知道，系统里没有，忘记后只能凭第二接收人或恢复密钥换钥。",
        "purposes": [
            {"key": p.value, "label": LABELS[p], "mine": mine.get(p.value)} for p in purposes_of(by)
        ],
        "holders": [
            {
                "label": LABELS[Purpose(row.purpose)],
                "name": row.user.display_name,
                "fingerprint": row.fingerprint,
                "since": moment(row.created_at),
            }
            for row in rows
        ],
        "recovery": recovery,
        "may_recover": Purpose.IDENTITY in purposes_of(by),
        "lonely": len(identities) < 2 and recovery is None,
        "made_at": at,
    }


def way_back(back: str, to: str) -> str:
    """Where an opened key leads: the form or page that asked for it, else the original."""
    matter_id = from_code(back)
    if matter_id is None:
        return reverse("leads:keys")
    code = to_code(matter_id)
    if to in {step.key for step in catalog().loop("lead").steps}:
        return reverse("desk:step", args=[code, to])
    return reverse("leads:identity" if to == "identity" else "leads:original", args=[code])


def crumbs_of(matter: Matter, title: str) -> list[dict[str, str]]:
    """The way from a sealed page back to its lead."""
    return [
        {"label": "举报线索台账", "url": reverse("desk:list", args=["lead"])},
        {"label": matter.number or matter.acceptance_number, "url": url_of(matter)},
        {"label": title},
    ]


def url_of(matter: Matter) -> str:
    """The page of the lead itself."""
    return reverse("desk:matter", args=[to_code(matter.pk)])


def readings_page(by: Actor, *, after: str) -> dict[str, Any]:
    """The newest readings within the actor's regions."""
    regions = {held.region_id for held in by.held}
    found = Reading.objects.filter(matter__l3__in=regions).order_by("-id")
    if after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = list(found.select_related("who__person", "matter")[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return {
        "title": "调阅记录",
        "lead": "谁在什么时候打开了哪件密封件，为什么。只增不改。",
        "rows": [_row(row) for row in rows],
        "next_after": str(rows[-1].pk) if more else "",
    }


def _row(row: Reading) -> dict[str, str]:
    purpose = LABELS[Purpose(row.purpose)]
    return {
        "at": moment(row.at),
        "who": row.who.display_name,
        "number": row.matter.number or row.matter.acceptance_number,
        "what": f"{purpose}的文件" if "file-" in row.part else purpose,
        "reason": row.reason,
    }
