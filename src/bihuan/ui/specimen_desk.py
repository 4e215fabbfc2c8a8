"""Invented contexts of the staff specimen pages; every name, mine and figure is made up."""

from typing import Any, Final

from bihuan.ui import charts, specimen_matter, specimen_step
from bihuan.ui.icons import PATHS

type Context = dict[str, Any]

DESK: Final[Context] = {
    "home_url": "workbench.html",
    "unit": "示例县应急管理局 · 煤安股",
    "search_url": "list.html",
    "notices_url": "#notices",
    "notices_count": 5,
    "sign_out_url": "#out",
    "person": {"name": "王某某", "role": "监管员", "initial": "王"},
    "links": [
        {"label": "我的资料", "url": "#me", "icon": "person"},
        {"label": "通行密码", "url": "#key", "icon": "key"},
    ],
    "made_at": "2026-11-21 14:32",
    "note": "示例数据，非真实企业",
}
_NAV: Final = (
    ("", (("工作台", "workbench", "home", 0, False, "h"),)),
    (
        "闭环业务",
        (
            ("隐患台账", "list", "ledger", 214, False, "y"),
            ("重大隐患挂牌", "flagged", "flag", 6, True, ""),
            ("交办移送", "handover", "send", 9, True, "j"),
            ("举报线索", "matter", "horn", 12, False, "x"),
            ("检查计划", "plans", "calendar", 0, False, ""),
            ("监测预警", "alarms", "pulse", 3, True, ""),
        ),
    ),
    (
        "监管对象",
        (
            ("煤矿档案", "mines", "mine", 28, False, "m"),
            ("风险分级", "risk", "chart", 0, False, ""),
        ),
    ),
    (
        "报送与分析",
        (
            ("四个清单（日报）", "daily", "table", 1, True, "r"),
            ("统计表（周报）", "weekly", "table", 0, False, ""),
            ("挂图作战", "wall", "target", 0, False, ""),
            ("典型案例", "cases", "book", 0, False, ""),
            ("信息公开", "published", "globe", 0, False, ""),
        ),
    ),
    (
        "依据与设置",
        (
            ("法规与清单库", "regulations", "book", 0, False, ""),
            ("系统设置", "settings", "gear", 0, False, ""),
        ),
    ),
)
_TABS: Final = (
    ("工作台", "workbench", "home"),
    ("台账", "list", "ledger"),
    ("随手查", "step", "plus"),
    ("线索", "matter", "horn"),
)
_STAGES: Final = ("done", "now", "next", "next", "next")
_HAZARDS: Final = (
    ("0387", "3103 综采面回风隅角甲烷传感器悬挂位置不符合规定", "瓦斯防治", "青石岭煤矿", "东岭镇",
     "重大", "late", "已逾期", 3, "逾期 3 天", "11-18", "late", 1.0, "刘某某", "催办"),
    ("0391", "主排水泵房未按规定开展雨季前联合排水试验", "水害防治", "白云山煤矿", "北川镇",
     "重大", "late", "已逾期", 2, "逾期 1 天", "11-20", "late", 1.0, "高某某", "催办"),
    ("0402", "主斜井带式输送机防打滑、堆煤保护试验无记录", "机电运输", "红旗沟煤矿", "西河镇",
     "较大", "doing", "整改中", 3, "今日到期", "11-21", "today", 0.92, "张某某", "查看"),
    ("0405", "副井提升机过卷保护装置动作不可靠", "机电运输", "青石岭煤矿", "东岭镇",
     "重大", "check", "待复查", 4, "剩 1 天", "11-22", "soon", 0.88, "刘某某", "复查"),
    ("0408", "2 名瓦斯检查工未持有效证件上岗", "人员资质", "兴旺煤矿", "南山镇",
     "较大", "doing", "整改中", 3, "剩 2 天", "11-23", "soon", 0.74, "李某某", "查看"),
    ("0411", "5205 掘进工作面未按规定安设压风自救装置", "通风", "白云山煤矿", "北川镇",
     "一般", "doing", "整改中", 3, "剩 5 天", "11-26", "ok", 0.48, "高某某", "查看"),
    ("0413", "采区变电所高压开关继电保护整定值未定期校验", "供电", "东沟煤矿", "平湖镇",
     "一般", "todo", "待下达", 2, "剩 7 天", "11-28", "ok", 0.2, None, "下达"),
    ("0416", "采掘工程平面图未按月填绘更新", "技术资料", "南坪煤矿", "柏树乡",
     "一般", "paused", "已中止", 3, "中止计时", "", "paused", 0.4, "赵某某", "查看"),
    ("0420", "入井人员位置监测系统 3 处读卡分站离线", "监测监控", "兴旺煤矿", "南山镇",
     "一般", "done", "已销号", 5, "按期销号", "11-19", "done", 1.0, "李某某", "查看"),
)  # fmt: skip
_LEVELS: Final = {"重大": "major", "较大": "serious", "一般": "plain"}


def shell(current: str, **page: object) -> Context:
    """The context of the staff shell with one entry of the navigation marked."""
    nav = [
        {
            "label": label,
            "items": [
                {"label": name, "url": f"{url}.html", "icon": icon, "count": count, "hot": hot,
                 "key": key, "current": url == current}
                for name, url, icon, count, hot, key in entries
            ],
        }
        for label, entries in _NAV
    ]  # fmt: skip
    tabs: list[Context] = [
        {"label": label, "url": f"{url}.html", "icon": icon, "current": url == current,
         "raised": icon == "plus"}
        for label, url, icon in _TABS
    ]  # fmt: skip
    tabs.append({"label": "菜单", "url": "#nav", "icon": "menu"})
    return {"desk": {**DESK, "tabs": tabs}, "nav": nav, "page": page, "csrf_input": ""}


def dashes(at: int, *, look: str = "now", count: int = 5) -> list[str]:
    """The marks of a small progress: done before, `look` at, next after."""
    return ["done"] * (at - 1) + [look] + ["next"] * (count - at)


def parts() -> Context:
    """The page that shows every component in every state."""
    tones = ("plain", "todo", "doing", "check", "done", "late", "paused")
    deadlines = (
        ("剩 5 天", "11-26", "ok", 0.4), ("剩 9 小时", "11-21", "soon", 0.9),
        ("今日到期", "11-21", "today", 0.95), ("逾期 3 天", "11-18", "late", 1),
        ("按期办结", "11-19", "done", 1), ("中止计时", "", "paused", 0.5),
        ("未设定", "", "ok", None),
    )  # fmt: skip
    jobs = [
        {"title": "导入隐患台账", "state": "running", "words": "已读 620 行，共 1,386 行",
         "fraction": 0.45, "cancel_url": "#cancel", "reload_s": 600},
        {"title": "重建检索", "state": "running", "words": "正在数条数", "fraction": None},
        {"title": "导出举报线索清单", "state": "done", "words": "37 行已写入，保留到 11-28",
         "fraction": 1, "results": [{"label": "下载 Excel", "url": "#file"}]},
        {"title": "批量发函", "state": "failed", "words": "第 3 份缺收文单位，前 2 份已发",
         "fraction": 0.2, "lines": ["请补全收文单位，再从第 3 份继续。"]},
    ]  # fmt: skip
    context = shell("parts", title="组件样张", lead="每个组件的每种状态", notices=_notices())
    rows = _hazard_rows()[:3]
    drawings = {"trend": _trend(), "crowd": _crowd(), "coverage": _coverage(), "funnel": _funnel(),
                "months": months()}  # fmt: skip
    return {
        **context, "tones": tones, "deadlines": deadlines, "jobs": jobs, "icons": sorted(PATHS),
        "fields": specimen_step.fields(), "columns": _hazard_columns(), "rows": rows, **drawings,
    }  # fmt: skip


def workbench() -> Context:
    """The first screen of a working day."""
    page = {
        "title": "工作台",
        "lead": "2026 年 11 月 21 日 星期六 · 百日攻坚集中行动第 47 天",
        "notices": _notices()[:1],
        "kpis": _kpis(),
        "todo": _todo(),
        "trend": _trend(),
        "funnel": _funnel(),
        "coverage": _coverage(),
        "ranks": _ranks(),
    }
    return shell("workbench", **page)


def ledger() -> Context:
    """A ledger with tabs, filters, ticked rows and paging."""
    tabs = (("全部", "1,386", False), ("未销号", "214", False), ("已逾期", "8", True),
            ("今日到期", "5", False), ("待下达", "17", False), ("整改中", "143", False),
            ("待复查", "41", False), ("已销号", "1万+", False))  # fmt: skip
    page = {
        "title": "隐患台账",
        "wide_paper": True,
        "lead": "百日攻坚集中行动 · 未销号 214 条，其中重大 6 条",
        "crumbs": [{"label": "闭环业务", "url": "#"}, {"label": "隐患台账"}],
        "tabs": [
            {"label": label, "count": count, "hot": hot, "url": "#", "current": label == "未销号"}
            for label, count, hot in tabs
        ],
        "filters": _filters(),
        "chips": [{"label": "期限：11-01 至 12-31", "remove_url": "#a"},
                  {"label": "来源：执法检查", "remove_url": "#b"}],
        "columns": _hazard_columns(),
        "rows": _hazard_rows(),
    }  # fmt: skip
    return shell("list", **page)


def matter() -> Context:
    """A matter's page: loop, clocks, facts, steps, papers, trail."""
    return shell("matter", **specimen_matter.page(crowd=_crowd()))


def step() -> Context:
    """The form of one step, sent back with three things missing."""
    errors = [
        {"name": "outcome", "label": "是否属实", "sentence": "请选择核查结论", "missing": True},
        {
            "name": "record",
            "label": "现场核查笔录",
            "sentence": "请上传笔录的扫描件或照片",
            "missing": True,
        },
        {"name": "visited_on", "label": "到矿日期", "sentence": "到矿日期不能晚于今天"},
    ]
    page = {
        "title": "填写核查情况",
        "lead": "线索〔2026〕37号　反映兴旺煤矿夜班超定员组织生产",
        "crumbs": [{"label": "举报线索", "url": "matter.html"}, {"label": "填写核查情况"}],
        "errors": errors,
        "fields": specimen_step.fields(),
    }
    return shell("matter", **page)


def months() -> charts.Chart:
    """Publications of twelve months, the running month set off."""
    figures = (9, 14, 6, 11, 17, 13, 15, 21, 18, 24, 29, 16)
    names = (12, *range(1, 12))
    points = [(str(name), figure) for name, figure in zip(names, figures, strict=True)]
    return charts.bars(points, title="近 12 个月公开件数", unit="件", mark_last=True)


def _notices() -> list[Context]:
    return [
        {"tone": "warn", "strong": "今日“四个清单”日报",
         "words": "须于 16:00 前报送。已自动汇总 11 项，", "url": "#check", "link": "3 项待核对",
         "left": "还剩 1 小时 28 分"},
        {"tone": "info", "words": "交办书已生成，请核对文号后用印。"},
        {"tone": "good", "words": "反馈已记入留痕，等待主要负责人签字。"},
        {"tone": "bad", "words": "数据连接中断 12 分钟，期间读数待补传。"},
    ]  # fmt: skip


def _kpis() -> list[Context]:
    return [
        {"label": "未销号隐患", "value": "214", "unit": "条", "note": "较上周 −26",
         "note_tone": "good", "url": "#1"},
        {"label": "已逾期", "value": "8", "unit": "条", "note": "较上周 +3", "note_tone": "bad",
         "tone": "bad", "url": "#2"},
        {"label": "今日到期", "value": "5", "unit": "条", "note": "其中重大 1 条", "tone": "warn",
         "url": "#3"},
        {"label": "重大隐患挂牌", "value": "6", "unit": "项", "note": "已销号 11 项", "url": "#4"},
        {"label": "按期整改率", "value": "93.4", "unit": "%", "note": "县均值 95.0%",
         "note_tone": "bad", "url": "#5"},
        {"label": "交办待反馈", "value": "9", "unit": "件", "note": "2 件不足 24 小时",
         "tone": "warn"},
    ]  # fmt: skip


def _todo() -> list[Context]:
    entries = (
        ("催办", "青石岭煤矿 3103 综采面回风隅角甲烷传感器悬挂位置不符",
         "重大隐患 · 已逾期，建议提级核查", dashes(3, look="late"), "逾期 3 天", "11-18", "late"),
        ("异议", "（煤）移〔2026〕19 号：南坪煤矿", "2 日异议期内，责任股室提出归属异议",
         dashes(2), "剩 9 小时", "11-21", "soon"),
        ("反馈", "（煤）移〔2026〕17 号：群众反映兴旺煤矿夜间超员",
         "举报转办 · 7 日内反馈办理结果", dashes(3), "剩 33 小时", "11-22", "soon"),
        ("复查", "青石岭煤矿副井提升机过卷保护装置动作不可靠",
         "企业 11-20 报送整改完成，附照片 4 张", dashes(4), "剩 1 天", "11-22", "soon"),
        ("审核", "红旗沟煤矿重大隐患治理方案", "五落实材料已齐，待股长审核", dashes(2),
         "剩 3 天", "11-24", "ok"),
        ("检查", "11 月第 4 周检查计划：4 矿次，已完成 2 矿次", "随机抽查 · 四不两直", dashes(1),
         "剩 5 天", "11-26", "ok"),
    )  # fmt: skip
    return [
        {"kind": kind, "title": title, "sub": sub, "url": "matter.html", "steps": steps,
         "steps_words": "共 5 步", "deadline": {"words": words, "date": date, "tone": tone}}
        for kind, title, sub, steps, words, date, tone in entries
    ]  # fmt: skip


def _ranks() -> list[Context]:
    towns = (
        ("平湖镇", 99.1, "112/113"), ("柏树乡", 97.6, "81/83"), ("南山镇", 96.0, "96/100"),
        ("西河镇", 94.2, "65/69"), ("北川镇", 91.7, "88/96"), ("东岭镇", 84.9, "62/73"),
    )  # fmt: skip
    return [
        {"label": town, "fraction": rate / 100, "words": f"{rate}%", "sub": sub,
         "tone": "bad" if rate < 90 else ""}
        for town, rate, sub in towns
    ]  # fmt: skip


def _trend() -> charts.Chart:
    weeks = ("9-1周", "9-2周", "9-3周", "9-4周", "10-1周", "10-2周", "10-3周", "10-4周",
             "11-1周", "11-2周", "11-3周", "本周")  # fmt: skip
    found = (31, 28, 36, 42, 18, 39, 47, 44, 52, 49, 41, 33)
    struck_off = (24, 29, 27, 35, 22, 31, 40, 46, 41, 47, 55, 59)
    series = (("发现", found), ("销号", struck_off))
    return charts.grouped_bars(weeks, series, title="近 12 周发现与销号", unit="条")


def _crowd() -> charts.Chart:
    heads = (0, 4, 9, 15, 21, 24, 26, 26, 25, 26, 24, 25, 23, 21, 18, 12, 5, 1)
    points = [
        (f"{(22 + index // 2) % 24:02}:{index % 2 * 30:02}", head)
        for index, head in enumerate(heads)
    ]
    title = "302 掘进工作面 11-13 夜班人数"
    return charts.steps(points, title=title, unit="人", limit=18, limit_label="限员 18 人")


def _coverage() -> charts.Chart:
    weeks = tuple(str(week) for week in range(36, 48))
    rows = (
        ("青石岭煤矿", (0, 1, 0, 3, 1, 1, 0, 0, 0, 0, 1, 2)),
        ("白云山煤矿", (1, 4, 4, 0, 0, 2, 2, 1, 1, 4, 0, 4)),
        ("红旗沟煤矿", (0, 1, 0, 0, 4, 3, 4, 0, 4, 1, 0, 0)),
        ("兴旺煤矿", (1, 1, 3, 4, 3, 4, 4, 1, 0, 4, 2, 1)),
        ("南坪煤矿", (4, 1, 0, 1, None, None, None, None, None, 2, 0, 1)),
    )
    return charts.heat_strip(weeks, rows, title="检查覆盖，第 36–47 周", unit="矿次")


def _funnel() -> charts.Chart:
    stages = (("受理", 37), ("交办", 34), ("核查", 29), ("反馈", 25), ("公开", 22))
    return charts.funnel(stages, title="举报线索流转，本月", unit="件", weak="反馈")


def _filters() -> list[Context]:
    def choice(name: str, label: str, every: str, *options: str) -> Context:
        listed = [{"value": option, "label": option} for option in options]
        return {"name": name, "label": label, "kind": "choice", "blank": every, "options": listed}

    return [
        {"name": "q", "label": "关键词", "kind": "search", "placeholder": "隐患内容、编号、责任人"},
        {"name": "site", "label": "煤矿", "kind": "site", "placeholder": "全部煤矿",
         "suggestions": ["青石岭煤矿", "兴旺煤矿"]},
        choice("level", "隐患等级", "全部等级", "重大", "较大", "一般"),
        choice("trade", "专业类别", "全部类别", "瓦斯防治", "水害防治"),
        {**choice("source", "来源", "全部来源", "执法检查", "群众举报"), "value": "执法检查"},
        {"label": "整改期限", "kind": "range", "names": ["from", "to"],
         "values": ["2026-11-01", "2026-12-31"]},
    ]  # fmt: skip


def _hazard_columns() -> list[Context]:
    return [
        {"key": "title", "label": "隐患内容", "kind": "title"},
        {"key": "site", "label": "煤矿", "kind": "two"},
        {"key": "level", "label": "等级", "kind": "severity"},
        {"key": "state", "label": "状态", "kind": "chip"},
        {"key": "progress", "label": "闭环进度", "kind": "progress", "phone": "hide"},
        {"key": "due", "label": "整改期限", "kind": "deadline",
         "sort": {"url": "#sort", "direction": "ascending"}},
        {"key": "person", "label": "整改责任人", "kind": "link", "phone": "hide"},
    ]  # fmt: skip


def _hazard_rows() -> list[Context]:
    return [_hazard_row(*hazard) for hazard in _HAZARDS]


def _hazard_row(*told: Any) -> Context:
    (number, title, trade, mine, town, level, tone, state, at, words, date, due, used, person,
     action) = told  # fmt: skip
    look = "late" if due == "late" else "closed" if due == "done" else "now"
    return {
        "id": number,
        "name": f"YH-1124-{number}",
        "late": due == "late",
        "picked": number in ("0402", "0408"),
        "actions": [{"label": action, "url": "matter.html"}],
        "cells": {
            "title": {"text": title, "url": "matter.html", "sub": f"YH-1124-{number} · {trade}"},
            "site": {"text": mine, "sub": town},
            "level": {"label": level, "level": _LEVELS[level]},
            "state": {"label": state, "tone": tone},
            "progress": {"steps": dashes(at, look=look), "words": f"第 {at} 步，共 5 步"},
            "due": {"words": words, "date": date, "tone": due, "fraction": used},
            "person": {"text": person} if person else None,
        },
    }
