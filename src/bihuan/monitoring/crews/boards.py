"""Boards of crews: positions to the face, marked mines and their checks, identity at the gates."""

from datetime import date
from typing import Final

from django.urls import reverse

from bihuan.matters.identity import to_code
from bihuan.matters.models import Matter, Record
from bihuan.monitoring.boards import Board, Chip, Figure, Head, Link, Row, Scope, Shown
from bihuan.monitoring.crews import ledgers
from bihuan.monitoring.crews.faces import Roster
from bihuan.monitoring.crews.identity import identity_of
from bihuan.monitoring.crews.limits import LARGE_FROM, MINE_BELOW, number_of
from bihuan.monitoring.crews.loops import LARGE_SHIFT
from bihuan.monitoring.crews.marks import BOUNDARY, when_text
from bihuan.monitoring.crews.reading import highest_shift
from bihuan.monitoring.crews.standing import Standing, standing_of
from bihuan.monitoring.mines import profiles_on
from bihuan.places.models import Site
from bihuan.telemetry.crews.judging import Verdict, verdict_below

_TONES: Final = {
    Standing.BY_FACE: "done",
    Standing.TO_UPGRADE: "todo",
    Standing.INTERRUPTED: "late",
    Standing.NOTHING: "todo",
    Standing.NO_FACES: "plain",
    Standing.OPEN_PIT: "plain",
}


def crew_url(site: Site) -> str:
    """The page of a mine's crews."""
    return reverse("monitoring:crew", args=(site.pk,))


def look_at_positions(scope: Scope) -> Shown:
    """Every coal mine: whether its system tells positions by face, and its highest shift."""
    profiles = profiles_on(scope.today)
    rows, to_upgrade = [], []
    for site in scope.sites(Site.Kind.COAL):
        roster = Roster(site=site)
        profile = profiles.get(site.pk)
        is_open_pit = profile is not None and profile.is_open_pit
        told = standing_of(roster, now=scope.now, is_open_pit=is_open_pit)
        if told.standing is Standing.TO_UPGRADE:
            to_upgrade.append(site.name)
        highest = None if is_open_pit else highest_shift(site.pk)
        below = number_of(MINE_BELOW, region_path=roster.region_path, on=scope.today)
        verdict = verdict_below(highest.persons, below) if highest else Verdict.NOT_JUDGED
        rows.append(
            Row(
                id=site.pk,
                name=site.name,
                cells={
                    "site": Link(site.name, crew_url(site), site.region.name),
                    "state": Chip(told.standing.value, _TONES[told.standing]),
                    "at": when_text(told.report.at) if told.report else "没有收到数据",
                    "total": told.report.total if told.report else None,
                    "unplaced": told.report.unplaced if told.report else None,
                    "highest": f"{highest.persons} 人（{highest.on}）" if highest else "",
                    "verdict": _mine_chip(verdict, is_open_pit=is_open_pit),
                },
            )
        )
    notes = [f"待升级：{'、'.join(to_upgrade)}"] if to_upgrade else []
    figures = [
        Figure(label="煤矿", value=str(len(rows)), unit="处"),
        Figure(label="待升级", value=str(len(to_upgrade)), unit="处", note="位置不到工作面"),
    ]
    return Shown(rows=rows, figures=figures, notes=notes)


def look_at_marked(scope: Scope) -> Shown:
    """Marked mines with the last system watch and the last check on the spot."""
    rows, missing = [], []
    marks = Matter.objects.filter(kind=LARGE_SHIFT, is_open=True).select_related("facts_row")
    sites = {site.pk: site for site in scope.sites(Site.Kind.COAL)}
    for mark in marks.filter(site_id__in=sites).order_by("opened_at", "id"):
        site, facts = sites[mark.site_id or 0], mark.facts_row.data
        least = number_of(LARGE_FROM, region_path=site.region.path_ids, on=scope.today)
        last = {key: _last_check(site.pk, key) for key in (ledgers.SYSTEM_WATCH, ledgers.ON_SITE)}
        lacking = [one.label for one in ledgers.MODES if last[one.key] is None]
        missing += [f"{site.name}（缺{'、'.join(lacking)}）"] if lacking else []
        boundary = BOUNDARY if facts.get("persons") == least else ""
        rows.append(
            Row(
                id=mark.pk,
                name=site.name,
                cells={
                    "site": Link(site.name, crew_url(site), site.region.name),
                    "shift": Link(
                        f"{facts.get('shift_on')} {facts.get('shift')}",
                        reverse("desk:matter", args=(to_code(mark.pk),)),
                        facts.get("source", ""),
                    ),
                    "persons": f"{facts.get('persons')} 人{f'（{boundary}）' if boundary else ''}",
                    "watch": str(last[ledgers.SYSTEM_WATCH] or "没有"),
                    "visit": str(last[ledgers.ON_SITE] or "没有"),
                    "state": Chip(f"缺{'、'.join(lacking)}", "late")
                    if lacking
                    else Chip("两种方式齐", "done"),
                },
            )
        )
    notes = [f"还缺：{'；'.join(missing)}"] if missing else []
    figures = [
        Figure(label="大班次矿", value=str(len(rows)), unit="处"),
        Figure(label="方式不齐", value=str(len(missing)), unit="处"),
    ]
    return Shown(rows=rows, figures=figures, notes=notes)


def look_at_identity(scope: Scope) -> Shown:
    """Entry points with identification, and entries that contradict and wait for a reason."""
    profiles = profiles_on(scope.today)
    rows = []
    for site in scope.sites(Site.Kind.COAL):
        profile = profiles.get(site.pk)
        if profile is not None and profile.is_open_pit:
            continue
        found = identity_of(site, on=scope.today)
        rows.append(
            Row(
                id=site.pk,
                name=site.name,
                cells={
                    "site": Link(site.name, crew_url(site), site.region.name),
                    "points": len(found.points),
                    "with": found.covered,
                    "percent": found.percent_text,
                    "conflicts": found.waiting,
                    "state": Chip(*found.state),
                },
            )
        )
    return Shown(rows=rows)


POSITIONS = Board(
    key="crew_positions",
    label="下井人数与定位到面",
    heads=(
        Head(key="site", label="煤矿", kind="title"),
        Head(key="state", label="定位", kind="chip"),
        Head(key="at", label="最近数据"),
        Head(key="total", label="井下人数", kind="number"),
        Head(key="unplaced", label="位置不明", kind="number"),
        Head(key="highest", label="单班最高（日期）"),
        Head(key="verdict", label="单班判定", kind="chip"),
    ),
    look=look_at_positions,
    state="state",
    ledgers=(
        ledgers.WORK_FACE,
        ledgers.SHIFT_TIME,
        ledgers.SHIFT_KIND,
        ledgers.VISITOR,
        ledgers.SHIFT_COUNT,
    ),
    basis=("AY-29-11", "LX-S1-8"),
)
MARKED = Board(
    key="large_shifts",
    label="大班次矿重点抽查",
    heads=(
        Head(key="site", label="煤矿", kind="title"),
        Head(key="shift", label="依据班次", kind="link"),
        Head(key="persons", label="单班人数"),
        Head(key="watch", label="最近系统盯"),
        Head(key="visit", label="最近现场查"),
        Head(key="state", label="情况", kind="chip"),
    ),
    look=look_at_marked,
    state="state",
    ledgers=(ledgers.LARGE_SHIFT_CHECK, ledgers.SHIFT_COUNT),
    empty="没有大班次矿",
    basis=("SX-38-1",),
)
IDENTITY = Board(
    key="entry_identity",
    label="入井身份识别覆盖",
    heads=(
        Head(key="site", label="煤矿", kind="title"),
        Head(key="points", label="入井口", kind="number"),
        Head(key="with", label="已有识别", kind="number"),
        Head(key="percent", label="覆盖率"),
        Head(key="conflicts", label="待说明矛盾", kind="number"),
        Head(key="state", label="情况", kind="chip"),
    ),
    look=look_at_identity,
    state="state",
    ledgers=(ledgers.ENTRY_POINT,),
    basis=("AY-26-4",),
)
BOARDS = (POSITIONS, MARKED, IDENTITY)


def _mine_chip(verdict: Verdict, *, is_open_pit: bool) -> Chip:
    if is_open_pit:
        return Chip("露天，不判定")
    return {
        Verdict.WITHIN: Chip("符合", "done"),
        Verdict.BOUNDARY: Chip(f"不符合（{BOUNDARY}）", "late"),
        Verdict.OVER: Chip("不符合", "late"),
        Verdict.NOT_JUDGED: Chip("无数据或未设定"),
    }[verdict]


def _last_check(site_id: int, mode: str) -> date | None:
    rows = Record.objects.filter(
        ledger=ledgers.LARGE_SHIFT_CHECK, site_id=site_id, is_void=False, facts__mode=mode
    )
    return rows.order_by("-valid_from").values_list("valid_from", flat=True).first()
