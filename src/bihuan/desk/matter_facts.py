"""What is known of a matter, labelled by its declaration, as far as the reader may know it."""

import json
from typing import Any

from bihuan.desk.shell import address
from bihuan.language.field import Field, Kind
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.naming import Names
from bihuan.matters.reach import untold_facts

# Keys of built-in loops that no reader asks for.
_HIDDEN = ("rule", "watch", "ground", "changes", "retention", "period_version", "again")


def facts_of(case: Case, *, names: Names) -> list[dict[str, Any]]:
    """Label and value of every fact that is known, in the order of the declaration."""
    entries = _placed(case)
    elsewhere = {case.loop.title, case.loop.summary, *_HIDDEN}
    hidden = elsewhere | untold_facts(case.by, loop=case.loop)
    for key, asked in case.loop.fields.items():
        value = case.facts.get(key)
        if key in hidden or value in (None, "", []) or asked.kind is Kind.SITE:
            continue
        words = names.of(key, value)
        if not words:
            continue
        unit = "" if asked.kind in (Kind.YES_NO, Kind.AMOUNT) else asked.unit
        entries.append(
            {"label": asked.label, "value": f"{words}{unit}", "whole": _is_whole(asked, words)}
        )
    return [*entries, *_signature(case), *_changes(case)]


def summary_of(case: Case) -> str:
    """The text that stands for the matter: the clerk's summary."""
    return str(case.facts.get(case.loop.summary) or "")


def _placed(case: Case) -> list[dict[str, Any]]:
    """Site, unit and number of the matter above, from the matter itself."""
    site, unit = case.site, case.unit
    entries: list[dict[str, Any]] = []
    if site is not None:
        # A keyword is the list's own way to everything about one site.
        url = f"{address('desk:list', case.loop.key)}?site={site.name}&tab=all"
        entries.append({"label": "涉及企业", "value": site.name, "url": url})
    if unit is not None:
        entries.append({"label": "承办单位", "value": unit.name})
    return entries


def _is_whole(asked: Field, words: str) -> bool:
    return asked.kind in (Kind.LONG_TEXT, Kind.CHOICES) and len(words) > 16


def _signature(case: Case) -> list[dict[str, Any]]:
    signed = case.facts.get("signature")
    if not isinstance(signed, dict):
        return []
    paper = f"，代理依据：{signed['acting_paper']}" if signed.get("acting_paper") else ""
    day = str(signed.get("signed_at") or "")[:10]
    value = f"{signed.get('post', '')} {signed.get('name', '')}　{day}{paper}".strip()
    return [{"label": "审核签字", "value": value, "whole": bool(paper)}]


def _changes(case: Case) -> list[dict[str, Any]]:
    """What a correction would change, in the words of the matter that it corrects."""
    above = case.parent if "changes" in case.facts else None
    if above is None:
        return []
    known = Names.of_case(above)
    changes = json.loads(str(case.facts["changes"]))
    known.read([changes, above.facts])
    return [
        {
            "label": known.label(key, loop=catalog().loop(above.matter.kind)),
            "value": " → ".join(known.of(key, it) or "空" for it in (above.facts.get(key), new)),
            "whole": True,
        }
        for key, new in changes.items()
    ]
