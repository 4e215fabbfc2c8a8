"""Proposals about sites (研判建议): what a watch found in records and readings, for a person.

One ground opens one proposal: found again it joins, decided it stays decided for good. Only
what went away by itself (情形消失) is proposed anew when it is back. A watch that gathers lets
further days of a state stand on the proposal of it that is open at the site.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from bihuan.accounts.actors import CLOCK
from bihuan.language.clock import SHANGHAI
from bihuan.language.field import Field, Kind
from bihuan.language.loop import Child, Guard, Loop, NoDeadline, Stage, Step
from bihuan.language.parameter import Option
from bihuan.language.words import Finding, Watch
from bihuan.matters.case import Case
from bihuan.matters.declarations import catalog
from bihuan.matters.engine import open_prepared, take_step
from bihuan.matters.grounds import SiteGround
from bihuan.matters.joining import JOIN_STEP, is_taken_in, under_way
from bihuan.matters.models import Facts, Heartbeat
from bihuan.matters.writing import add, change, engine_writes
from bihuan.places.models import Site
from bihuan.regulations.values import rules_held

KIND = "site_proposal"
BEAT: Final = "watches"
CEASED: Final = "ceased"
KEY_MAX: Final = 80  # of a ground
EVERY: Final = timedelta(minutes=5)
log = logging.getLogger(__name__)
_DECIDERS = ("watch", "handler", "head", "office", "leader")
_OVER = NoDeadline("已办结")


def watch_of(case: Case) -> Watch:
    """The watch that opened this proposal."""
    return catalog().watch(case.facts["watch"])


def codes_of(case: Case) -> tuple[Option, ...]:
    """What a person may confirm it as; empty where confirming needs no choice."""
    return watch_of(case).codes


def decider_is_named_by_watch(case: Case) -> bool:
    """Whether the actor holds a role that may decide on this watch's proposals."""
    return bool(case.by.roles & set(watch_of(case).decide_by))


def code_is_chosen_where_asked(case: Case) -> bool:
    """Where the watch names codes, one of them is chosen; where it names none, none is."""
    codes = codes_of(case)
    given = str(case.answers.get("code") or "")
    return given in {one for option in codes for one in (option.key, option.label)} | (
        set() if codes else {""}
    )


def codes_sentence(case: Case) -> str:
    """Which codes there are."""
    codes = codes_of(case)
    if not codes:
        return "这条建议不用选认定类型，请留空。"
    return f"请选认定类型：{'、'.join(option.label for option in codes)}。"


def keep_code(case: Case) -> None:
    """The code is kept by its key and its label."""
    given = str(case.answers.get("code") or "")
    for option in codes_of(case):
        if given in (option.key, option.label):
            case.set("code", option.key)
            case.set("code_label", option.label)


def open_what_follows(case: Case) -> None:
    """A confirmed proposal opens what its watch names, beside it."""
    for kind in watch_of(case).opens:
        going = under_way(kind, case.matter.site_id)
        if going is None:
            case.spawn(kind)
        else:
            told = {"ground": case.facts["ground"], "more_evidence": evidence_of(case)}
            case.then(going.pk, JOIN_STEP, **told)


def evidence_of(case: Case) -> str:
    """All that a proposal says, of the first day and of those that joined it."""
    joined = [str(one["text"]) for one in case.facts.get("joined") or []]
    return "\n".join([str(case.facts.get("evidence") or case.matter.title), *joined])


def join(case: Case) -> None:
    """Later evidence of the same ground stands below the first."""
    told = list(case.facts.get("joined") or [])
    at = case.now.astimezone(SHANGHAI).isoformat(timespec="minutes")
    case.set("joined", [*told, {"at": at, "text": case.answers["more_evidence"]}])


_DECIDER = Guard(holds=decider_is_named_by_watch, otherwise="这条建议须由规则写明的负责人决定。")
_REASON = Field(key="reason", label="理由", kind=Kind.LONG_TEXT, required=True, personal=True)

SITE_PROPOSAL = Loop(
    key=KIND,
    label="研判建议",
    open_by=("clock",),
    children=(
        Child(kind="site_check", blocks_close=False),
        Child(kind="analysis_task", blocks_close=False),
        Child(kind="gas_assessment", blocks_close=False),
        Child(kind="case_proposal", blocks_close=False),
    ),
    opens_with=(
        Field(key="watch", label="规则键", required=True),
        Field(key="watch_label", label="研判规则", required=True, column=1),
        Field(key="site", label="监管对象", kind=Kind.SITE, required=True),
        Field(key="ground", label="情形键", required=True),
        Field(key="title", label="建议事项", required=True),
        Field(key="evidence", label="依据", kind=Kind.LONG_TEXT),
    ),
    category="watch_label",
    summary="evidence",
    stages=(
        Stage(
            key="proposed",
            label="待认定",
            holder="watch",
            deadline=NoDeadline("原文未规定认定的时限"),
        ),
        Stage(key="confirmed", label="已认定", holder="watch", closed=True, deadline=_OVER),
        Stage(key="declined", label="不予认定", holder="watch", closed=True, deadline=_OVER),
        Stage(key=CEASED, label="情形消失", holder="watch", closed=True, deadline=_OVER),
    ),
    steps=(
        Step(
            key="confirm",
            label="认定",
            source=("proposed",),
            target="confirmed",
            by=_DECIDERS,
            asks=(
                Field(key="code", label="认定类型", hint="规则列有类型的，须选一种", final=True),
                _REASON,
            ),
            guards=(_DECIDER,),
            checks=(
                Guard(holds=code_is_chosen_where_asked, otherwise=codes_sentence, field="code"),
            ),
            effects=(keep_code, open_what_follows),
            story="{who}认定：{title}。理由：{reason}",
        ),
        Step(
            key="decline",
            label="不予认定",
            source=("proposed",),
            target="declined",
            by=_DECIDERS,
            asks=(_REASON,),
            guards=(_DECIDER,),
            story="{who}不予认定，理由：{reason}",
        ),
        Step(
            key="join",
            label="补充依据",
            source=("proposed",),
            by=("clock",),
            asks=(
                Field(
                    key="more_evidence",
                    label="依据",
                    kind=Kind.LONG_TEXT,
                    required=True,
                    keeps=False,
                ),
            ),
            effects=(join,),
            story="又有依据：{more_evidence}",
        ),
        Step(
            key="cease",
            label="情形消失",
            source=("proposed",),
            target=CEASED,
            by=("clock",),
            story="建议所依据的情形已消失。",
        ),
    ),
)


def propose(watch: Watch, findings: Iterable[Finding], *, now: datetime) -> list[int]:
    """Open a proposal for every new ground, join what is open; ids of the proposals opened."""
    found = [replace(one, key=_kept_key(one.key)) for one in findings]
    known = {
        (ground.site_id, ground.key): ground
        for ground in SiteGround.objects.filter(watch=watch.key).select_related("proposal")
    }
    opened = []
    for finding in found:
        place = finding.site, finding.key
        ground = known.get(place) or _gathered(watch, finding, known.values(), now=now)
        if ground is None or ground.proposal.stage == CEASED:
            if is_taken_in(watch, finding, now=now):
                continue
            ground, is_new = _open(watch, finding, now=now)
            opened += [ground.proposal_id] if is_new else []
        elif ground.proposal.is_open:
            _join(ground, finding, now=now)
        known[place] = ground
    if watch.ceases:
        _cease(known, {(finding.site, finding.key) for finding in found}, now=now)
    return opened


def _cease(
    known: dict[tuple[int, str], SiteGround], still: set[tuple[int, str]], *, now: datetime
) -> None:
    for place, ground in known.items():
        if ground.proposal.is_open and place not in still:
            take_step(ground.proposal_id, "cease", by=CLOCK, now=now)


def look_around(
    *, now: datetime, watches: Iterable[Watch] | None = None, as_of: datetime | None = None
) -> int:
    """Every watch looks once, whatever breaks in another; how many proposals were opened.

    `as_of` is an earlier moment at which they stand to look; what they find is proposed now.
    """
    opened = 0
    for watch in catalog().watches if watches is None else watches:
        try:
            with rules_held():
                found = list(watch.look(now=as_of or now))
            opened += len(propose(watch, found, now=now))
        except Exception:  # the edge of one watch
            log.exception("watch_failed watch=%s", watch.key)
    return opened


def look_now_and_then(*, now: datetime) -> None:
    """A round of the worker: the watches look when the last look is long enough ago."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("beat_at", flat=True).first()
    if last is not None and timedelta(0) <= now - last < EVERY:
        return
    opened = look_around(now=now)
    note = f"新提出 {opened} 条建议"
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": now, "note": note})


def _kept_key(key: str) -> str:
    """A key as the table holds it: one that is longer, by its beginning and its digest."""
    if len(key) <= KEY_MAX:
        return key
    return f"{key[: KEY_MAX - 33]}#{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _state_of(key: str) -> str:
    """What lasts: a key without its day."""
    return key.rpartition("/")[0]


def _open(watch: Watch, finding: Finding, *, now: datetime) -> tuple[SiteGround, bool]:
    """The ground with its proposal, and whether it is new: another process may have looked too."""

    def prepare(case: Case) -> None:
        site = Site.objects.select_related("region").get(pk=finding.site)
        case.place_in(site.region_id)
        case.about(site.pk)
        told: dict[str, Any] = {
            "watch": watch.key,
            "watch_label": watch.label,
            "site": site.pk,
            "ground": finding.key,
            "title": f"{site.short_name or site.name}：{finding.label}",
            "evidence": finding.text,
            "figures": [list(pair) for pair in finding.figures],
            "chart": finding.chart,
        }
        for key, value in told.items():
            if value:
                case.set(key, value)

    with engine_writes():
        place = {"watch": watch.key, "site_id": finding.site, "key": finding.key}
        elder = SiteGround.objects.filter(**place).select_related("proposal").first()
        if elder is not None and elder.proposal.stage != CEASED:
            return elder, False
        loop = catalog().loop(KIND)
        opened = open_prepared(
            loop, by=CLOCK, now=now, recorded_at=now, at_stage="", prepare=prepare
        )
        if elder is not None:
            elder.proposal = opened
            change(elder, "proposal_id")
            return elder, True
        ground = SiteGround(**place, proposal=opened)
        add(ground)
    return ground, True


def _gathered(
    watch: Watch, finding: Finding, known: Iterable[SiteGround], *, now: datetime
) -> SiteGround | None:
    """A further day of a state on the proposal of it that is open, None where none is.

    Joined first: who is killed between joins once, and notes the ground at the next look.
    """
    if not watch.gathers:
        return None
    state = finding.site, _state_of(finding.key)
    elders = (one for one in known if (one.site_id, _state_of(one.key)) == state)
    elder = next((one for one in elders if one.proposal.is_open), None)
    if elder is None:
        return None
    _join(elder, finding, now=now)
    with engine_writes():
        ground = SiteGround(
            watch=watch.key, site_id=finding.site, key=finding.key, proposal=elder.proposal
        )
        add(ground)
    return ground


def _join(ground: SiteGround, finding: Finding, *, now: datetime) -> None:
    facts = Facts.objects.get(pk=ground.proposal_id).data
    told = [facts.get("evidence", ""), *(one["text"] for one in facts.get("joined") or [])]
    if finding.text not in told:
        answers = {"more_evidence": finding.text}
        take_step(ground.proposal_id, "join", by=CLOCK, now=now, answers=answers)
