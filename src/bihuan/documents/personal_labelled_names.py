"""Finds names that a label, a nickname or a middle dot gives away, whatever their characters."""

import re
from collections.abc import Iterator
from itertools import chain

from bihuan.documents.name_words import name_words
from bihuan.documents.personal_marks import Found, Kind

HAN = r"[\u4e00-\u9fff]"
END = (
    r"(?=[,，。、;；:：!！?？\s()（）“”\"'’」』》/|]|的|$|电话|手机|身份证|男|女|住|联系|微信|工号)"
)
LABELLED = re.compile(
    rf"(?:姓\s{{0,4}}名栏?|我叫|名叫|名字叫|名字是|[真本原大全]名叫?|联系人|举报人|反映人|投诉人"
    rf"|记录人|核查人|检查人|签收人|经办人|承办人|填表人|审核人|签发人|报告人|供货人|收件人"
    rf"|法定代表人|实际控制人|责任人|嫌疑人|收款人|户名|户主|监护人|联络员|联络人)(?:[是为:：\s(“\"]{{1,6}}"
    rf"|(?<=叫)|(?<=[真本原户]名))({HAN}{{2,4}}){END}"
)
SPACED = re.compile(
    rf"(?:姓\s{{0,4}}名|我叫|名叫|联系人|举报人|反映人|签字|签名|记录人|核查人|经办人|负责人|矿长"
    rf"|班长|队长)[是为:]?\s{{0,4}}({HAN}\s{{1,4}}{HAN}(?:\s{{1,4}}{HAN})?)"
    r"(?![\u4e00-\u9fff])"
)
TRANSLITERATED = (
    "阿艾买提吐尔孙古丽江木合麦热汗依不都力拉卡帕米西库尼亚别克巴哈达沙娜扎斯肉孜玛坎吾则努赛"
    "义甫塔伊布欣卜兰洪才多杰旺堆乌洛桑珠次德格宗增嘉措顿罗赫音雅图特拜瓦法皮赛胡安呷毛穆罕默德萨迪曼祖农居马什然里苏来满森加图地玉素排凯日比姑妮莎逊叶肯勒娅丹夏合沁帖铁逊耶仙那力甫"
)
DOTTED = re.compile(
    rf"([{TRANSLITERATED}白]{{2,7}}|{HAN}{{2,3}})[·•・‧∙⋅．.]((?:[{TRANSLITERATED}班]{{2,8}}"
    rf"|{HAN}{{2,3}}))"
)
UNDOTTED = re.compile(
    rf"(?=[{TRANSLITERATED}]{{0,6}}[买提吐孜努麦依热艾])[{TRANSLITERATED}]{{4,9}}"
    rf"(?![县市州旗乡镇省区])|(?:古丽|阿依|努尔|热孜|麦麦|买买|玛依)[{TRANSLITERATED}]{{1,5}}"
    rf"|[{TRANSLITERATED}]{{2,5}}(?:江(?!河)|别克|古丽|买提|依汗|娜尔|迪力)"
)
OTHER_PEOPLES = re.compile(
    "(?:阿迪力|艾尔肯|库尔班|卡迪尔|玉素甫|帕丽达|吐尔逊|吐尔洪|热合曼|阿不都|阿布都|亚森|努尔兰|叶尔兰|阿卜杜|玛依拉|司马义"
    "|图尔荪|吾斯曼|托合提|巴合提|赛力克|木拉提|洛松|嘎玛|格列|次旺|赤列|晋美|仁青|仁增|坚参|江措|嘉措|桑杰|群培|旺杰|丹巴|土登"
    "|强巴|贡嘎|贡布|卓嘎|吉克|曲比|沙马|那顺|吉日嘎拉|青格勒|朝格图|满都拉|萨仁|高娃|牧仁|阿木尔|巴图"
    "|敖登|格日乐|娜仁花?|琪琪格|托娅|塔娜|萨日娜|萨如拉|苏日娜|额尔敦|阿拉坦|那日松|宝力格|孟克|特木尔|布仁"
    "|洛桑|白玛|丹珠|央宗|德吉|拉巴|旺堆|旺姆|曲珍|格桑|罗布|木呷|阿呷|尔古|色音|巴雅尔|布赫|布和|哈斯|巴根|其木格|额尔德|毕力格|敖日|德力格尔|格根|扎西|顿珠|才让|卓玛|次仁|多吉|平措|旦增|丹增|索南|尼玛|达瓦|央金|拉姆|巴特尔|格日勒"
    "|其其格|那仁|乌云|苏和|朝鲁|图雅|孟和|宝音|斯琴|阿古拉){1,3}"
)
SURNAMED = re.compile(r"(?<![百同])姓(?!名|氏)([\u4e00-\u9fff])(?:的|(?=[,，。、;；\s]|$))")
OF_SURNAME = re.compile(r"([\u4e00-\u9fff])姓(?=[\u4e00-\u9fff])(?!名)")
# Dearer ones are words: 一位姓庞的 is not 位姓.
SURNAME_COST_MAX = 22
NO_NAMES = frozenset(
    [
        "匿名",
        "保密",
        "不详",
        "不愿",
        "同上",
        "无名",
        "某某",
        "实名",
        "本人",
        "自己",
        "职工",
        "群众",
        "矿工",
        "工人",
        "村民",
        "家属",
        "老板",
        "矿方",
        "不便透露",
        "不知道",
        "不清楚",
        "记不清",
        "不愿透露",
        "不公开",
        "要求保密",
        "未留",
        "未提供",
        "未填",
        "待定",
        "空白",
        "如下",
        "如上",
        "见附件",
        "附后",
        "化名",
        "他们",
        "我们",
        "领导",
        "什么",
        "什么名",
    ]
)
NO_NAME = re.compile(
    r"某|匿名|保密|透露|不详|[他她我你]|公司|煤矿|单位|部门|人员|什么|本人|[的了着]$|^[不没未]|^代签"
)


def find_labelled_names(text: str) -> Iterator[Found]:
    """Yield names after labels, names with a dot, and 姓王 or 李姓."""
    for match in LABELLED.finditer(text):
        if match[1] not in NO_NAMES and not NO_NAME.search(match[1]):
            yield Found(match.start(1), match.end(1), Kind.NAME)
    for pattern in (DOTTED, UNDOTTED, OTHER_PEOPLES):
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), Kind.NAME)
    yield from _after_surnames(text)


def _after_surnames(text: str) -> Iterator[Found]:
    surnames = name_words().surnames
    for match in SPACED.finditer(text):
        if match[1][0] in surnames:
            yield Found(match.start(1), match.end(1), Kind.NAME)
    for match in chain(SURNAMED.finditer(text), OF_SURNAME.finditer(text)):
        if surnames.get(match[1], SURNAME_COST_MAX + 1) <= SURNAME_COST_MAX:
            yield Found(match.start(), match.end(), Kind.ADDRESS_FORM)
