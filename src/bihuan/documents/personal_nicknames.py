"""Finds nicknames and the familiar forms of address that villages and shifts use."""

import re
from collections.abc import Iterator

from bihuan.documents.name_context import PLACE_SOON
from bihuan.documents.name_words import name_words
from bihuan.documents.personal_labelled_names import NO_NAMES
from bihuan.documents.personal_marks import Found, Kind

HAN = r"[\u4e00-\u9fff]"
STOP = r"(?=[,，。、;；!！?？\s()（）“”\"'’」』]|的|$|[是在说来去带把被让又也都吧给])"
NICKNAMED = re.compile(
    rf"(?:外号|绰号|小名|诨号|诨名|乳名|别名|化名|曾用名|自称|人称|人送|江湖人称|[都只就][叫喊][他她我俺]?"
    rf"|大家叫[他她]?|(?<![\u4e00-\u9fff])叫|有叫|[叫喊][他她我俺])(?!们)(?:[是叫为做:：\s]){{0,3}}[“\"「『‘']?({HAN}{{2,4}}?){STOP}"
)
CALLED = re.compile(
    rf"(?:[个位名人工长他她我的](?:都|就|也)?叫)"
    rf"(?![做停应苦好喊我他她作嚷]|板[了,，。吧])[“\"「『‘']?({HAN}{{2,4}}?){STOP}"
)
QUOTED = re.compile(
    rf"(?:[叫喊称是由找经查及]|署名|名为|外号|绰号|人员|矿工|工人|队长|班长)[“\"「『]({HAN}{{2,4}})[”\"」』]"
)
QUOTED_NEXT = re.compile(rf"[、和与及]?[“\"「『]({HAN}{{2,4}})[”\"」』]")
VILLAGE_NAME = re.compile(
    r"(?:[二三四五六七八九黑憨胖瘦老小大傻]|[狗铁石栓毛牛虎孬拴锁]){1,2}(?:狗子|蛋子|娃子|愣子"
    r"|柱子|毛子|胖子|虎子|牛子|蛋儿|娃儿|[剩栓]子)"
    r"|(?:狗|铁|二|三|黑|石|驴|羊|牛|臭|毛|屎|孬)(?:蛋|旦|剩|娃|柱|栓|锁)(?![白糕黄形])"
)
LOOKS = (
    "胡子|个子|胖子|瘦子|麻子|光头|秃子|秃头|瞎子|瘸子|拐子|聋子|哑巴|结巴|罗锅|驼子|豁子|歪嘴|大嘴|大头"
    "|刀疤|疤子|黑子|黑皮|愣子|傻子|眼镜|卷毛|黄毛|胖墩|瘦猴|大个|二愣|麻杆|矬子|小个"
)
OF_LOOKS = re.compile(
    rf"(?<!{HAN})(?:[大小老黑二三]?(?:{LOOKS}))(?=[、,。说在是让带把叫跟和他也都给拿骑”])"
    rf"|(?:大|小|老|黑)(?:{LOOKS})(?=[说在让带把叫跟和他也都给拿骑])"
)
SURNAME_OF_LOOKS = re.compile(
    rf"({HAN})(?:[大小老黑二三]?(?:{LOOKS})子?|寡妇|老汉|老头子?|婆娘|嫂子|媳妇"
    rf"|铁匠|木匠|石匠|瓦匠|皮匠|大炮|二炮|三炮|瞎眼|大拿|[快铁油]嘴|大胆|半仙|蛮子|大牙|豁牙|二杆子|二百五|二球|三指"
    rf"|罗圈|秃瓢|和尚|屠户|掌柜|屠夫|神婆|瞎子|麻婆|婆婆|奶奶|大娘|大婶|大妈|大爷|大伯|老爷子?|老太太?|老师傅)"
)
REGIONS = (
    "河南|河北|四川|陕西|山东|山西|湖北|湖南|安徽|江苏|江西|甘肃|贵州|云南|内蒙|东北|重庆|广西|浙江"
)
OF_REGION = re.compile(
    rf"[小老](?:{REGIONS})(?!人|省|话|菜|面馆|乡|的[味菜面])|[小老](?:山东|四川|陕|广|蒙|川|湖)(?=[、,。他说])"
)
BORN_AS = re.compile(
    rf"({HAN})(?:家)?(?:老[大二三四五六七八九幺么]|[大二三四五六七八九小幺老](?:哥|姐|叔|婶|嫂|爷|姨"
    rf"|舅|姑|伯|爹|娘|妹|弟|娃|蛋|狗|子|媳妇|虎|牛|毛|妮|丫))(?![孩队家])"
)
FAMILIAR = re.compile(
    rf"阿{HAN}[嫂哥姐婶叔婆妹]|(?<!{HAN})阿{HAN}(?=[和、,。说把让的带在也都跟是给])"
    rf"|阿[强明军华伟斌龙虎亮峰辉勇杰文平荣珍芳英兰梅](?=[和、,。说把让的带在也都跟是给])"
    r"|(?<=、)[大二三小][刘李张赵孙周陈杨王郭韩马宋毛](?=[、,。都也和俩])"
    rf"|(?<!{HAN})[胖瘦黑白高矮哑憨花][婶嫂哥姐叔爷姨爹](?=[和、,。说把让的带在也都跟是给来去就])"
    rf"|(?:(?<!{HAN})|(?<=[叫喊找跟和给让把]))老[二三四五六七八九](?=[、,。说让带把被跟和他也都给拿骂打在]|[家他]们?)"
    r"|(?:(?<![\u4e00-\u9fff])|(?<=的))[大二][刘李张赵孙周陈杨王郭韩马宋](?=[和、,。说把让的带在也大二小])"
    r"|(?<=[大二][\u4e00-\u9fff])[大二小][刘李张赵孙周陈杨王郭韩马宋](?=[和、,。说把让的带在也大二小三仨都])"
)
CHILD_NAME = re.compile(
    r"(?<![\u4e00-\u9fff])[强军刚勇伟斌龙虎亮峰辉杰平娟燕英兰柱栓锁顺贵狗猫毛]子(?=[、,。说在让带把叫跟和他也都给拿被受])"
    r"|(?<=[的叫喊找跟和给个、])[强军刚勇伟斌龙虎亮峰辉杰娟燕柱栓锁顺]子(?=[、,。说在让带把叫跟和他也都给拿被受])"
)
GIVEN_PAIR_WITH_KIN = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2})[哥姐叔嫂婶爷伯姨](?=[劝说讲把让带在也都跟给拿骂打告来去他和])"
)
AH = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[叫喊找跟和给让把]))(阿[\u4e00-\u9fff])(?=[和、,。说把让的带在也都跟是给来去被就])"
)
GIVEN_WITH_KIN = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])[哥姐叔嫂](?=[、,。说在让带把叫跟和他也都给拿骑])"
    r"|(?<=[叫喊找跟给个])([\u4e00-\u9fff])[哥姐叔嫂](?=[、,。说在让带把叫跟和他也都给拿骑])"
)
OLD_AND_YOUNG = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[、和跟与及叫喊俺的员工弟妹哥姐子儿娃舅叔长找问让给有是由]))([老小])([\u4e00-\u9fff])(?:头|子)?"
    r"(?=[、,，。;；)”\"!！?？]|他们|她们|们俩|各|俩|[两二三]|说|讲|吧|的|和|跟|与|也|都|在|就|把|让|带|管|给|没"
    r"|证|负|骂|打|拿|开|差点|受|已|死|伤|被|干|自己|知|看|不|去|来|回|叫)"
)
AFTER_OLD_AND_YOUNG = frozenset(
    "板师人是家乡头爷婆公百大实旧空窑矿巷鼠坑井工远化年早时组煤心于区学型便孩伙姐卖吃车路"
    "麦数声说看听样名本少号店字灵气规化的了一二三四五六七八九几几有不没坏想爱当雨雪雷暑寒满暑"
    "腿眼脑手脚灯锅屋房门洞口队站块节段片道岗县市村镇乡产费事儿些同意结班弟妹子朋友婶舅姑姨叔伯"
)
NOT_CALLED = re.compile(
    r"某|匿名|保密|透露|不详|[他她我你]|公司|煤矿|单位|部门|人员|什么|本人|[的了着]$|一名|自己|群众"
)


def find_nicknames(text: str) -> Iterator[Found]:
    """Yield 二狗子, 老蔫, 小河南, 杨家老二, 阿庆嫂 and what a person is called in quotes."""
    for pattern in (NICKNAMED, CALLED):
        for match in pattern.finditer(text):
            if _may_be_called(match[1]):
                yield Found(match.start(1), match.end(1), Kind.NAME)
    yield from _quoted(text)
    for match in VILLAGE_NAME.finditer(text):
        yield Found(match.start(), match.end(), Kind.NAME)
    for pattern in (OF_LOOKS, OF_REGION, FAMILIAR, CHILD_NAME):
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)
    yield from _given_with_kin(text)
    yield from _of_families(text)
    yield from _old_and_young(text)


def _given_with_kin(text: str) -> Iterator[Found]:
    """Yield 强哥 and 宝根叔, and 阿福 whose first character says that he is familiar."""
    common = name_words().common
    for match in GIVEN_WITH_KIN.finditer(text):
        if _may_be_given(match[1] or match[2]):
            yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)
    for match in GIVEN_PAIR_WITH_KIN.finditer(text):
        if match[1] not in common and all(map(_may_be_given, match[1])):
            yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)
    for match in AH.finditer(text):
        if match[1] not in common:
            yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)


def _quoted(text: str) -> Iterator[Found]:
    for match in QUOTED.finditer(text):
        following: re.Match[str] | None = match
        while following and _may_be_called(following[1]):
            yield Found(following.start(1), following.end(1), Kind.NAME)
            following = QUOTED_NEXT.match(text, following.end())


def _of_families(text: str) -> Iterator[Found]:
    surnames = name_words().surnames
    for pattern in (BORN_AS, SURNAME_OF_LOOKS):
        for match in pattern.finditer(text):
            if surnames.get(match[1], 99) <= 17 and not PLACE_SOON.match(text, match.end()):
                yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)


def _old_and_young(text: str) -> Iterator[Found]:
    """Yield 老歪 and 小沈 where a person stands; 老板 and 小时 are words."""
    common = name_words().common
    for match in OLD_AND_YOUNG.finditer(text):
        word = match[1] + match[2]
        if match[2] not in AFTER_OLD_AND_YOUNG and common.get(word, 99) > 24:
            yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)


def _may_be_called(words: str) -> bool:
    if words in NO_NAMES or NOT_CALLED.search(words):
        return False
    return name_words().common.get(words, 99) > 21


def _may_be_given(character: str) -> bool:
    return name_words().given.get(character, 99) <= 16 and character not in "大二小老师的"
