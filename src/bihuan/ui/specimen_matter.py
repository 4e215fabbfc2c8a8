"""Invented page of one matter for the specimen."""

from typing import Any

from bihuan.ui.charts import Chart

type Page = dict[str, Any]


def page(*, crowd: Chart) -> Page:
    """A lead in the middle of its check."""
    return {
        "title": "群众反映兴旺煤矿夜班超定员组织生产",
        "state": {"label": "核查办理中", "tone": "doing"},
        "lead": "线索〔2026〕37号 · 举报线索 · 重大事故隐患 · 南山镇",
        "kicker": "线索办理单",
        "crumbs": [{"label": "闭环业务", "url": "#"}, {"label": "举报线索", "url": "#leads"},
                   {"label": "线索〔2026〕37号"}],
        "flow": _flow(),
        "clocks": _clocks(),
        "summary": "兴旺煤矿 11 月 12 日、13 日夜班，302 掘进工作面一个班下去二十多个人，"
                   "带班领导没有下井，人员卡由班长统一保管。",
        "facts": _facts(),
        "allowed": [
            {"label": "填写核查情况", "url": "step.html", "icon": "paper", "primary": True,
             "note": "还差 2 项：是否属实、现场核查笔录"},
            {"label": "上传材料", "url": "step.html", "icon": "clip"},
            {"label": "申请延期", "url": "step.html", "icon": "clock",
             "note": "延期由行动办批准，未批准前仍按原期限办理"},
        ],
        "refused": [
            {"label": "提请审核签字", "reason": "核查情况还差 2 项，补齐后可提请"},
            {"label": "审核签字", "reason": "须由股室主要负责人办理；承办人不审核本人办理的事项"},
            {"label": "提出归属异议", "reason": "2 日异议期已于 11-17 24:00 届满"},
            {"label": "移送公安机关、纪检监察机关", "reason": "尚未记载涉嫌犯罪或失职渎职的情形"},
        ],
        "papers": _papers(),
        "files": [
            {"name": "举报照片 1.jpg", "size": "1.4 MB", "url": "#f1", "kind": "image",
             "sub": "已去除位置信息"},
            {"name": "班前会记录.pdf", "size": "86 KB", "url": "#f2"},
        ],
        "related": _related(),
        "brief": "11 月 14 日，群众举报兴旺煤矿夜班超定员组织生产。15 日登记为线索〔2026〕37号，"
                 "以（煤）移〔2026〕17 号交煤安股办理，限 22 日前反馈。煤安股 16 日提出异议，"
                 "经研究维持原承办。19 日夜间已到矿突击检查，现正核对人员位置记录。",
        "days": _days(),
        "crowd": crowd,
        "jumps": [{"label": label, "url": f"#{place}"} for label, place in (
            ("进度", "flow"), ("期限", "clocks"), ("可办理", "steps"), ("内容", "facts"),
            ("文书", "papers"), ("经过", "story"))],
    }  # fmt: skip


def _flow() -> list[Page]:
    stages = (
        ("受理登记", "行动办 陈某某", "11-15 08:20", "done", ""),
        ("交办", "行动办 陈某某", "11-15 10:05", "done", ""),
        ("签收", "煤安股 王某某", "11-15 14:12", "done", "异议 1 次 · 维持"),
        ("核查办理", "煤安股 王某某", "在办 6 天", "now", ""),
        ("审核签字", "煤安股 郑某某", "待办", "next", ""),
        ("反馈", "煤安股 → 行动办", "11-22 前", "next", ""),
        ("公开", "信息公开岗", "办结后 5 日内", "next", ""),
        ("办结", "行动办", "待办", "next", ""),
    )
    return [
        {"label": label, "who": who, "when": when, "state": state, "note": note}
        for label, who, when, state, note in stages
    ]


def _clocks() -> list[Page]:
    def days(*told: tuple[str, str]) -> list[Page]:
        return [{"label": label, "look": look} for label, look in told]

    return [
        {"label": "反馈期限 7 日", "tone": "soon", "words": "剩 1 天 9 小时",
         "date": "11-22（星期日）24:00 前", "chip": {"label": "明日到期", "tone": "todo"},
         "days": days(("15", "free"), ("16", "past"), ("17", "past"), ("18", "past"),
                      ("19", "past"), ("20", "past"), ("今日", "today"), ("22 止", "left")),
         "how": {"open": True, "lines": [
             "11-15 交办，当日不计；自 11-16 起计 7 个自然日，11-22 24:00 届满。",
             "休息日不顺延，未暂停，未延期。到期未反馈的，11-23 列入提级核查建议。"]}},
        {"label": "异议期 2 日", "tone": "done", "words": "已处理",
         "date": "提出 1 次，11-16 维持原承办", "chip": {"label": "已届满", "tone": "plain"},
         "days": days(("15", "free"), ("16", "spent"), ("17 止", "spent")),
         "how": {"lines": ["11-15 14:12 签收，当日不计；自 11-16 起计 2 个自然日。"]}},
    ]  # fmt: skip


def _facts() -> list[Page]:
    told = (
        ("举报来源", "网上举报（手机）"), ("举报类型", "重大事故隐患"), ("涉及企业", "兴旺煤矿"),
        ("属地政府", "南山镇人民政府"), ("发生地点", "井下 302 掘进工作面"),
        ("发生时间", "11-12、11-13 夜班"), ("承办股室", "煤安股　王某某"),
        ("督办人", "行动办　陈某某"), ("交办文号", "（煤）移〔2026〕17 号"), ("是否属实", "待核查"),
    )  # fmt: skip
    return [
        {"label": label, "value": value, "url": "#mine" if value == "兴旺煤矿" else ""}
        for label, value in told
    ]


def _papers() -> list[Page]:
    told = (
        (
            "交办（移送）书　（煤）移〔2026〕17 号",
            "11-15 制发，一式两份：备案、送达",
            ("Word", "PDF"),
        ),
        ("签收回执", "11-15 14:12　王某某签收", ("PDF",)),
        ("归属异议处理意见", "11-16 16:30　维持原承办", ("Word", "PDF")),
        ("办理情况反馈报告", "草稿，待审核签字", ("Word",)),
    )
    return [
        {"title": title, "sub": sub, "url": "#paper", "icon": "paper",
         "links": [{"label": form, "url": "#paper", "full": f"{title} {form}"} for form in forms]}
        for title, sub, forms in told
    ]  # fmt: skip


def _related() -> list[Page]:
    return [
        {"heading": "可能重复"},
        {"title": "线索〔2026〕31号　反映兴旺煤矿夜班人多", "url": "#31",
         "sub": "相似 82%：同一企业、同一班次，相隔 3 天",
         "links": [{"label": "并案", "url": "#merge"}, {"label": "非同一件", "url": "#no"}]},
        {"heading": "同一煤矿"},
        {"title": "2 名瓦斯检查工未持有效证件上岗", "url": "#408",
         "sub": "YH-1124-0408　整改中，剩 2 天", "severity": {"label": "较大", "level": "serious"}},
        {"title": "人员位置监测系统 3 处读卡分站离线", "url": "#420",
         "sub": "YH-1124-0398　待复查，剩 10 天", "chip": {"label": "待复查", "tone": "check"}},
    ]  # fmt: skip


def _days() -> list[Page]:
    told = (
        ("11 月 14 日　星期六", "日封 11-14，1 条，校验一致", (
            ("21:47", "", "群众通过网上举报反映兴旺煤矿夜班超定员，附照片 2 张。", "8e02"),)),
        ("11 月 15 日　星期日", "日封 11-15，3 条前后相接，校验一致", (
            ("08:20", "行动办陈某某", "受理登记，编号线索〔2026〕37号，列入当日清单。", "a41c"),
            ("10:05", "行动办陈某某", "以（煤）移〔2026〕17 号交办煤安股，限 11 月 22 日前反馈。",
             "5d77"),
            ("14:12", "煤安股王某某", "签收。", "c09b"))),
        ("11 月 16 日　星期一", "日封 11-16，2 条前后相接，校验一致", (
            ("09:40", "煤安股王某某", "提出归属异议：涉及劳动用工，建议会同人社部门办理。", "17fe"),
            ("16:30", "行动办陈某某", "研究后维持原承办，人社部门协助；反馈期限不变。", "e3a8"))),
        ("11 月 19 日　星期四", "", (
            ("23:10", "煤安股王某某、李某某", "会同南山镇到矿突击检查，调取人员位置记录。",
             "40d6"),)),
    )  # fmt: skip
    return [
        {
            "label": label,
            "seal": {"words": seal} if seal else None,
            "entries": [
                {"time": time, "at": f"2026-11-19T{time}+08:00", "who": who, "words": words,
                 "code": code}
                for time, who, words, code in entries
            ],
        }
        for label, seal, entries in told
    ]  # fmt: skip
