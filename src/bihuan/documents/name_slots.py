"""Weighs the places of a text where a person is likely to be named, by what stands around them."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from bihuan.documents.name_context import LONG_TITLES, STRONG_CUE, WEAK_CUE
from bihuan.documents.name_words import name_words

LABEL_GAIN = 36
LISTED_GAIN = 26
NOUN_GAIN = 24
ROLE_GAIN = 20
MEMBER_GAIN = 12
FIRM_GAIN = 8
WEAK_GAIN = 6
OPENING_GAIN = 3
COUNTED_AFTER_GAIN = 18
SPEECH_AFTER_GAIN = 16
SURE_AFTER_GAIN = 10
DOES_GAIN = 8
AFTER_GAIN = 4
VERB_AFTER_GAIN = 4
BOTH_SIDES_GAIN = 8

NAMED = (
    r"(?:姓名栏?|名字|真名|本名|原名|大名|全名|曾用名|户名|户主|收款人|收件人|联系人|责任人|嫌疑人"
    r"|当事人|举报人|反映人|投诉人|来电人|来信人|被[\u4e00-\u9fff]{2}人|监护人|联络[人员]|代理人"
    r"|供货人|承办人|经办人|签收人|签发人|记录人|核查人|署名|落款)"
)
LABELLED_NOUN = re.compile(NAMED)
CHANGED = re.compile(r"(?:变更|更换|改|换)[为成]了?由?|接[任替]者?")
LABEL = re.compile(
    rf"{NAMED}[是为叫:(\s“\"「]{{1,3}}|姓名[栏时]?|(?:我|[他她]|本人|名字|真名|个|名|的|人|就|长|工)叫(?:做|作)?[“\"「]?|名叫|叫做"
    rf"|我是(?=[\u4e00-\u9fff]{{2,4}}[,，。])"
)
MEMBER = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:人员|学生|战士|[工手])(?![资作程地会伤业续段机套册里指上])[:(“\"\s]?"
    r"|(?:伤者|死者|逝者|患者|网民|网友|青年|同乡|老乡|同学|战友|临时工|大学生|群众|家属|乡亲)"
    r"[:(“\"\s]?|(?:矿办|调度|安检|监控|联系|回访|询问|约谈|走访|同案|本案|经|据|以及|还有)(?:是|的)?"
)
PERSON_IS = re.compile(r"(?<=[\u4e00-\u9fff]{2})人[:为是]\s?")
# 超员、定员 and the like are no office.
OFFICER = re.compile(r"(?<![超定缺减满增动裁全])员[:(“\"\s]?(?!工)")
FIRM = re.compile(r"(?:煤矿|矿上|矿里|公司|煤业|[科队组班])的?")
WRITTEN = re.compile(
    r"(?:[表单册簿证]上?的|[开管看修干跑打守放][\u4e00-\u9fff]{1,3}的|新来的|领头的|带头的|同[班去来]的)"
)
# Somebody is told apart, asked for or made the subject.
# A pattern whose branches all begin with a plain character is sought many times faster.
SINGLED_OUT = re.compile(
    "死亡、|重伤、|轻伤、|受伤、|其中|派|老实人|领导是|被是|的是|不是|就是|其实是|还是|男子为|女子为"
    "|人员?为|领导为|分别对|分别向|分别给|除了?|问了?|找到?|今有|兹有|就剩下?|只剩|有人见|亲眼看[见到]"
    "|看见|看到|听说?|提到的|所说的|所讲的|涉案的|带班的|值班的|当班的|跟班的|举报的|反映的|出现的"
    "|送医的有|认得|认识|碰[见上到]|遇[见上到]|陪|带着|跟着|等着|指认"
)
PLACES_AND_TIMES = (
    *(f"{place}里" for place in "村镇县队局室站科乡厂家"),
    *(f"{place}上" for place in "镇村矿班队局"),
    *(f"{time}班" for time in "早中夜晚白"),
    *(f"当{time}" for time in "天晚班日夜时"),
    *(f"{time}月" for time in "上下本这"),
)
WHERE_OR_WHEN = re.compile(
    "|".join(PLACES_AND_TIMES)
    + "|井下|井口|井上|地面|路上|车上|会上|房里|[这那]个|有个|最后|原来|其实|结果"
    "|就连|只有|因为|要不是|据[说称报悉]|旁边|当时"
    "|前[两三]天|[早晚]上|夜里|半夜|凌晨|月底|月初|[去今]年|开会时|吃饭时|喝酒时"
    "|科|股|室|站|处|那[天晚]|昨[天晚夜]|今[天早晚]|上午|下午|上个月|下个月|前[天几]|上回|这回"
    "|时候|以后|之后|后来"
)
# 复核人, 持卡人: who did the one thing that a line of a form tells of.
DOER = re.compile(
    "(?:复[核查]|代[考签领办缴打]|校[对核]|验收|主持|汇报|检举|来访|带班|值班|替班|顶班|代办|委托|受托|领[款取]|交接|交班|接班|陪同"
    "|[被受]?处?罚|出租|承租|发包|转包|购买|出售|组织|策划|指挥|操作|驾驶|持[卡证有]|施工|看[管守]|发起|召集|牵头"
    r'|[主协督交承]办|受理|接[听待访]|登记|拟稿|制表|拍摄|撰写|控告|被?害|肇事|逃逸|涉[案事]|违[法纪章])人[:是为\s(“"]{0,2}'
)
# Who stands after these is punished, moved or sent.
PUNISHED = re.compile(
    "(?:给予|免去|撤销|撤换|罢免|责令|提拔|抽调|指派|选派|留用|停用|扣押|控制|拘留|抓获|逮捕|带走|押着|逼着|拦住"
    "|代替|冒用|假冒|冒名|换成|谈话|通报)了?|罚(?![款单没则金过])"
)
# 记录:温馨。 is a line that somebody signs.
SIGNED_LINE = re.compile(
    "(?:记录|整理|校对|审核|复核|核对|制表|填表|拟稿|签发|审批|批准|签字|签收|承办|经办|主办|协办|主持|参加|出席|列席"
    "|到会|参会|陪检|陪同|检查|带班|值班|跟班|成员|组长|副组长|组员|[甲乙丙丁早中晚夜白]班|当班|名单|缺席|缺勤|请假|旷工|落款|署名"
    r"|抄报|汇报|通报|答复|回复|联系)(?:人员?|同志|领导|者)?[:]\s?(?:\d{1,2}[.、)]\s?)?"
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
KINDRED = "闺女|女儿|儿子|弟|哥|姐|妹|侄|舅|外甥|对象|媳妇|老婆|姑父|表|爸|爹|妈|娘|娃"
HUMAN = re.compile(
    rf"(?=,(?:{LONG_TITLES}|[\u4e00-\u9fff]{{2}}[员工])(?:[,;。、]|$)|是[他她我俺](?:{KINDRED})|[他她](?:{KINDRED})"
    r"|这人是|(?:腿|胳膊|手|脚|腰|眼)(?:[被让叫给]|砸|断|折)|联系[,。]|[说讲][他她我俺你这那谁]|同志|一人[,。]|[发画填写测批管领卖拿签改拆装修][的了](?![是很更])|打?来电话|的(?:名字|指纹|签名|字迹|账号|工牌|外甥|徒弟|腿|胳膊|遗体|人员定位卡|定位卡|工资卡)"
    r"|(?:警告|处分|记大?过|诫勉|撤职|通报批评)|一手|误操作|[偷硬]着|哭|当过|家(?:后头|门口|院)|系(?:该|其|本|原)"
    r"|承认|供认|死亡|身亡|[重轻]伤|受伤|遇难|今年[\d一二三四五六七八九]|年满|[这那]个?人[,，你我他们]|一个人[,，。]"
    r"|拒不|代签|打瞌睡|带的班|本人|的(?:考勤|身份证|家属|手机|老婆|媳妇|儿子|弟弟)|[他她](?:爸|妈|哥|弟|姐|妹|舅|爹|娘|老婆|媳)"
    r"|和[他她]|打电话|[,，]19[4-9]\d年|[,，][男女][,，])"
)
DOES = re.compile(
    r"(?=这个?人|那个?人|一个人|他们?家|家的|家里|本人|[他她](?:弟|妹|儿|闺|丈|爱|外|小舅|父|母)|[才先又还也再](?:[\u4e00-\u9fff])"
    r"|告诉|否认|认为|觉得|知道|打电话|喝|睡|打瞌睡|抽|吸烟|写|编|骗|骂|吓|威胁|恐吓|阻|逃|躲|跑|偷|倒卖"
    r"|转移|销毁|变造|改|拆|堵|遮|包了|挂|拴|拉|拎|扛|背|抱|领|派|逼|强迫|催|送|塞|收[了钱受]|贪|克扣|扣"
    r"|欠|拖欠|转包|入股|投资|持有|控股|当[班场时天]|兼任|分管|主管|值班|跟班|离岗|到岗|上岗|下[了的]?井|入井|升井"
    r"|出井|到场|参加|出席|签到|打卡|刷卡|考|上班|下班|请假|住院|转院|送医|抢救|去世|晕|摔|掉|受|遭|挨"
    r"|处[以罚理]|予以|作[了出为笔]|进行|进一步|于\d|长期|系|年满|年龄|年纪|起草|提[供前到醒]|核对|未[按到经在取持带参能]"
    r"|没[有去来到带下]|不[在让肯敢承懂会来给是知]|打[人伤]|坐|站|蹲|躺|开[的着了会]|弄|干的|经[手办]|出[面资示头]|前来|等\d|借|买|卖"
    r"|嗓门|脾气|一直|经常|每[天月班次]|天天|常[年常]|从来|至今|目前|曾|仍|均|分别|表态|答应|保证|交了|住在|家住|跟[我他矿]"
    r"|[和与跟][\u4e00-\u9fff]{2,3}[、,，]|外[,，]|那[里儿边]|手[里上下]|名下|带[着人的了]|领[着走取]|管着|[的]?(?:证|卡|账户|车)[上里被是都])"
)
AFTER_WORDS = (
    (COUNTED_AFTER, COUNTED_AFTER_GAIN),
    (SPEECH_AFTER, SPEECH_AFTER_GAIN),
    (HUMAN, SPEECH_AFTER_GAIN),
    (AFTER_SURE, SURE_AFTER_GAIN),
    (DOES, DOES_GAIN),
    (AFTER, AFTER_GAIN),
)
# No words after a name are longer, but for those in brackets.
AHEAD = 8
BRACKETED_AHEAD = 24
# Parts of speech that tell what somebody does, or how.
DOING = frozenset({"v", "d"})
JOINING = re.compile(r"、|和|跟|与|及|同|以及|[；;]")
# Names of a list that is set apart by blanks or by numbers.
SPACED_JOINING = re.compile(
    r"[ \u3000]{1,3}(?:\d{1,2}[.、)]\s?)?(?=[\u4e00-\u9fff]{2,4}(?![\u4e00-\u9fff]))"
)
HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
CLAUSE = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{4}")


class Slots(NamedTuple):
    """What is gained by a name that starts, or that ends, at a place."""

    text: str
    before: dict[int, int]
    after: dict[int, int]

    def gain(self, start: int, *, end: int) -> int:
        """Return what a name from `start` to `end` gains; both sides together tell more."""
        before, after = self.before.get(start, 0), self.gain_after(end)
        both = before >= MEMBER_GAIN and after >= DOES_GAIN
        both = both or (before > 0 and after >= SPEECH_AFTER_GAIN)
        return before + after + (BOTH_SIDES_GAIN if both else 0)

    def gain_after(self, end: int) -> int:
        """Return what a name gains by the words after it, which are looked at when asked for."""
        gain = self.after.get(end)
        if gain is None and self.text[end : end + 1] in "。、;：\n":
            return AFTER_GAIN
        if gain is None:
            ahead = BRACKETED_AHEAD if self.text[end : end + 1] == "(" else AHEAD
            gain = self.after[end] = _gain_of_words(self.text[end : end + ahead])
        return gain


@lru_cache(maxsize=65536)
def _gain_of_words(following: str) -> int:
    for words, gain in AFTER_WORDS:
        if words.match(following):
            return gain
    classes = name_words().classes
    begins = any(classes.get(following[:size]) in DOING for size in (2, 3, 4))
    return VERB_AFTER_GAIN if begins else 0


def find_slots(text: str) -> Slots:
    """Return the slots of a text, linear in its length; the surest word before a place counts."""
    slots = Slots(text, {}, {})
    for pattern, gain in (
        (WEAK_CUE, WEAK_GAIN),
        (WHERE_OR_WHEN, FIRM_GAIN),
        (FIRM, FIRM_GAIN),
        (SINGLED_OUT, MEMBER_GAIN),
        (PUNISHED, MEMBER_GAIN),
        (MEMBER, MEMBER_GAIN),
        (WRITTEN, MEMBER_GAIN),
        (KIN, ROLE_GAIN),
        (CONTACTED, ROLE_GAIN),
        (OFFICER, ROLE_GAIN),
        (STRONG_CUE, ROLE_GAIN),
        (LABELLED_NOUN, NOUN_GAIN),
        (DOER, NOUN_GAIN),
        (SIGNED_LINE, NOUN_GAIN),
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
    told: set[str] = set()
    known: set[str] = set()
    for start, end in people:
        joint = JOINING.match(text, end) or SPACED_JOINING.match(text, end)
        if joint and slots.before.get(joint.end(), 0) < LISTED_GAIN:
            slots.before[joint.end()] = LISTED_GAIN
            changed.add(joint.end())
        joined = start > 0 and JOINING.fullmatch(text, start - 1, start) is not None
        if joined and slots.gain_after(start - 1) < COUNTED_AFTER_GAIN:
            slots.after[start - 1] = COUNTED_AFTER_GAIN
            changed.add(start - 2)
        known.add(text[start:end])
        if HAN_PAIR.match(text, end) and not HAN_PAIR.match(text, start - 1):
            told.add(text[end : end + 2])
    return changed | _alike(text, slots=slots, told=told) | _known(text, slots=slots, known=known)


def _alike(text: str, *, slots: Slots, told: set[str]) -> set[int]:
    """Let 乙 in 甲负责采掘,乙负责通风 be a person as 甲 is one."""
    changed: set[int] = set()
    for clause in CLAUSE.finditer(text) if told else ():
        place = clause.start()
        is_alike = text[place + 2 : place + 4] in told or text[place + 3 : place + 5] in told
        if is_alike and slots.before.get(place, 0) < MEMBER_GAIN:
            slots.before[place] = MEMBER_GAIN
            changed.add(place)
    return changed


def _known(text: str, *, slots: Slots, known: set[str]) -> set[int]:
    """Let 平安, who was told to be a person once, be expected wherever the word stands."""
    changed: set[int] = set()
    words = sorted(known & name_words().common.keys())
    for found in re.finditer("|".join(words), text) if words else ():
        if slots.before.get(found.start(), 0) < MEMBER_GAIN:
            slots.before[found.start()] = MEMBER_GAIN
            changed.add(found.start())
    return changed
