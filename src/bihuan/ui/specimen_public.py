"""Invented contexts of the public specimen pages."""

from typing import Any, Final

from markupsafe import Markup

from bihuan.ui import specimen_desk

type Context = dict[str, Any]

_TABS: Final = (("我要举报", "tip_off"), ("查询办理", "look_up"), ("公开结果", "published"))
_AFTER: Final = (
    ("1 日内", "登记编号，交给负责查的部门"),
    ("登记后 5 日内", "公开问题清单，写明哪个矿、什么问题，来源写“群众举报”"),
    ("2 日内", "部门签收；认为不该由它查的，在期限内提出"),
    ("7 日内", "查清情况、作出处理，单位主要负责人签字报告"),
    ("有进展后 5 日内", "公开查处进展"),
    ("办结后 5 日内", "公开办理结果"),
)


def shell(current: str, *, leaves: bool = True, **page: object) -> Context:
    """The context of the public shell."""
    portal = {
        "unit": "示例县应急管理局",
        "home_url": "published.html",
        "tabs": [
            {"label": label, "url": f"{url}.html", "current": url == current}
            for label, url in _TABS
        ],
        "hotline": "12350",
        "office": "示例县应急管理局“百日攻坚”行动办",
        "links": [{"label": "隐私说明", "url": "#p"}, {"label": "无障碍说明", "url": "#a"}],
        "note": "示例数据，非真实企业和个人",
        "leave_url": "published.html" if leaves else "",
    }
    after = [{"label": label, "words": words} for label, words in _AFTER]
    return {"portal": portal, "page": {"after": after, **page}, "csrf_input": ""}


def tip_off() -> Context:
    """The empty form."""
    return _tip_off(what="", error="")


def tip_off_again() -> Context:
    """The form that came back: one thing missing, everything typed still there."""
    return _tip_off(what="人太多", error="“发生了什么”请至少写 10 个字，例如“夜班下井人数超过规定”")


def receipt() -> Context:
    """The page that shows the receipt code once."""
    qr = Markup(
        '<svg viewBox="0 0 29 29" role="img" aria-label="查询办理的二维码">'
        '<path d="M0 0h7v7H0zM22 0h7v7h-7zM0 22h7v7H0zM10 3h3v5h4v3h-6v4h8v-6h5v9h-8v4h6v5H11z"/>'
        "</svg>"
    )
    context = shell("look_up", title="已收到您的举报", qr=qr)
    context["page"]["groups"] = ["4821", "0937", "5564", "2108"]
    context["page"]["code"] = "4821 0937 5564 2108"
    context["page"]["after"].insert(
        0, {"label": "11-14 21:47", "words": "已收到，等待登记", "reached": True}
    )
    return context


def look_up() -> Context:
    """The page where the holder of a code asks how far the matter is."""
    lead = "输入提交举报时给您的 16 位查询码，看办理进度和结果。"
    code = {"name": "code", "label": "查询码", "kind": "text", "required": True,
            "inputmode": "numeric", "maxlength": 19, "placeholder": "0000 0000 0000 0000",
            "hint": "四组数字，空格可有可无"}  # fmt: skip
    return shell("look_up", title="查询办理", lead=lead, code=code)


def published() -> Context:
    """Published results with a tombstone between them."""
    lead = (
        "举报和督查发现的问题、查处进展、办理结果，逐件公开。个人信息和可推知举报人的内容已隐去。"
    )
    tabs = (("全部", 193), ("问题清单", 22), ("查处进展", 17), ("办理结果", 151), ("已撤下", 3))
    page = {
        "title": "办理结果公开",
        "lead": lead,
        "tabs": [
            {"label": label, "count": count, "url": "#", "current": label == "全部"}
            for label, count in tabs
        ],
        "months": specimen_desk.months(),
        "entries": _publications(),
        "feeds": [
            {"title": "RSS 订阅", "sub": "每次公开即更新", "url": "#rss", "icon": "feed"},
            {"title": "CSV", "sub": "193 件，86 KB，可用表格打开", "url": "#csv", "icon": "table"},
            {"title": "JSON", "sub": "含字段说明，供程序使用", "url": "#json", "icon": "paper"},
        ],
    }
    return shell("published", **page, leaves=False)


def error() -> Context:
    """A refused page with the way on."""
    page = {"title": "没有找到这一页", "code": "404",
            "sentence": "该事项不存在，或不在您的管辖范围内。",
            "detail": "如属回避情形，请联系行动办。",
            "links": [{"label": "回到工作台", "url": "workbench.html", "tone": "primary"},
                      {"label": "查找事项", "url": "list.html"}]}  # fmt: skip
    return {"page": page}


def _tip_off(*, what: str, error: str) -> Context:
    errors = [{"name": "what", "label": "发生了什么", "sentence": error}] if error else []
    lead = Markup(
        "大约需要 3 分钟，只有前两项必填。有人被困或正在发生事故，请先拨打 "
        '<a href="tel:119">119</a>。'
    )
    context = shell("tip_off", title="举报矿山安全问题", lead=lead, errors=errors)
    context["page"]["fields"] = {entry["name"]: entry for entry in _questions(what, error)}
    return context


def _questions(what: str, error: str) -> list[Context]:
    when = [{"value": value, "label": label} for value, label in
            (("now", "正在发生"), ("today", "今天"), ("past", "以前"))]  # fmt: skip
    kinds = (("1", "重大事故隐患", "超员、瓦斯超限作业、私开工作面"),
             ("2", "非法生产经营建设", "无证、停产期间偷着干"),
             ("3", "瞒报事故", "出了事不报或少报"), ("0", "说不准", "由工作人员判断"))  # fmt: skip
    who = (
        ("a", "匿名", "我们不知道您是谁，用查询码联系"),
        ("n", "实名", "便于核实，姓名电话加密封存"),
    )
    return [
        {"name": "what", "label": "发生了什么", "kind": "long_text", "required": True,
         "hint": "谁、做了什么、有什么危险。想到什么写什么，不必讲究格式。", "value": what,
         "error": error, "maxlength": 2000},
        {"name": "mine", "label": "在哪里", "kind": "site", "required": True,
         "hint": "煤矿名称；不知道名称就写附近的村、路口", "suggestions": ["兴旺煤矿"]},
        {"name": "town", "label": "乡镇", "kind": "choice", "look": "select", "blank": "不清楚",
         "minor": True, "options": [{"value": "n", "label": "南山镇"}]},
        {"name": "spot", "label": "具体位置", "kind": "text", "minor": True},
        {"name": "when", "label": "什么时候", "kind": "choice", "look": "row", "options": when,
         "value": "past"},
        {"name": "day", "label": "日期", "kind": "day", "value": "2026-11-13", "minor": True,
         "when": "when=past"},
        {"name": "shift", "label": "班次", "kind": "choice", "look": "select", "minor": True,
         "blank": "不清楚", "options": [{"value": "night", "label": "夜班"}], "value": "night"},
        {"name": "kind", "label": "属于哪一类", "kind": "choice", "optional": True,
         "options": _options(kinds)},
        {"name": "files", "label": "照片、视频、录音", "kind": "files",
         "accept": "image/*,video/*,audio/*",
         "hint": "最多 9 个，每个不超过 50 MB。照片里的位置和手机型号会自动抹去。",
         "placeholder": "没有也可以提交"},
        {"name": "who", "label": "是否留下姓名", "kind": "choice", "value": "a",
         "options": _options(who)},
        {"name": "phrase", "label": "领奖口令（选填）", "kind": "password", "minor": True,
         "autocomplete": "new-password", "when": "who=a",
         "hint": "查证属实有奖励。匿名领奖须同时凭查询码和口令，口令忘记后无法找回。"},
        {"name": "name", "label": "姓名", "kind": "text", "minor": True, "when": "who=n"},
        {"name": "phone", "label": "手机号", "kind": "phone", "minor": True, "when": "who=n"},
    ]  # fmt: skip


def _options(told: tuple[tuple[str, str, str], ...]) -> list[Context]:
    return [{"value": value, "label": label, "hint": hint} for value, label, hint in told]


def _publications() -> list[Context]:
    hidden = Markup('<span class="redacted" role="img" aria-label="（隐去姓名）"></span>')
    first = Markup(
        "群众反映该矿 302 掘进工作面夜班人数超过规定，带班人员{}未下井。"
    ).format(hidden)  # fmt: skip
    return [
        {"title": "反映兴旺煤矿夜班超定员组织生产", "url": "#58",
         "meta": ["公开〔2026〕58号", "南山镇", "重大事故隐患", "群众举报"],
         "phases": [{"label": "问题", "words": first, "on": "11-17"},
                    {"label": "进展", "words": "11 月 19 日夜间突击检查。", "on": "11-20"},
                    {"label": "结果", "words": "尚未形成，形成后 5 日内公开", "on": ""}],
         "tags": []},
        {"title": "公开〔2026〕47号　本条已撤下", "url": "", "tombstone":
         "原公开内容含可推知举报人身份的情节，经审查撤下，更正后以公开〔2026〕51号重新公开。"
         "编号和撤下事由长期保留。", "meta": ["2026-11-02 公开", "2026-11-09 撤下"],
         "phases": [], "tags": []},
        {"title": "反映东沟煤矿停产整顿期间组织生产", "url": "#51",
         "meta": ["公开〔2026〕51号", "平湖镇", "非法生产经营建设", "群众举报"],
         "phases": [{"label": "问题", "words": "群众反映该矿停产整顿期间夜间出煤。", "on": "10-28"},
                    {"label": "进展", "words": "经用电、提升数据比对和现场核查，举报属实。",
                     "on": "11-03"},
                    {"label": "结果", "words": "责令停产整顿，罚款 120 万元。", "on": "11-12"}],
         "tags": ["属实", "停产整顿", "行政处罚"]},
    ]  # fmt: skip
