"""Invented form of one step, with a field of every kind, for the specimen."""

from typing import Any

type Entry = dict[str, Any]


def fields() -> list[Entry]:
    """One field of every kind; three of them sent back with a sentence."""
    found = [{"value": "yes", "label": "属实"}, {"value": "partly", "label": "部分属实"},
             {"value": "no", "label": "不属实"}]  # fmt: skip
    measures = [{"value": str(n), "label": word, "hint": ""} for n, word in
                enumerate(("停产整顿", "关闭取缔", "行政处罚", "吊销证照"))]  # fmt: skip
    return [
        {"name": "outcome", "label": "是否属实", "kind": "choice", "look": "row", "options": found,
         "required": True, "error": "请选择核查结论"},
        {"name": "site", "label": "涉及企业", "kind": "site", "value": "兴旺煤矿",
         "suggestions": ["兴旺煤矿", "青石岭煤矿"], "hint": "输入名称或拼音首字母"},
        {"name": "visited_on", "label": "到矿日期", "kind": "day", "value": "2026-11-29",
         "required": True, "error": "到矿日期不能晚于今天"},
        {"name": "arrived_at", "label": "到矿时刻", "kind": "moment", "value": "2026-11-19T23:10"},
        {"name": "fine", "label": "罚款金额", "kind": "amount", "value": "120", "unit": "万元"},
        {"name": "heads", "label": "当班人数", "kind": "integer", "value": "26", "unit": "人"},
        {"name": "section", "label": "承办股室", "kind": "choice", "look": "select",
         "value": "coal", "options": [{"value": "coal", "label": "煤安股"}]},
        {"name": "expert", "label": "同行人员", "kind": "person", "optional": True,
         "suggestions": [{"value": "李某某", "label": "煤安股"}]},
        {"name": "measures", "label": "处理措施", "kind": "choices", "look": "two",
         "options": measures, "value": ["2"], "hint": "可多选"},
        {"name": "public", "label": "是否可以公开", "kind": "yes_no", "value": "yes"},
        {"name": "facts", "label": "核查情况", "kind": "long_text", "maxlength": 2000,
         "value": "11 月 19 日夜间到矿，302 掘进工作面当班 26 人。",
         "hint": "时间、地点、人数、现场处置，不写举报人信息"},
        {"name": "record", "label": "现场核查笔录", "kind": "files", "required": True,
         "error": "请上传笔录的扫描件或照片", "accept": "image/*,.pdf",
         "placeholder": "图片或 PDF，每个不超过 50 MB",
         "kept": [{"name": "班前会记录.jpg", "size": "86 KB"}]},
        {"name": "number", "label": "交办文号", "kind": "text", "value": "（煤）移〔2026〕17 号",
         "readonly": True},
        {"name": "sure", "label": "以上情况由本人核实，愿意负责", "kind": "agree", "whole": True},
        {"name": "token", "label": "", "kind": "hidden", "value": "x"},
    ]  # fmt: skip
