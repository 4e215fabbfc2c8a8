"""Goafs (采空区) and their points: what is watched, and above which value it is looked into."""

from decimal import Decimal
from typing import Any

from bihuan.language.field import Field, Kind
from bihuan.language.loop import Guard
from bihuan.language.parameter import Option
from bihuan.language.words import Ledger
from bihuan.matters.records import RecordCase, valid_on
from bihuan.monitoring.mines import A_MINE

GOAF, POINT = "goaf", "goaf_point"
SIGNALS = (
    Option(key="co", label="一氧化碳", aliases=("CO",)),
    Option(key="temperature", label="温度"),
)
UNITS = {"co": "ppm", "temperature": "℃"}
LABELS = {option.key: option.label for option in SIGNALS}


def goaf_is_registered(case: RecordCase) -> bool:
    """A point is of a goaf of the same mine."""
    named = valid_on(case.today).filter(ledger=GOAF, site_id=case.answers["site"])
    return named.filter(title=case.answers["goaf"]).exists()


def point_is_free(case: RecordCase) -> bool:
    """A point of a mine stands once in the ledger."""
    known = valid_on(case.today).filter(ledger=POINT, site_id=case.answers["site"])
    return not known.filter(title=case.answers["point"]).exclude(pk=case.record.pk).exists()


def limit_of(facts: dict[str, Any]) -> Decimal | None:
    """The limit set for a point; None where nobody has set one."""
    told = facts.get("limit")
    return Decimal(str(told)) if told not in (None, "") else None


def is_above(value: Decimal, facts: dict[str, Any]) -> bool:
    """AY-22-3: above the limit, not equal to it; a point without one is never judged."""
    limit = limit_of(facts)
    return limit is not None and value > limit


def words_of(facts: dict[str, Any], value: object) -> str:
    """A value with the unit of its signal."""
    return f"{value} {UNITS[str(facts['signal'])]}"


_DAYS = (
    Field(key="valid_from", label="自", kind=Kind.DAY, required=True),
    Field(key="valid_until", label="至", kind=Kind.DAY, hint="不填表示一直有效"),
)
GOAF_LEDGER = Ledger(
    key=GOAF,
    label="采空区",
    title="name",
    subject="site",
    write_by=("watch", "office", "firm"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="name", label="采空区名称", required=True, max_length=60),
        Field(key="is_sealed", label="已封闭", kind=Kind.YES_NO),
        *_DAYS,
    ),
    guards=(A_MINE,),
    basis=("AY-22-3",),
)
POINT_LEDGER = Ledger(
    key=POINT,
    label="采空区测点",
    title="point",
    subject="site",
    write_by=("watch", "office", "firm"),
    fields=(
        Field(key="site", label="矿山", kind=Kind.SITE, required=True),
        Field(key="goaf", label="采空区名称", required=True, max_length=60),
        Field(key="point", label="测点编码", required=True, max_length=40),
        Field(key="signal", label="指标", kind=Kind.CHOICE, options=SIGNALS, required=True),
        Field(
            key="limit",
            label="查因限值",
            kind=Kind.NUMBER,
            hint="一氧化碳填 ppm，温度填 ℃；读数大于限值即查因，等于不查；不填为未设限",
        ),
        *_DAYS,
    ),
    guards=(
        A_MINE,
        Guard(
            holds=goaf_is_registered,
            otherwise="本矿没有登记这个采空区，请先在“采空区”登记，名称须一致。",
        ),
        Guard(holds=point_is_free, otherwise="本矿这个测点已经登记，请改那一条。"),
    ),
    basis=("AY-22-3",),
)
LEDGERS = (GOAF_LEDGER, POINT_LEDGER)
