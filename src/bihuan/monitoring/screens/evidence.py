"""证据单: what an alarm rests on, from the readings and their files to the trail's head."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from bihuan.accounts.actors import Actor
from bihuan.accounts.requests import actor_from, signed_in
from bihuan.documents.evidence import Curve, EvidenceSheet, evidence_pdf
from bihuan.language.clock import SHANGHAI
from bihuan.matters import trail
from bihuan.matters.identity import from_code
from bihuan.matters.locking import look
from bihuan.matters.models import Entry, Matter
from bihuan.matters.moment import now
from bihuan.matters.naming import Names
from bihuan.matters.reach import visible
from bihuan.matters.stories import told
from bihuan.matters.viewings import Viewing, record_viewing
from bihuan.monitoring.alarms.readings import ledger_folder
from bihuan.monitoring.alarms.tables import Episode
from bihuan.monitoring.screens.scope import demand_role
from bihuan.monitoring.screens.spans import episode_words, lines_of, shanghai
from bihuan.monitoring.screens.states import UNCOUNTED, limits_of
from bihuan.monitoring.screens.store_reader import TROUBLES, reading
from bihuan.monitoring.screens.wall import limit_words, seconds_of
from bihuan.telemetry.notation import decimal_of, stamp_of
from bihuan.telemetry.store.defined import Delivered, definition_history, deliveries_of
from bihuan.telemetry.store.glance import Described, amendments

AROUND_S: Final = 600
ROWS: Final = 120
_TAIL: Final = 8  # what a mine's own system calls a point
TITLE: Final = "监测报警证据单"
HOW: Final = (
    "合并摘要是各文件“摘要 路径”按行排序后的 SHA-256；"
    "末条与事项页的留痕一致，改动任何一条都会不同。"
)
_WHAT: Final = {"started_at": "开始", "ended_at": "解除", "peak": "峰值", "state": "状态"}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One version of a reading, and the path of the file that said it."""

    point: str
    at: int
    value: float | None
    status: int
    path: str

    @property
    def counts(self) -> bool:
        """Whether it is judged."""
        return self.value is not None and not self.status & UNCOUNTED


@require_safe
@signed_in
def show_evidence(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of one alarm as PDF, made anew from the ledger and the trail."""
    by, moment = actor_from(request), now()
    demand_role(by)
    found = visible(by).filter(pk=from_code(code) or 0, kind="alarm").select_related("site")
    matter = found.first()
    rows = (
        list(Episode.objects.filter(matter=matter).order_by("started_at", "id")) if matter else []
    )
    if matter is None or not rows:
        raise Http404(f"no alarm {code!r}")
    record_viewing(matter, Viewing.Door.PAPER, by=by, now=moment)
    data = evidence_pdf(sheet_of(matter, rows, by=by, now=moment))
    response = HttpResponse(data, content_type="application/pdf")
    name = f"证据单{matter.number or code}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def sheet_of(matter: Matter, rows: Sequence[Episode], *, by: Actor, now: datetime) -> EvidenceSheet:
    """Everything the sheet says."""
    first = rows[0]
    since = seconds_of(min(row.started_at for row in rows))
    ends = [row.ended_at for row in rows]
    over = all(ends)
    until = seconds_of(max(end for end in ends if end)) if over else seconds_of(now)
    history = definition_history(ledger_folder(), first.point)
    points = [one for one in (first.point, first.other_point) if one]
    read = _readings(points, since=since - AROUND_S, until=until + AROUND_S)
    shown = _thinned(read, since=since, until=until)
    kept = deliveries_of(ledger_folder(), {one.path for one in read})
    head, story = _story(matter, by=by, now=now)
    return EvidenceSheet(
        title=TITLE,
        subtitle=f"{matter.site.name if matter.site else ''}　{matter.number or '未编号'}",
        facts=_facts(matter, rows, history, since=since),
        curve=_curve(
            [one for one in read if one.point == first.point], history, since=since, until=until
        ),
        columns=("时间", "读数", "状态"),
        rows=tuple(_row(one, unit=first.unit, is_named=len(points) > 1) for one in shown),
        rows_words=_rows_words(read, shown),
        files=_files(read, kept, rows),
        files_words=f"共 {len(kept)} 个，摘要为 SHA-256",
        story=story,
        amendments=tuple(line for row in rows for line in _amended(row)),
        seal=(
            ("留痕末条（SM3）", head),
            ("全部读数文件合并摘要", _joined(kept)),
            ("怎样核对", HOW),
        ),
        made=f"{by.name} {shanghai(now)} 制作；依据读数台账和留痕，未经人工改动",
    )


def _readings(points: list[str], *, since: int, until: int) -> list[_Read]:
    """What every file said in that time, by time; nothing where it can't be read."""
    try:
        with reading() as reader:
            if reader is None:
                return []
            found = reader.versions(points, since=since, until=until)
            rows = found.sort("time", "point", "commit", "record").to_dicts()
    except TROUBLES:
        return []
    return [
        _Read(
            point=row["point"],
            at=row["time"],
            value=row["value"],
            status=row["status"],
            path=_path(row["point"], row),
        )
        for row in rows
    ]


def _path(point: str, row: dict[str, Any]) -> str:
    stamp = "".join(mark for mark in stamp_of(row["time"] + row["lag"]) if mark.isdigit())
    folder = bytes(row["folder"]).decode(errors="surrogateescape")
    return f"{folder}{point[:12]}_CDSS_{stamp}{row['rest']}.txt"


def _thinned(read: list[_Read], *, since: int, until: int) -> list[_Read]:
    """Not more rows than two pages hold: always first, peak and last, the others evenly."""
    if len(read) <= ROWS:
        return read
    peak = max((one for one in read if one.counts), key=_value, default=read[0])
    stride = -(-len(read) // (ROWS - 4))
    inside = [one for one in read if since <= one.at <= until]
    wanted = {id(one) for one in (*read[::stride], peak, read[-1], *inside[:1], *inside[-1:])}
    return [one for one in read if id(one) in wanted]


def _rows_words(read: list[_Read], shown: list[_Read]) -> str:
    if not read:
        return "已过保存期或取不到"
    words = f"报警前后各 {AROUND_S // 60} 分钟，{len(read)} 次"
    return words if len(shown) == len(read) else f"{words}，均匀列出 {len(shown)} 次，含首次、最高"


def _row(one: _Read, *, unit: str, is_named: bool) -> tuple[str, str, str]:
    """Of two points each reading says whose it is, by the end of the code."""
    value = "无" if one.value is None else f"{decimal_of(one.value)} {unit}"
    if is_named:
        value = f"…{one.point[-_TAIL:]}：{value.strip()}"
    return stamp_of(one.at)[5:], value, "" if one.counts else f"不计 {one.status}"


def _facts(
    matter: Matter, rows: Sequence[Episode], history: list[Described], *, since: int
) -> tuple[tuple[str, str], ...]:
    first = rows[0]
    in_force = _in_force(history, since)
    extremes = [row for row in rows if row.peak is not None]
    ends = sorted if first.kind == "upper_limit" else _reversed
    top = ends(extremes, key=_peak)[-1] if extremes else first
    site = matter.site
    return (
        ("煤矿", f"{site.name}（{first.mine}）" if site else first.mine),
        ("测点编号", "、".join(filter(None, (first.point, first.other_point)))),
        ("安装位置", first.place or "—"),
        ("传感器", f"{first.sensor}（{first.unit or '无单位'}）"),
        ("当时门限", limit_words(limits_of(in_force.definition)) if in_force else "未见定义"),
        ("定义自", stamp_of(in_force.moment) if in_force else "—"),
        ("情形", "；".join(episode_words(row) for row in rows)),
        ("开始", shanghai(min(row.started_at for row in rows))),
        ("极值", f"{decimal_of(top.peak)} {top.unit}" if top.peak is not None else "—"),
        ("极值时间", shanghai(top.peak_at) or "—"),
        ("恢复", "；".join(shanghai(row.ended_at) or "未恢复" for row in rows)),
        *_samples(rows),
    )


def _samples(rows: Sequence[Episode]) -> Iterator[tuple[str, str]]:
    """What a pair of switches makes has no readings of its own."""
    if not rows[0].other_point:
        yield "期间读数", f"{max(row.samples for row in rows)} 次"


def _in_force(history: list[Described], at: int) -> Described | None:
    before = [one for one in history if one.moment <= at]
    return before[-1] if before else (history[0] if history else None)


def _curve(read: list[_Read], history: list[Described], *, since: int, until: int) -> Curve:
    dots = tuple((one.at, one.value) for one in read if one.counts and one.value is not None)
    held = _in_force(history, since)
    limits = lines_of(history, since=since, until=until)
    by_value: dict[float, str] = {}
    for one in limits:  # two limits of one value are one line
        told = by_value.get(one.value, "")
        by_value[one.value] = (
            f"{told}，{one.words}" if told and one.words not in told else one.words
        )
    ends = (read[0].at, read[-1].at) if read else (since, until)
    return Curve(
        dots=dots,
        limits=tuple((words, value) for value, words in by_value.items()),
        shade=(since, until),
        ends=(stamp_of(ends[0]), stamp_of(ends[1])),
        joined_s=held.definition.silence_s if held else 90,
    )


def _files(
    read: list[_Read], kept: list[Delivered], rows: Sequence[Episode]
) -> tuple[tuple[str, str, str], ...]:
    """The files of the first, the extreme and the last reading, with what each is for."""
    digests: dict[str, str] = {}
    for one in kept:
        digests[one.path] = one.digest
    begin = seconds_of(rows[0].started_at)
    told = {
        "首次": begin,
        "极值": next((seconds_of(row.peak_at) for row in rows if row.peak_at), begin),
        "恢复": max((seconds_of(row.ended_at) for row in rows if row.ended_at), default=0),
    }
    found = []
    for word, at in told.items():
        found += [
            (word, one.path, digests.get(one.path, "未见送达记录")) for one in read if one.at == at
        ]
    return tuple(found) or (("—", "读数已过保存期或取不到", "—"),)


def _joined(kept: list[Delivered]) -> str:
    if not kept:
        return "没有文件"
    lines = sorted(f"{one.digest} {one.path}" for one in kept)
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def _amended(row: Episode) -> list[str]:
    return [
        f"{stamp_of(one.at)} {episode_words(row)}：{_WHAT.get(one.what, one.what)}"
        f"由“{one.before or '无'}”更正为“{one.after or '无'}”"
        for one in amendments(ledger_folder(), row.pk)
    ]


def _story(matter: Matter, *, by: Actor, now: datetime) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The trail's head, and each entry as a sentence with its time and who."""
    entries = list(
        Entry.objects.filter(matter_id=matter.pk).order_by("seq").values_list("body", "hash")
    )
    case = look(matter.pk, by=by, now=now)
    lines = [trail.from_bytes(bytes(body)) for body, _mark in entries]
    sentences = told(lines, loop=case.loop, names=Names.of_case(case))
    story = tuple(
        (f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}", one.whole) for one in sentences
    )
    head = bytes(entries[-1][1]).hex() if entries else "没有留痕"
    return f"第 {len(entries)} 条　{head}", story


def _reversed(rows: list[Episode], *, key: Any) -> list[Episode]:
    return sorted(rows, key=key, reverse=True)


def _value(one: _Read) -> float:
    return one.value or 0.0


def _peak(row: Episode) -> float:
    return row.peak or 0.0
