"""Finds chat accounts, mail addresses, number plates and exact homes."""

import re
from collections.abc import Iterator

from bihuan.documents.folded_text import Folded
from bihuan.documents.personal_marks import Found, Kind

NETWORKS = (
    r"(?:微信|薇信|威信|微x|v信|(?<![a-z])(?:wx|vx|wechat|weixin|qq|q(?=[ :号]{0,2}\d)|line(?=id"
    r"|号|:)|tg|telegram|whatsapp|skype)|扣扣|企鹅"
    r"|抖音|快手|微博|小红书|钉钉|支付宝|陌陌|今日头条|视频号|公众号|b站|贴吧|知乎|飞书)"
)
LABEL = (
    r"(?:[\s是为叫:=#＃的(]|号码?|账号|帐号|id|群|昵称|用户名?|也?同号|加我?|搜索?|联系|"
    r"也是|就是){0,6}"
)
CHAT_AFTER_LABEL = re.compile(
    rf"{NETWORKS}{LABEL}([a-z_][a-z0-9_.\-]{{3,31}}|\d(?:[ \-]?[a-z0-9_]){{4,24}})", re.IGNORECASE
)
CHAT_AFTER_INVITATION = re.compile(
    r"(?:加我|加下我|联系我|私信我?|加个?v|加好友|➕)[\s:v加号是]{0,4}(?=[a-z0-9_\-]{0,20}[a-z_])"
    r"([a-z0-9_][a-z0-9_\-]{4,31})|(?<![a-z])v[信号]?[:是\s]{1,2}([a-z0-9_\-]{5,31})",
    re.IGNORECASE,
)
CHAT_BEFORE_LABEL = re.compile(
    r"(?<![a-z0-9_.\-])([a-z0-9_\-]{5,31})[\s(,]{0,2}(?:是我的?|为|是)?(?:本人的?)?(?:微信|薇信"
    r"|wx|vx|qq|抖音|快手|扣扣)",
    re.IGNORECASE,
)
NICKNAME = re.compile(
    r"(?:(?:微信|抖音|快手|微博|qq|群)(?:昵称|名字?|账?号)|网名|昵称)[叫是为:\s]{0,3}"
    r"(?:[“\"「『《']([^”\"」』》'\n]{1,16})[”\"」』》']|([^\W\d_]{2,12})(?![^\W_]))",
    re.IGNORECASE,
)
MENTION = re.compile(r"(?<![\w.])@([A-Za-z0-9_\u4e00-\u9fff-]{2,20})(?!\.\w)")
EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}\s?(?:@|\(at\)|\[at\]|艾特"
    r"|#(?=[a-z0-9]{2,9}\.))\s?"
    r"[A-Za-z0-9-]{1,63}(?:\s?(?:\.|点|\(dot\)|\[dot\])\s?[A-Za-z0-9-]{2,63}){1,4}",
    re.IGNORECASE,
)
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_GAP = r"[\s·•.\-—_:]{0,3}"
PLATE = re.compile(
    rf"(?:[{PROVINCES}]{PLATE_GAP}[a-z]{PLATE_GAP}|wj[{PROVINCES}]?{PLATE_GAP})"
    rf"((?:[a-z0-9][\s·.\-]?){{4,5}}[a-z0-9挂学警港澳])(?![a-z0-9])",
    re.IGNORECASE,
)
LABELLED_PLATE = re.compile(
    r"(?:车牌号?码?|牌照号?|车号)(?:尾号)?[是为:\s]{0,3}([a-z0-9][a-z0-9·.\- ]{1,8}[a-z0-9])"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)
HAN = r"[\u4e00-\u9fff]"
PLACE_ENDING = (
    r"(?:自然村|村|小区|社区|家属[院区楼]|宿舍[楼区]?|公寓楼?|花园|家园|新[村城区]|嘉园|"
    r"佳苑|苑|胡同|大院|棚户区|平房|屯|[沟坪庄寨](?=\d))"
)
HOUSE = (
    r"(?:\d{1,4}|[A-Za-z东西南北前后])\s?(?:村民小组|小组|组|队|社|号楼|楼|栋|幢|座|号院|"
    r"单元|排|门牌|室|户|号|门|院|层|房间|房)"
)
ROOM = rf"(?:\s?,?{HOUSE}|-?\d{{2,5}}(?![\d.年月]))"
HOME_IN_PLACE = re.compile(
    rf"{HAN}{{0,6}}?{PLACE_ENDING}[的内\s,]{{0,2}}{HOUSE}{ROOM}{{0,5}}(?!\s?(?:[井煤矿巷线]"
    rf"|工作面|采|掘|斜|立|主|副|风))"
)
HOME_ROOM = re.compile(
    r"\d{1,3}\s?(?:号楼|栋|幢|号院|排)\s?(?:\d{1,2}\s?单元\s?)?\d{1,5}(?:\s?[室号户房])?(?![\d.])"
    r"|\d{1,3}\s?单元\s?\d{2,5}\s?[室号户房]?"
)
HOME_AFTER_CUE = re.compile(
    r"(?:家庭住址|家庭地址|户籍地址?|户籍所在地|户口所在地|现住址?|住址|居住地址?|暂住地?|租住"
    r"|收件地址|邮寄地址|家住|我住|他住|她住|其住|本人住"
    r"|住在|住|老家在|老家是|老家|家在|我家)(?:[在是于为:\s]){0,3}"
    r"([^,。;!?、\n:()\"“”]{2,30})"
)
EXACT_PLACE = re.compile(
    rf"\d|{HAN}(?:村|屯|庄|小区|社区|家属院|胡同|巷子?|[路街](?!上|边)|镇|乡|沟|县|市|公寓|宿舍楼)"
)
# 住院11天 and 住5次 are no address.
NUMBERED = re.compile(rf"\d{{1,5}}-\d|{HOUSE}(?!会)")
HOME_LEAD = re.compile(rf"{HAN}{{0,5}}(?:住在|家住|[住在是到去从])")
WEAK_HOME_CUE = frozenset({"住", "住在", "租住", "我家", "老家"})
HOME_END = re.compile(r"[的,。]|(?<=[室号户村])(?:人|离|距|旁|附近|被|因|一到|晚上|白天|到处|受)")


def find_accounts(folded: Folded) -> Iterator[Found]:
    """Yield mail addresses, chat accounts and plates."""
    for match in EMAIL.finditer(folded.text):
        yield Found(match.start(), match.end(), Kind.EMAIL)
    for pattern in (CHAT_AFTER_LABEL, CHAT_AFTER_INVITATION, CHAT_BEFORE_LABEL):
        yield from _groups(folded.digits, pattern=pattern, kind=Kind.CHAT)
    for pattern in (NICKNAME, MENTION):
        yield from _groups(folded.text, pattern=pattern, kind=Kind.CHAT)
    yield from _plates(folded)


def _groups(text: str, *, pattern: re.Pattern[str], kind: Kind) -> Iterator[Found]:
    for match in pattern.finditer(text):
        group = match.lastindex or 0
        yield Found(match.start(group), match.end(group), kind)


def _plates(folded: Folded) -> Iterator[Found]:
    for match in PLATE.finditer(folded.digits):
        if sum(character.isdigit() for character in match[1]) >= 2:
            yield Found(match.start(), match.end(), Kind.PLATE)
    for match in LABELLED_PLATE.finditer(folded.digits):
        if any(character.isdigit() for character in match[1]):
            yield Found(match.start(1), match.end(1), Kind.PLATE)


def find_homes(folded: Folded) -> Iterator[Found]:
    """Yield exact places of living: a group and number of a village, a room of a building."""
    for pattern in (HOME_IN_PLACE, HOME_ROOM):
        for match in pattern.finditer(folded.digits):
            if any(character.isdigit() for character in match[0]):
                lead = HOME_LEAD.match(match[0])
                start = match.start() + (lead.end() if lead else 0)
                yield Found(start, match.end(), Kind.HOME)
    for match in HOME_AFTER_CUE.finditer(folded.digits):
        stop = HOME_END.search(match[1])
        words = match[1][: stop.start()] if stop else match[1]
        cue = folded.text[match.start() : match.start(1)].rstrip("在是于为: ")
        weak = cue in WEAK_HOME_CUE and not NUMBERED.search(words)
        if words and not weak and EXACT_PLACE.search(words):
            yield Found(match.start(1), match.start(1) + len(words), Kind.HOME)
