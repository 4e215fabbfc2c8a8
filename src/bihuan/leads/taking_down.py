"""What a caller or visitor says, sealed as it is taken down: the office writes, none reads on."""

from bihuan.language.field import Field
from bihuan.leads import fields
from bihuan.leads.envelopes import put_told
from bihuan.leads.key_ring import key_ring_of
from bihuan.matters.case import Case
from bihuan.matters.refusals import Incomplete

NO_KEYS = "举报信息的保管密钥还没有建立，现在不能填写，请清空后再登记"


def seal_what_was_told(case: Case) -> None:
    """Seal words for the desk, name and telephone for the custodian; none becomes a fact."""
    words = _told(case, fields.TOLD_WORDS)
    who = _told(case, fields.TOLD_NAME) | _told(case, fields.TOLD_PHONE)
    if not words and not who:
        return
    ring = key_ring_of(case.matter, now=case.now)
    if not ring.is_ready:
        told = (fields.TOLD_WORDS, fields.TOLD_NAME, fields.TOLD_PHONE)
        faults = {one.key: NO_KEYS for one in told if case.answers.get(one.key)}
        raise Incomplete(f"{NO_KEYS}。", fields=faults)
    put_told(who=who, words=words, matter=case.matter, ring=ring, now=case.now)
    if who:
        case.set("reporter_reachable", True)


def _told(case: Case, field: Field) -> dict[str, str]:
    text = case.answers.get(field.key)
    return {field.label: str(text)} if text else {}
