"""Watch: targets of parent companies and contracts against the approved capacity (上级下达指标)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bihuan.language.words import Finding, Watch
from bihuan.matters.models import Record
from bihuan.monitoring.activity import ledgers
from bihuan.monitoring.activity.codes import THREE_EXCESSES, label_of
from bihuan.monitoring.activity.looking import (
    TONNES,
    Mine,
    in_ten_thousand,
    mine_of,
    mines_to_look_at,
    plain,
)
from bihuan.monitoring.activity.registered import all_of, amount_of, holds_on
from bihuan.monitoring.boards import Board, Chip, Head, Link, Row, Scope, Shown
from bihuan.monitoring.mines import profiles_on
from bihuan.places.models import Site
from bihuan.telemetry.detectors.capacity import Standing, standing

DECIDERS = ("watch", "office", "leader")


class Verdict(StrEnum):
    """How a target stands; the value is the word that users read."""

    UNSET = Standing.UNSET.value
    INCOMPARABLE = "不可比"
    UNDER = "未超"
    AT = Standing.AT.value
    OVER = "超过"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A target beside its limit, in tonnes."""

    record: Record
    verdict: Verdict
    asked: Decimal | None = None
    limit: Decimal | None = None
    is_cap: bool = False  # the limit is one on output, lower than the capacity


def judge(record: Record, mine: Mine, caps: list[Record]) -> Judged:
    """AY-04-5, SX-20-3: output in tonnes against capacity, or the lower cap in force."""
    asked = tonnes_of(record)
    if asked is None:
        return Judged(record=record, verdict=Verdict.INCOMPARABLE)
    limit, is_cap = _limit(mine, caps, year=int(record.facts["year"]))
    verdict = {
        Standing.UNSET: Verdict.UNSET,
        Standing.AT: Verdict.AT,
        Standing.OVER: Verdict.OVER,
    }.get(standing(asked, limit), Verdict.UNDER)
    return Judged(record=record, verdict=verdict, asked=asked, limit=limit, is_cap=is_cap)


def tonnes_of(record: Record) -> Decimal | None:
    """What a target asks for in tonnes; None for money and metres."""
    amount, unit = amount_of(record), record.facts.get("measure")
    if amount is None or unit not in (ledgers.TONNE, ledgers.TEN_THOUSAND_T):
        return None
    return amount * (TONNES if unit == ledgers.TEN_THOUSAND_T else 1)


def targets_over(*, now: datetime) -> list[Finding]:
    """Targets above what the mine may produce, and contract clauses that were marked."""
    found = []
    for mines in mines_to_look_at(now=now):
        sites = [one.id for one in mines]
        targets, caps = all_of(ledgers.TARGET, sites), all_of(ledgers.CAP, sites)
        clauses = all_of(ledgers.CLAUSE, sites)
        for mine in mines:
            judged = [judge(one, mine, caps.get(mine.id, [])) for one in targets.get(mine.id, [])]
            found += [_finding(mine, one) for one in judged if one.verdict is Verdict.OVER]
            found += list(_marked(mine, clauses.get(mine.id, [])))
    return found


PARENT_TARGETS = Watch(
    key="parent_targets",
    label="上级下达指标超能力",
    look=targets_over,
    decide_by=DECIDERS,
    codes=THREE_EXCESSES,
    opens=("case_proposal",),
    basis=("AY-04-5", "SX-20-3", "SX-29-3"),
)


def targets_shown(scope: Scope) -> Shown:
    """Every target with its verdict; none passes in silence."""
    sites = {one.pk: one for one in scope.sites(Site.Kind.COAL, Site.Kind.NONCOAL)}
    profiles = profiles_on(scope.today)
    caps = all_of(ledgers.CAP, list(sites))
    return Shown(
        rows=[
            _row(sites[pk], judge(record, mine_of(sites[pk], profiles=profiles), caps.get(pk, [])))
            for pk, records in sorted(all_of(ledgers.TARGET, list(sites)).items())
            for record in records
        ]
    )


TARGET_BOARD = Board(
    key="targets",
    label="上级指标与核定能力",
    heads=(
        Head(key="site", label="矿山", kind="link"),
        Head(key="issuer", label="下达单位"),
        Head(key="paper", label="文件"),
        Head(key="kind", label="指标"),
        Head(key="asked", label="数量", kind="number"),
        Head(key="limit", label="核定能力或限产", kind="number"),
        Head(key="state", label="状态", kind="chip"),
    ),
    look=targets_shown,
    state="state",
    ledgers=(ledgers.TARGET, ledgers.CAP, ledgers.CLAUSE),
    empty="还没有登记上级下达的指标",
    basis=("AY-04-5", "SX-20-3", "SX-29-3"),
)
_TONES = {Verdict.OVER: "late", Verdict.AT: "todo", Verdict.UNDER: "done"}


def _limit(mine: Mine, caps: list[Record], *, year: int) -> tuple[Decimal | None, bool]:
    """The capacity, or a lower cap that holds on a day of the year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    in_force = [
        amount * TONNES
        for one in caps
        if (amount := amount_of(one)) is not None
        and (holds_on(one, first) or holds_on(one, last) or _begins_in(one, first, last))
    ]
    capacity = mine.capacity_t
    lowest = min(in_force, default=None)
    if lowest is not None and (capacity is None or lowest < capacity):
        return lowest, True
    return capacity, False


def _begins_in(record: Record, first: date, last: date) -> bool:
    return record.valid_from is not None and first <= record.valid_from <= last


def _finding(mine: Mine, one: Judged) -> Finding:
    facts, asked, limit = one.record.facts, one.asked or Decimal(0), one.limit or Decimal(0)
    name = "限产量" if one.is_cap else "核定能力"
    return Finding(
        site=mine.id,
        key=f"{one.record.pk}/{one.record.version}",
        label=f"{facts['issuer']}下达的{facts['year']}年产量指标超过{name}",
        text=(
            f"{facts['issuer']}《{facts['paper']}》下达{facts['year']}年产量"
            f"{in_ten_thousand(asked)}，{name}{in_ten_thousand(limit)}/年，"
            f"超出{in_ten_thousand(asked - limit)}。"
        ),
        figures=(
            ("下达单位", facts["issuer"]),
            ("文件", facts["paper"]),
            ("下达指标", in_ten_thousand(asked)),
            (name, f"{in_ten_thousand(limit)}/年"),
            ("超出", in_ten_thousand(asked - limit)),
        ),
    )


def _marked(mine: Mine, clauses: list[Record]) -> Iterator[Finding]:
    for record in clauses:
        induces = record.facts.get("induces")
        if induces:
            label = label_of(induces, THREE_EXCESSES)
            yield Finding(
                site=mine.id,
                key=f"clause/{record.pk}/{record.version}",
                label=f"合同条款诱导{label}",
                text=(
                    f"《{record.facts['contract']}》条款“{record.facts['clause']}”"
                    f"经审查标为诱导{label}。"
                ),
                figures=(("合同", record.facts["contract"]), ("标注", f"诱导{label}")),
            )


def _row(site: Site, one: Judged) -> Row:
    facts = one.record.facts
    unit = label_of(facts["measure"], ledgers.TARGET_UNITS)
    asked = f"{plain(amount_of(one.record) or Decimal(0))} {unit}"
    return Row(
        id=one.record.pk,
        name=site.name,
        cells={
            "site": Link(site.name, "", site.region.name),
            "issuer": facts["issuer"],
            "paper": facts["paper"],
            "kind": label_of(facts["kind"], ledgers.TARGET_KINDS),
            "asked": asked,
            "limit": "" if one.limit is None else in_ten_thousand(one.limit),
            "state": Chip(one.verdict.value, _TONES.get(one.verdict, "plain")),
        },
    )
