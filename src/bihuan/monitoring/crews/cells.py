"""The cells of a mine's crew page: words, tones and figures, and no question to the database."""

from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from bihuan.language.clock import SHANGHAI
from bihuan.language.wording import exact_length
from bihuan.matters.identity import to_code
from bihuan.monitoring.crews.comparing import ShiftDay
from bihuan.monitoring.crews.faces import Roster
from bihuan.monitoring.crews.identity import ConflictTold, EntryPoint
from bihuan.monitoring.crews.limits import NO_RULE
from bihuan.monitoring.crews.marks import BOUNDARY, when_text
from bihuan.monitoring.crews.reading import FaceDay, MineDay, Over
from bihuan.monitoring.crews.tables import CrewExcess, Presence, ShiftTotal
from bihuan.telemetry.crews.judging import Verdict

type Cells = dict[str, Any]
UNPLACED: Final = "位置不明"
INTERRUPTED: Final = "系统中断"
_CARD_TAIL: Final = 5


def _columns(*pairs: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"key": key, "label": label, "kind": kind}
        | ({"phone": "show"} if kind in ("two", "date") else {})
        for key, label, kind in pairs
    ]


FACE_COLUMNS = _columns(
    ("face", "工作面", "title"),
    ("kind", "面型", "two"),
    ("limit", "限员", "two"),
    ("trial", "限员规定（试行）", "two"),
    ("present", "现在在面", "two"),
    ("most", "当日最多", "two"),
    ("state", "情况", "chip"),
)
OVER_COLUMNS = _columns(
    ("face", "工作面", "title"),
    ("started", "开始", "date"),
    ("ended", "结束", "date"),
    ("lasts", "持续", "date"),
    ("peak", "最多", "two"),
    ("note", "说明", "date"),
    ("cards", "人员卡（后5位）", "text"),
)
SHIFT_COLUMNS = _columns(
    ("shift", "班次", "title"),
    ("persons", "入井人数", "two"),
    ("peak", "同时最多", "two"),
    ("others", "其他来源", "text"),
    ("verdict", "单班判定", "chip"),
    ("trial", "限员规定（试行）", "two"),
)
UNPLACED_COLUMNS = _columns(
    ("card", "人员卡", "title"),
    ("place", "位置", "text"),
    ("since", "自", "text"),
)
POINT_COLUMNS = _columns(
    ("name", "入井口", "title"),
    ("method", "识别方式", "text"),
    ("started", "启用日期", "text"),
    ("state", "情况", "chip"),
)
CONFLICT_COLUMNS = _columns(("text", "矛盾", "title"), ("state", "说明", "link"))


def figures(day: MineDay, *, highest: ShiftTotal | None, is_open_pit: bool) -> list[Cells]:
    """The strip above: underground now, without a place, faces over, the highest shift."""
    report = day.report
    total = INTERRUPTED if day.is_interrupted or report is None else str(report.total)
    over = sum(face.is_over_now for face in day.faces)
    return [
        {
            "label": "井下人数",
            "value": total,
            "unit": "" if day.is_interrupted else "人",
            "note": f"数据时间 {when_text(report.at)}" if report else "没有收到数据",
        },
        {
            "label": UNPLACED,
            "value": "" if day.is_interrupted else str(len(day.unplaced)),
            "unit": "人",
            "note": "没有区域，或区域没有登记为工作面",
        },
        {"label": "正在超员的面", "value": str(over), "unit": "个"},
        {
            "label": "单班最高",
            "value": str(highest.persons) if highest and not is_open_pit else "无",
            "unit": "人" if highest and not is_open_pit else "",
            "note": f"{highest.on} {highest.shift}" if highest and not is_open_pit else "",
        },
    ]


def notes(day: MineDay, *, is_open_pit: bool, mark_url: str) -> list[Cells]:
    """What is to be read first; `mark_url` is empty where the mine has no mark or it isn't seen."""
    found = []
    if is_open_pit:
        found.append("登记为露天煤矿：单班入井人数不判定。")
    if not day.roster.shifts(day.on):
        found.append("没有登记班次起止时间：单班人数不能统计，班次类型按未登记处理。")
    if day.is_interrupted:
        found.append("人员位置数据中断：下面只列中断前收到的，不当作没有人。")
    told: list[Cells] = [{"words": words, "tone": "info"} for words in found]
    if mark_url:
        words = "本矿有大班次标记：系统盯、现场查都要做。"
        told.append({"words": words, "tone": "warn", "url": mark_url, "link": "查看标记"})
    return told


def face_row(one: FaceDay, *, is_marked: bool) -> Cells:
    """One face."""
    is_total = one.counting == CrewExcess.Counting.TOTAL
    marks = "、".join(f"其中{word}{count}人" for word, count in one.marked)
    trial: Cells = {"text": one.trial.text, "sub": _trial_words(one)}
    if is_marked:
        trial = {"text": "不适用", "sub": "有大班次标记的矿"}
    return {
        "id": one.face.area,
        "name": one.face.name,
        "cells": {
            "face": {"text": one.face.name, "sub": one.face.area},
            "kind": {"text": one.face.kind_label, "sub": f"班次类型：{one.shift_type}"},
            "limit": {"text": one.limit.text, "sub": one.limit.source},
            "trial": trial,
            "present": {
                "text": INTERRUPTED if one.present is None else f"{one.present} 人",
                "sub": marks,
            },
            "most": {
                "text": f"{one.most.persons} 人" if one.most else "无数据",
                "sub": (f"{_clock(one.most.at)} · " if one.most else "")
                + ("单班总人数" if is_total else "同时在面"),
            },
            "state": _face_state(one),
        },
    }


def unplaced_words(day: MineDay) -> str:
    """How many cards have no place, or why that isn't known."""
    if day.is_interrupted:
        return INTERRUPTED
    return f"{len(day.unplaced)} 张卡" if day.unplaced else "没有"


def over_row(number: int, one: Over) -> Cells:
    """One time over the limit."""
    excess = one.excess
    tails = "、".join(card[-_CARD_TAIL:] for card in one.cards)
    return {
        "id": str(number),
        "name": one.face.name,
        "cells": {
            "face": {"text": one.face.name, "sub": one.what},
            "started": when_text(excess.started_at),
            "ended": when_text(excess.ended_at) if excess.ended_at else "仍在超员",
            "lasts": exact_length(one.lasts),
            "peak": {
                "text": f"{excess.peak} 人",
                "sub": f"{_clock(excess.peak_at)} · 限员{excess.limit}人",
            },
            "note": "交接班重叠" if one.is_hand_over else "",
            "cards": tails,
        },
    }


def shift_row(one: ShiftDay, *, is_open_pit: bool, is_marked: bool) -> Cells:
    """One shift."""
    span, total = one.span, one.total
    times = f"{_clock(span.begins_at)}至{_clock(span.ends_at)}"
    return {
        "id": span.name,
        "name": span.name,
        "cells": {
            "shift": {"text": span.name, "sub": times},
            "persons": {
                "text": f"{one.located} 人" if one.located is not None else _no_persons(one),
                "sub": _shift_note(one),
            },
            "peak": {
                "text": f"{total.peak} 人" if total else "",
                "sub": _clock(total.peak_at) if total and total.peak_at else "",
            },
            "others": "；".join(_other(one, source, n) for source, n in one.others) or "没有登记",
            "verdict": _shift_state(one, is_open_pit=is_open_pit),
            "trial": {"text": "不适用", "sub": "有大班次标记的矿"}
            if is_marked
            else {"text": one.trial.text, "sub": _verdict_words(one.by_trial)},
        },
    }


def unplaced_row(one: Presence, *, roster: Roster, on: date) -> Cells:
    """A card underground without a face."""
    mark = roster.marks(on).get(one.card, "")
    place = f"{UNPLACED}（区域 {one.area} 没有登记）" if one.area else UNPLACED
    return {
        "id": one.card,
        "name": one.card,
        "cells": {
            "card": {"text": one.card, "sub": mark},
            "place": place,
            "since": when_text(one.from_at),
        },
    }


def point_row(number: int, one: EntryPoint) -> Cells:
    """An entry point."""
    state = {"label": "已识别", "tone": "done"}
    return {
        "id": str(number),
        "name": one.name,
        "cells": {
            "name": {"text": one.name},
            "method": one.method,
            "started": one.started_on or "没有启用",
            "state": state if one.is_covered else {"label": "没有识别", "tone": "late"},
        },
    }


def conflict_row(number: int, one: ConflictTold) -> Cells:
    """Two entries that can't both be right."""
    url = reverse("desk:matter", args=(to_code(one.proposal),)) if one.proposal else ""
    return {
        "id": str(number),
        "name": one.text,
        "cells": {"text": {"text": one.text}, "state": {"text": one.state, "url": url}},
    }


def _face_state(one: FaceDay) -> Cells:
    if one.limit.number is None:
        return {"label": one.limit.text, "tone": "plain"}
    if one.is_over_now:
        return {"label": "超员", "tone": "late"}
    if one.by_rule is Verdict.OVER:
        return {"label": "当日有超员", "tone": "todo"}
    if one.present is None:
        return {"label": INTERRUPTED, "tone": "late"}
    return {"label": "未超员", "tone": "done"}


def _shift_state(one: ShiftDay, *, is_open_pit: bool) -> Cells:
    if is_open_pit:
        return {"label": "露天，不判定", "tone": "plain"}
    if one.below is None:
        return {"label": "未设定", "tone": "plain"}
    return {
        Verdict.WITHIN: {"label": f"符合（少于{one.below}人）", "tone": "done"},
        Verdict.BOUNDARY: {"label": f"不符合（{BOUNDARY}）", "tone": "late"},
        Verdict.OVER: {"label": "不符合", "tone": "late"},
        Verdict.NOT_JUDGED: {"label": _no_persons(one), "tone": "plain"},
    }[one.by_mine]


def _shift_note(one: ShiftDay) -> str:
    if one.is_interrupted:
        return INTERRUPTED
    return "不同的卡，重复入井算一人" if one.located is not None else ""


def _no_persons(one: ShiftDay) -> str:
    return "无数据" if one.has_begun else "还没有开始"


def _trial_words(one: FaceDay) -> str:
    if one.trial.number is None:
        return "" if one.trial.text == NO_RULE else "不判定"
    return _verdict_words(one.by_trial)


def _verdict_words(verdict: Verdict) -> str:
    return {
        Verdict.WITHIN: "未超",
        Verdict.BOUNDARY: BOUNDARY,
        Verdict.OVER: "超员",
        Verdict.NOT_JUDGED: "不判定",
    }[verdict]


def _other(one: ShiftDay, source: str, persons: int) -> str:
    if one.is_interrupted or one.located is None:
        return f"{source}{persons}人（{INTERRUPTED}，不比对）"
    more = persons - one.located
    return f"{source}{persons}人" + (f"（比定位多{more}人）" if more > 0 else "")


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%H:%M}"
