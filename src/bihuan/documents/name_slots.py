"""Weighs the places of a text where a person is likely to be named, by what stands around them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bihuan.documents.name_context import LONG_TITLES, STRONG_CUE, WEAK_CUE

LABEL_GAIN = 36
LISTED_GAIN = 26
NOUN_GAIN = 24
ROLE_GAIN = 20
MEMBER_GAIN = 12
FIRM_GAIN = 8
WEAK_GAIN = 4
OPENING_GAIN = 3
COUNTED_AFTER_GAIN = 18
SPEECH_AFTER_GAIN = 16
SURE_AFTER_GAIN = 10
AFTER_GAIN = 4
BOTH_SIDES_GAIN = 8

NAMED = (
    r"(?:姓名栏?|名字|真名|本名|原名|大名|全名|曾用名|户名|户主|收款人|收件人|联系人|责任人|嫌疑人"
    r"|当事人|举报人|反映人|投诉人|来电人|来信人|被[\u4e00-\u9fff]{2}人|监护人|联络[人员]|代理人"
    r"|供货人|承办人|经办人|签收人|签发人|记录人|核查人|署名|落款)"
)
LABELLED_NOUN = re.compile(NAMED)
CHANGED = re.compile(r"(?:变更|更换|改|换)[为成]由?|接[任替]者?")
LABEL = re.compile(
    rf"{NAMED}[是为叫:(\s“\"「]{{1,3}}|姓名[栏时]?|(?:我|[他她]|本人|名字|真名|个|名|的|人|就|长|工)叫(?:做|作)?[“\"「]?|名叫|叫做"
    rf"|我是(?=[\u4e00-\u9fff]{{2,4}}[,，。])"
)
MEMBER = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:人员|学生|战士|[工手])(?![资作程地会伤业])[:(“\"\s]?"
    r"|(?:伤者|死者|逝者|患者|网民|网友|青年|同乡|老乡|同学|战友|临时工|大学生|群众|家属|乡亲)"
    r"[:(“\"\s]?|(?:矿办|调度|安检|监控|联系|回访|询问|约谈|走访|同案|本案|经|据|以及|还有)(?:是|的)?"
)
PERSON_IS = re.compile(r"(?<=[\u4e00-\u9fff]{2})人[:为是]\s?")
OFFICER = re.compile(r"员[:(“\"\s]?(?!工)")
FIRM = re.compile(r"(?:煤矿|矿上|矿里|公司|煤业|[科队组班])的?")
WRITTEN = re.compile(
    r"(?:[表单册簿证]上?的|[开管看修干跑打守放][\u4e00-\u9fff]{1,3}的|新来的|领头的|带头的|同[班去来]的)"
)
CONTACTED = re.compile(
    r"(?:联系|回访|询问|约谈|走访|传唤|讯问|指使|授意|拨打|打电话给|电话联系|致电|转告|委托|雇佣?|聘用|任命|开除|辞退|打伤|砸[伤死住]"
    r"|压[伤死住]|救出|控告|状告|冒充|顶替)[了过到由]{0,2}"
)
PAIR = re.compile(
    r"由(?=[\u4e00-\u9fff]{2,3}(?:代[缴签领办填]|签字|签收|顶替|担任))|[、和跟与及](?=[\u4e00-\u9fff]{2,3}(?:兄弟|弟兄|姐妹|父子|夫[妻妇]|两人|二人|俩|三人|仨|两名))"
)
KIN = re.compile(
    r"(?:爱人|老伴|媳妇|婆姨|男人|对象|闺女|丫头|娃娃?|孩子|孙子|孙女|[我俺他她咱其](?:[儿妻夫爸爹娘妈父"
    r"哥弟姐妹叔舅姨姑婶嫂侄]|家))[子儿夫父]?"
    r"|[大二三四五六小老堂表][爸爹娘哥弟姐妹叔舅姨姑婶嫂侄伯爷][子父母夫妈]?|[姑姨舅叔伯]{1,2}[父母夫爹妈]"
)
COUNT = r"[\d一二两三四五六七八九十几]"
COUNTED_AFTER = re.compile(rf"(?=等{COUNT}{{1,3}}[人名个位]|等人)")
SPEECH_AFTER = re.compile(
    r"(?=反映|举报|投诉|所[述说称]|述称|自[称述]|声称|证言|证实|证词|笔录|陈述|供述|供认)"
)
AFTER_SURE = re.compile(
    rf"(?=(?:(?:等{COUNT}{{0,3}}[人名个位]|{COUNT}{{1,3}}(?:人|名|兄弟|姐妹|个人)|[俩仨]|们|兄弟|父子"
    r"|夫[妻妇]|弟兄|姐妹|母子|他们|一[帮伙行]人?|[和跟与][老小大\u4e00-\u9fff]{1,4}(?:两|二|俩))"
    r"|反映|举报|投诉|所[述说称]|述称|自[称述己]|声称|称|说|证言|证实|证词|笔录|陈述|供述|供认|承认"
    r"|交[代待]|答复|回复|表示|解释|讲|代签|签了|同志|涉嫌|无证|违章|违规|擅自|私自|受伤|遇难|死亡|身亡"
    r"|遇险|被困|当场|指使|指挥|授意|强令|安排|组织|带[队班领头]|负责|担任|主持|参与|联名|家属"
    r"|的(?:老伴|爱人|妻子|丈夫|儿子|弟弟|哥哥|父亲|母亲|家|侄|手机|电话|考勤|身份证|工资)"
    r"|[他她](?:舅|爸|哥|弟|姐|叔|爹|妈|娘|媳|老婆)"
    rf"|\((?:[^()]{{0,10}}(?:{LONG_TITLES}|[员工])\)|男|女|\d)|[,，、]?(?:男|女)(?:[,，、]|$)"
    r"|现[住年]|今年|已|拒不|主动|首先|亲口|亲自|接到|所在|补[记填签]|代[缴签领办]|编造|伪造"
    r"|履职|牵头|解除|移交|提出|核实|确认|起诉|作证|更改|篡改|修改|清空|删除|冒充|顶替|顶罪|逃|失踪|失联|昏迷|中毒|重伤|轻伤|骨折|提交|来电|来信|来访|递交|申请|要求|领取|报警|拨打|看见|看到|亲眼|发现|上报|汇报|瞒报|漏检|漏报|空班|隐瞒|挪|剪|遮挡|藏|签[字名的]|介绍|电话|手机|身份证|明知|在|让|叫|把|被|给|拿|管|骂|打|找))"
)
AFTER = re.compile(
    r"(?=(?:本人|要求|没|不|曾|[、,，。;:()（）“”\"\s]|和|与|及|的|是|为|于"
    r"|记录|批准|处以|脱岗|睡觉|喝酒|值班|跟|偷|开|拆|放|向|对|从|到|去|收|承包|隐瞒|伪"
    rf"|代|也|早|领|才(?!来)|出具|就|都|还|又|下井|入井|签|各|先|这|那|{LONG_TITLES}|[哥姐叔总工队])|$)"
)
AFTER_WORDS = (
    (COUNTED_AFTER, COUNTED_AFTER_GAIN),
    (SPEECH_AFTER, SPEECH_AFTER_GAIN),
    (AFTER_SURE, SURE_AFTER_GAIN),
    (AFTER, AFTER_GAIN),
)
JOINING = re.compile(r"、|和|跟|与|及|同|以及|[；;]")


class Slots(NamedTuple):
    """What is gained by a name that starts, or that ends, at a place."""

    text: str
    before: dict[int, int]
    after: dict[int, int]

    def gain(self, start: int, *, end: int) -> int:
        """Return what a name from `start` to `end` gains; both sides together tell more."""
        before, after = self.before.get(start, 0), self.gain_after(end)
        both = before >= MEMBER_GAIN and after >= SURE_AFTER_GAIN
        return before + after + (BOTH_SIDES_GAIN if both else 0)

    def gain_after(self, end: int) -> int:
        """Return what a name gains by the words after it, which are looked at when asked for."""
        gain = self.after.get(end)
        if gain is None and self.text[end : end + 1] in "。、;：\n":
            return AFTER_GAIN
        if gain is None:
            gain = 0
            for words, gain_of_words in AFTER_WORDS:
                if words.match(self.text, end):
                    gain = gain_of_words
                    break
            self.after[end] = gain
        return gain


def find_slots(text: str) -> Slots:
    """Return the slots of a text, linear in its length; the surest word before a place counts."""
    slots = Slots(text, {}, {})
    for pattern, gain in (
        (WEAK_CUE, WEAK_GAIN),
        (FIRM, FIRM_GAIN),
        (MEMBER, MEMBER_GAIN),
        (WRITTEN, MEMBER_GAIN),
        (KIN, ROLE_GAIN),
        (CONTACTED, ROLE_GAIN),
        (OFFICER, ROLE_GAIN),
        (STRONG_CUE, ROLE_GAIN),
        (LABELLED_NOUN, NOUN_GAIN),
        (PERSON_IS, NOUN_GAIN),
        (PAIR, LISTED_GAIN),
        (CHANGED, NOUN_GAIN),
        (LABEL, LABEL_GAIN),
    ):
        slots.before.update((match.end(), gain) for match in pattern.finditer(text))
    return slots


def with_neighbours(text: str, *, slots: Slots, people: Iterable[tuple[int, int]]) -> set[int]:
    """Let those who are joined to a person be persons; return the places that are new."""
    changed: set[int] = set()
    for start, end in people:
        joint = JOINING.match(text, end)
        if joint and slots.before.get(joint.end(), 0) < LISTED_GAIN:
            slots.before[joint.end()] = LISTED_GAIN
            changed.add(joint.end())
        joined = start > 0 and JOINING.fullmatch(text, start - 1, start) is not None
        if joined and slots.gain_after(start - 1) < COUNTED_AFTER_GAIN:
            slots.after[start - 1] = COUNTED_AFTER_GAIN
            changed.add(start - 2)
    return changed
