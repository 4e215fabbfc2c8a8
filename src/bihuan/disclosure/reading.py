"""What the public reads of a publication: one shape for published ones and for the draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bihuan.disclosure.effects import frozen
from bihuan.disclosure.models import Snapshot
from bihuan.language.field import BadValueError
from bihuan.language.loop import Step
from bihuan.language.parameter import Option
from bihuan.language.wording import money_text
from bihuan.matters.answers import options_of
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.ui.words import local

KINDS = {
    "publication_problem": "问题清单",
    "publication_progress": "查处进展",
    "publication_result": "办理结果",
    "publication_violation": "重大违法",
    "publication_reward": "奖励案例",
}
PHASES = {
    "问题清单": "问题",
    "查处进展": "进展",
    "办理结果": "结果",
    "重大违法": "违法",
    "奖励案例": "奖励",
}
PREVIEWED = ("submit", "release")  # steps whose form shows what the public will read
NOTHING = "无"  # all ten labels of a result are shown, whether they hold anything or not
_MORE = {
    "firm": "单位名称",
    "legal_basis": "法律依据",
    "decision": "处理决定",
    "decided_on": "决定日期",
    "amount": "奖励金额",
    "kind": "违法类别",
}
# What of a snapshot's body anybody is ever shown.
PUBLIC_KEYS = ("text", "finding", "results", "source", *_MORE)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One published item as it may be shown: of a withdrawn one, number and reason only."""

    id: int
    number: str
    kind: str
    title: str
    text: str
    finding: str
    results: tuple[tuple[str, str], ...]
    town: str
    category: str
    source: str
    medium: str
    link: str
    published_on: date
    withdrawn_on: date | None
    withdrawn_reason: str
    more: tuple[tuple[str, str], ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        """Whether only the tombstone is left."""
        return self.withdrawn_on is not None

    @property
    def phase(self) -> str:
        """The kind in two characters, beside the text."""
        return PHASES.get(self.kind, self.kind)

    @property
    def heading(self) -> str:
        """The title, or the tombstone's line."""
        return f"{self.number}　本条已撤下" if self.is_withdrawn else self.title

    @property
    def lead(self) -> str:
        """The line under the heading of its page."""
        return f"{self.kind}，{self.published_on} 公开"

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Every line under the text, label and value; one without a value isn't there."""
        finding = (("是否属实", self.finding),) if self.finding else ()
        told = (*finding, *self.results, *self.more)
        medium = "　".join(word for word in (self.medium, self.link) if word)
        return (*told, ("公开媒体", medium)) if told and medium else told


def shown(row: Snapshot) -> Item:
    """A snapshot as it may be read now."""
    gone = row.withdrawn_at is not None
    body: dict[str, Any] = {} if gone else row.body
    results = ((str(line[0]), str(line[1])) for line in body.get("results", ()))
    return Item(
        id=row.pk or 0,
        number=row.number,
        kind=KINDS.get(row.kind, "公开"),
        title="" if gone else row.title,
        text=str(body.get("text") or ""),
        finding=str(body.get("finding") or ""),
        results=tuple((label, value or NOTHING) for label, value in results),
        town=row.township.name if row.township and not gone else "",
        category="" if gone else row.category,
        source=str(body.get("source") or ""),
        medium=row.medium,
        link="" if gone else row.link,
        published_on=row.published_on,
        withdrawn_on=local(row.withdrawn_at).date() if row.withdrawn_at else None,
        withdrawn_reason=row.withdrawn_reason,
        more=tuple(_more(body)),
    )


def entry_of(one: Item, *, categories: Iterable[Option], url: str = "") -> dict[str, Any]:
    """An item as the template draws it; a withdrawn one has no way to its text."""
    if one.is_withdrawn:
        words = f"{one.withdrawn_reason} 编号和撤下事由长期保留。"
        meta = [f"{one.published_on} 公开", f"{one.withdrawn_on} 撤下"]
        return {"title": one.heading, "url": "", "tombstone": words, "meta": meta, "phases": [],
                "tags": []}  # fmt: skip
    meta = [one.number, one.town, category_label(one.category, categories), one.source]
    phase = {"label": one.phase, "words": one.text, "on": one.published_on.isoformat()}
    return {
        "title": one.title,
        "url": url,
        "tombstone": "",
        "meta": [word for word in meta if word],
        "phases": [phase],
        "tags": [one.finding] if one.finding else [],
    }


def category_label(category: str, categories: Iterable[Option]) -> str:
    """The word of a category, or its key when it is no longer offered."""
    return next((one.label for one in categories if one.key == category), category)


def preview(case: Case, step: Step, *, typed: Mapping[str, Any]) -> Item | None:
    """What the public would read if this step's form were released as it stands; else None.

    Made by the code that freezes the snapshot at release, so the two can't differ.
    """
    if step.key not in PREVIEWED or catalog().publication_of(case.loop.key) is None:
        return None
    facts = {**case.facts, **_cleaned(case, step, typed)}
    return shown(Snapshot(matter=case.matter, **frozen(replace(case, facts=facts), number="")))


def caution(case: Case, step: Step) -> str:
    """What to consider before this step's form is sent; empty for nothing."""
    publication = catalog().publication_of(case.loop.key)
    if step.key not in PREVIEWED or publication is None or publication.caution is None:
        return ""
    return publication.caution(case)


def _cleaned(case: Case, step: Step, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed as the step would keep it; what it would refuse is left out."""
    kept = {}
    for asked in step.asks:
        if asked.key in typed:
            try:
                value = asked.clean(typed[asked.key], options=options_of(asked, case=case))
            except BadValueError:
                value = None
            kept[asked.key] = "" if value is None else value
    return kept


def _more(body: dict[str, Any]) -> list[tuple[str, str]]:
    told = {**body, "amount": money_text(str(body["amount"]))} if body.get("amount") else body
    return [(label, str(told[key])) for key, label in _MORE.items() if told.get(key)]
