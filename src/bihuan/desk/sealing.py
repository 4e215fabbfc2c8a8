"""The card of the sealed informant on a lead's page: what is sealed, and who may open it how."""

from typing import Any

from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.desk.shell import address
from bihuan.leads.key_ring import HOLDERS
from bihuan.leads.models import Envelope
from bihuan.leads.sealing import Purpose
from bihuan.leads.sittings import consulted
from bihuan.matters.case import Case
from bihuan.matters.identity import to_code

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
    parts = set(_purposes(case.matter.pk))
    code = to_code(case.matter.pk)
    links = []
    if Purpose.ACCOUNT.value in parts and set(HOLDERS[Purpose.ACCOUNT]) & case.by.roles:
        links.append({"label": "调阅举报原文", "url": address("leads:original", code)})
    if Purpose.IDENTITY.value in parts and set(HOLDERS[Purpose.IDENTITY]) & case.by.roles:
        links.append({"label": "调阅举报人身份", "url": address("leads:identity", code)})
    may_audit = bool(AUDITORS & case.by.roles)
    return {
        "title": "封存，逐次调阅" if parts else "没有密封件",
        "words": "身份与原话加密另存，不进检索、导出和文书"
        if parts
        else "本线索由工作人员登记，没有留存举报人的身份和原话",
        "sub": WHO_READS if parts else "",
        "links": [link for link in links if link["url"]],
        "consulted": consulted(case.matter),
        "readings_url": address("leads:readings") if may_audit else "",
    }


@prepared
def _purposes(matter_id: int) -> QuerySet[Envelope, str]:
    return Envelope.objects.filter(matter_id=matter_id).values_list("purpose", flat=True)
