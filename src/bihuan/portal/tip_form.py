"""The tip-off form: its questions, what was typed, and the tip-off that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bihuan.exchange.place import PortalPlace
from bihuan.language.clock import SHANGHAI
from bihuan.leads import telephones
from bihuan.leads.evidence import (
    FILE_BYTES_MAX,
    FILES_MAX,
    MB,
    PHOTO_BYTES_MAX,
    TOTAL_BYTES_MAX,
    IncomingFile,
)
from bihuan.leads.receipts import claim_password_length
from bihuan.leads.tips import (
    PASSWORD_MIN,
    PASSWORD_SHORT,
    WORDS_MAX,
    WORDS_MIN,
    WORDS_SHORT,
    TipOff,
)
from bihuan.ui.faults import summary

UNSURE = "unsure"
# The label of the form that the county fills in says it another way.
KIND_LABELS = {"illegal": "非法生产经营"}
KIND_HINTS = {
    "major_hazard": "超员、瓦斯超限作业、私开工作面",
    "illegal": "无证、停产期间偷着干",
    "concealed": "出了事不报或少报",
}
WHEN = {"now": "正在发生", "today": "今天", "past": "以前"}
SHIFTS = {"night": "夜班", "morning": "早班", "noon": "中班"}
WORKER = {"public": "群众", "worker": "矿上职工", "": "不说"}
ORDER = ("what", "mine", "day", "kind", "files", "worker", "name", "phone", "phrase", "ticket")
LABELS = {
    "what": "发生了什么",
    "mine": "在哪里",
    "day": "日期",
    "kind": "属于哪一类",
    "files": "照片、视频、录音",
    "worker": "您是",
    "name": "姓名",
    "phone": "电话",
    "phrase": "领奖口令",
    "ticket": "提交",
}
UNTOLD = "没有说明"
FILES_HINT = (
    f"最多 {FILES_MAX} 个，照片每张不超过 {PHOTO_BYTES_MAX // MB} MB，"
    f"视频、录音每个不超过 {FILE_BYTES_MAX // MB} MB，合计不超过 {TOTAL_BYTES_MAX // MB} MB。"
)
FEW_KNOW = "知道这件事的人很少，请公开前先考虑会不会暴露我"
ALIASES = {"type": "kind", "site": "mine"}
TEXT_MAX = 120
NOT_SAVED = "one-time-code"  # "off" doesn't keep a browser from saving a password


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed, question by question; nothing of it is kept on the server."""

    values: Mapping[str, str] = field(repr=False)

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "").strip()

    @property
    def is_named(self) -> bool:
        """Whether the reporter chose to leave his name."""
        return self["who"] == "named"


def faults_of(typed: Typed, *, today: date) -> dict[str, str]:
    """What is missing or wrong, a sentence per question."""
    faults: dict[str, str] = {}
    if len(typed["what"]) < WORDS_MIN:
        faults["what"] = WORDS_SHORT
    if not (typed["mine"] or typed["spot"] or typed["town"]):
        faults["mine"] = "“在哪里”请写煤矿名称；不知道名称就写附近的村、路口"
    if typed["when"] == "past" and _is_ahead(typed["day"], today=today):
        faults["day"] = "“日期”不能晚于今天，记不清可以不填"
    return faults | _who_faults(typed)


def tip_of(
    typed: Typed, *, place: PortalPlace, now: datetime, files: tuple[IncomingFile, ...]
) -> TipOff:
    """The tip-off in one's own words; the site is told apart only when its name is known."""
    named = typed.is_named
    return TipOff(
        words=typed["what"].replace("\r\n", "\n"),
        place=_place_words(typed, place),
        happened=_happened_words(typed, now),
        kind="" if typed["kind"] == UNSURE else typed["kind"],
        site_id=place.sites.get(typed["mine"]),
        reporter_kind=typed["worker"],
        name=typed["name"] if named else "",
        phone=telephones.plain_number(typed["phone"]) if named else "",
        few_know=typed["few_know"] == "yes",
        wants_reply=named and typed["reply"] == "yes",
        claim_password="" if named else typed.values.get("phrase", ""),
        files=files,
    )


def ways_of(tip: TipOff) -> frozenset[str]:
    """How the reporter can be reached, as the receipt tells him (`sent_forms.WAYS`)."""
    chosen = {
        "named": tip.is_named,
        "reply": tip.wants_reply,
        "phrase": bool(tip.claim_password),
    }
    return frozenset(way for way, is_chosen in chosen.items() if is_chosen)


def questions(
    typed: Typed, *, place: PortalPlace, faults: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """The fields of the page by name, with what was typed and what is wrong."""
    asked = [*_event(place), *_reporter()]
    for question in asked:
        name = question["name"]
        if question["kind"] not in ("files", "password"):
            question["value"] = typed[name] or question.get("value", "")
        question["error"] = faults.get(name, "")
    return {question["name"]: question for question in asked}


def errors_of(faults: Mapping[str, str], *, typed: Typed) -> list[dict[str, Any]]:
    """The summary above the form, in the order of the questions."""
    named = {ALIASES.get(key, key): sentence for key, sentence in faults.items()}
    ordered = {key: named[key] for key in ORDER if key in named}
    answered = {**typed.values, "files": True}  # which nobody has to send
    told = summary(ordered, labels=LABELS, typed=answered)
    return [one | {"whole": one["name"] == "ticket"} for one in told]


def _who_faults(typed: Typed) -> dict[str, str]:
    if not typed.is_named:
        phrase = typed.values.get("phrase", "")
        is_short = claim_password_length(phrase) < PASSWORD_MIN
        return {"phrase": PASSWORD_SHORT} if phrase and is_short else {}
    faults = {}
    if not typed["name"]:
        faults["name"] = "请写“姓名”；不想留姓名请改选“匿名”"
    if phone_fault := telephones.fault_of(typed["phone"]):
        faults["phone"] = phone_fault
    return faults


def _is_ahead(day: str, *, today: date) -> bool:
    try:
        return bool(day) and date.fromisoformat(day) > today
    except ValueError:
        return True


def _place_words(typed: Typed, place: PortalPlace) -> str:
    town = place.townships.get(typed["town"], "")
    return "，".join(part for part in (typed["mine"], town, typed["spot"]) if part)


def _happened_words(typed: Typed, now: datetime) -> str:
    label = WHEN.get(typed["when"], "")
    if typed["when"] == "now":
        label = f"{label}（提交时 {now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}）"
    day = typed["day"] if typed["when"] == "past" else ""
    told = (label, day, SHIFTS.get(typed["shift"], ""))
    return " ".join(part for part in told if part) or UNTOLD


def _event(place: PortalPlace) -> list[dict[str, Any]]:
    kinds = [
        {
            "value": kind.key,
            "label": KIND_LABELS.get(kind.key, kind.label),
            "hint": KIND_HINTS.get(kind.key, ""),
        }
        for kind in place.kinds
    ]
    kinds.append({"value": UNSURE, "label": "说不准", "hint": "由工作人员判断"})
    return [
        {"name": "what", "label": LABELS["what"], "kind": "long_text", "required": True,
         "most": WORDS_MAX,
         "hint": "谁、做了什么、有什么危险。想到什么写什么，不必讲究格式。"},
        {"name": "mine", "label": LABELS["mine"], "kind": "site", "required": True,
         "hint": "煤矿名称；不知道名称就写附近的村、路口", "suggestions": list(place.sites),
         "maxlength": TEXT_MAX},
        {"name": "town", "label": "乡镇", "kind": "choice", "look": "select", "blank": "不清楚",
         "minor": True, "options": _options(place.townships)},
        {"name": "spot", "label": "具体位置", "kind": "text", "minor": True, "maxlength": TEXT_MAX},
        {"name": "when", "label": "什么时候", "kind": "choice", "look": "row",
         "optional": True, "options": _options(WHEN)},
        {"name": "day", "label": LABELS["day"], "kind": "day", "minor": True, "when": "when=past"},
        {"name": "shift", "label": "班次", "kind": "choice", "look": "select", "minor": True,
         "blank": "不清楚", "options": _options(SHIFTS)},
        {"name": "kind", "label": LABELS["kind"], "kind": "choice", "optional": True,
         "options": kinds},
        {"name": "files", "label": LABELS["files"], "kind": "files",
         "accept": "image/*,video/*,audio/*", "placeholder": "没有也可以提交",
         "hint": f"{FILES_HINT}"
                 "照片里的位置和手机型号会自动抹去，视频、录音只有保管人能打开。"},
    ]  # fmt: skip


def _reporter() -> list[dict[str, Any]]:
    who = [
        {
            "value": "anonymous",
            "label": "匿名",
            "hint": "我们不知道您是谁，办结后凭查询码在这里看答复",
        },
        {"value": "named", "label": "实名", "hint": "便于核实，姓名电话加密封存"},
    ]
    return [
        {"name": "worker", "label": LABELS["worker"], "kind": "choice", "look": "row",
         "optional": True, "options": _options(WORKER),
         "hint": "办理人员看得到这一项，不愿透露请选“不说”"},
        {"name": "who", "label": "是否留下姓名", "kind": "choice", "options": who,
         "value": "anonymous"},
        {"name": "phrase", "label": "领奖口令（选填）", "kind": "password", "minor": True,
         "autocomplete": NOT_SAVED, "when": "who=anonymous", "whole": True,
         "hint": f"以后匿名领奖用：查证属实有奖励，凭查询码和这个口令领取。至少 {PASSWORD_MIN} 个"
                 "字符，自己记住，忘记后无法找回；不想领奖可以不填。"},
        {"name": "name", "label": LABELS["name"], "kind": "text", "minor": True,
         "when": "who=named", "maxlength": 40, "hint": "选“实名”的请填写"},
        {"name": "phone", "label": LABELS["phone"], "kind": "phone", "minor": True,
         "when": "who=named", "maxlength": telephones.TYPED_MAX,
         "hint": "手机或固定电话；选“实名”的请填写"},
        {"name": "reply", "label": "办结后请打电话答复我（留了电话的可以勾选）", "kind": "agree",
         "minor": True, "when": "who=named", "whole": True},
        {"name": "few_know", "label": FEW_KNOW, "kind": "agree"},
    ]  # fmt: skip


def _options(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in labels.items()]
