"""The card of the sealed informant on a lead's page: what is sealed, and who may open it how."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.desk.shell import address
from bihuan.leads.key_ring import HOLDERS
from bihuan.leads.models import PURPOSES, Envelope
from bihuan.leads.sealing import Purpose
from bihuan.leads.sittings import consulted
from bihuan.matters.case import Case
from bihuan.matters.identity import to_code
from bihuan.ui.words import day

SEALED_KIND = "lead"
WHO_READS = (
    "身份由举报信息保管人调阅，须写明事由；原话由接件员、行动办调阅。"
    "每次打开都留痕，同一人半小时内接着看原话算调阅一次。"
)
AUDITORS = frozenset({"custodian", "audit_admin"})


def sealed_card(case: Case) -> dict[str, Any] | None:
    """None for other matters and for the receiving unit, which isn't told what is sealed.

    The page itself opens nothing: each opening has its own address and is logged there.
    """
    if case.loop.key != SEALED_KIND or not case.by.regions_seen():
        return None
    stands = _envelopes(case.matter.pk)
    parts = {purpose for purpose, destroyed_at in stands if destroyed_at is None}
    gone = _destroyed(stands)
    code = to_code(case.matter.pk)
    links = []
    if Purpose.ACCOUNT.value in parts and set(HOLDERS[Purpose.ACCOUNT]) & case.by.roles:
        links.append({"label": "调阅举报原文", "url": address("leads:original", code)})
    if Purpose.IDENTITY.value in parts and set(HOLDERS[Purpose.IDENTITY]) & case.by.roles:
        links.append({"label": "调阅举报人身份", "url": address("leads:identity", code)})
    may_audit = bool(AUDITORS & case.by.roles)
    return {
        "title": "封存，逐次调阅" if parts else "已按期销毁" if gone else "没有密封件",
        "words": _words(is_sealed=bool(parts), gone=gone),
        "sub": WHO_READS if parts else "",
        "links": [link for link in links if link["url"]],
        "consulted": consulted(case.matter),
        "readings_url": address("leads:readings") if may_audit else "",
    }


@prepared
def _envelopes(matter_id: int) -> QuerySet[Envelope, tuple[str, datetime | None]]:
    found = Envelope.objects.filter(matter_id=matter_id).order_by("id")
    return found.values_list("purpose", "destroyed_at")


def _words(*, is_sealed: bool, gone: str) -> str:
    sealed = "身份与原话加密另存，不进检索、导出和文书" if is_sealed else ""
    none = "" if is_sealed or gone else "本线索由工作人员登记，没有留存举报人的身份和原话"
    return "；".join(words for words in (sealed, gone, none) if words)


def _destroyed(stands: Sequence[tuple[str, datetime | None]]) -> str:
    """Which envelopes were destroyed, and when."""
    days = {purpose: at for purpose, at in stands if at is not None}
    labels = dict(PURPOSES)
    return "，".join(f"{labels[purpose]}已于 {day(at)} 销毁" for purpose, at in days.items())
