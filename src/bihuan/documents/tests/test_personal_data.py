"""Finding, redacting and reporting personal data in free text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.documents.personal_data import (
    Kind,
    Mark,
    find_personal_data,
    redact,
    summary_findings,
)


def words(text: str, *kinds: Kind) -> list[str]:
    return [mark.text for mark in find_personal_data(text) if not kinds or mark.kind in kinds]


PHONES = [
    ("电话13900001234", "13900001234"),
    ("手机号是199-0000-1234。", "199-0000-1234"),
    ("打199 0000 1234找我", "199 0000 1234"),
    ("139.0000.1234", "139.0000.1234"),
    ("１９９００００１２３４", "１９９００００１２３４"),
    ("+86 199-0000-1234", "+86 199-0000-1234"),
    ("008619900001234", "008619900001234"),
    ("8619900001234", "8619900001234"),
    ("一九九零零零零一二三四", "一九九零零零零一二三四"),
    ("幺九九〇〇〇〇幺两三四", "幺九九〇〇〇〇幺两三四"),
    ("幺三九洞洞洞洞幺两三四", "幺三九洞洞洞洞幺两三四"),
    ("壹玖玖零零零零壹贰叁肆", "壹玖玖零零零零壹贰叁肆"),
    ("壹玖玖零零零零壹貳參肆", "壹玖玖零零零零壹貳參肆"),
    ("电话是一三九，然后0000，再1234", "一三九，然后0000，再1234"),
    ("前三位是139，中间四位是0000，后四位1234", "139，中间四位是0000，后四位1234"),
    ("号码139四个0一二三四", "139四个0一二三四"),
    ("①③⑨⓪⓪⓪⓪①②③④", "①③⑨⓪⓪⓪⓪①②③④"),
    ("1️⃣3️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣", "1️⃣3️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣"),
    ("139\u200b0000\u200d1234", "139\u200b0000\u200d1234"),
    ("139oooo1234", "139oooo1234"),
    ("1 3 9 0 0 0 0 1 2 3 4", "1 3 9 0 0 0 0 1 2 3 4"),
    ("1-3-9-0-0-0-0-1-2-3-4", "1-3-9-0-0-0-0-1-2-3-4"),
    ("139/0000/1234", "139/0000/1234"),
    ("139（0000）1234", "139（0000）1234"),
    ("1三9零0零0一2三4", "1三9零0零0一2三4"),
    ("电话：1390000\n1234", "1390000\n1234"),
    ("电话0354-1234567", "0354-1234567"),
    ("(0351)6543210", "(0351)6543210"),
    ("03516543210", "03516543210"),
    ("0354-1234567转801", "0354-1234567转801"),
    ("010 8765 4321", "010 8765 4321"),
    ("办公电话：6543210", "6543210"),
    ("座机是八二三四五六七", "八二三四五六七"),
    ("手机尾号1234", "1234"),
    ("微信同手机：13900001234", "13900001234"),
]


@pytest.mark.parametrize(("text", "number"), PHONES)
def test_phone_is_found_however_it_is_written(text: str, number: str) -> None:
    assert words(text, Kind.PHONE) == [number]


def test_two_phones_side_by_side_are_two_marks() -> None:
    found = words("13900001234、19900005678", Kind.PHONE)
    assert found == ["13900001234", "19900005678"]


NUMBERS = [
    ("身份证140724199001011234", "140724199001011234", Kind.ID),
    ("14072419900101123X", "14072419900101123X", Kind.ID),
    ("14072419900101123x。", "14072419900101123x", Kind.ID),
    ("140724 19900101 1234", "140724 19900101 1234", Kind.ID),
    ("1407 2419 9001 0112 3X", "1407 2419 9001 0112 3X", Kind.ID),
    ("１４０７２４１９９００１０１１２３４", "１４０７２４１９９００１０１１２３４", Kind.ID),
    ("一四零七二四一九九零零一零一一二三四", "一四零七二四一九九零零一零一一二三四", Kind.ID),
    ("140724900101123", "140724900101123", Kind.ID),
    ("身份证前六位140724，生日19900101，后四位1234", "140724，生日19900101，后四位1234", Kind.ID),
    ("身份证后四位123X", "123X", Kind.ID),
    ("护照E12345678", "E12345678", Kind.ID),
    ("护照号EA1234567", "EA1234567", Kind.ID),
    ("工号12345", "12345", Kind.ID),
    ("工号：ZC-0031", "ZC-0031", Kind.ID),
    ("矿灯号0231", "0231", Kind.ID),
    ("操作证号T140724199001011234", "T140724199001011234", Kind.ID),
    ("银行卡号6222 0212 3456 7890 123", "6222 0212 3456 7890 123", Kind.BANK),
    ("工资卡6228480000000000018", "6228480000000000018", Kind.BANK),
    ("京A·12345", "京A·12345", Kind.PLATE),
    ("晋J 12345", "晋J 12345", Kind.PLATE),
    ("晋ＡＤ１２３４５", "晋ＡＤ１２３４５", Kind.PLATE),
    ("晋A·8B123", "晋A·8B123", Kind.PLATE),
    ("晋J幺二三四五", "晋J幺二三四五", Kind.PLATE),
    ("晋B·D1234学", "晋B·D1234学", Kind.PLATE),
    ("车牌号J12345", "J12345", Kind.PLATE),
    ("微信号abc_123", "abc_123", Kind.CHAT),
    ("wx: abc_123", "abc_123", Kind.CHAT),
    ("QQ 12345678", "12345678", Kind.CHAT),
    ("扣扣号是二三四五六七八九", "二三四五六七八九", Kind.CHAT),
    ("抖音号heidao99", "heidao99", Kind.CHAT),
    ("加我vx zhang_88", "zhang_88", Kind.CHAT),
    ("微信昵称“煤海浪子”", "煤海浪子", Kind.CHAT),
    ("发到abc.def@example.com", "abc.def@example.com", Kind.EMAIL),
    ("abc艾特example点com", "abc艾特example点com", Kind.EMAIL),
    ("在王家沟村3组5号", "王家沟村3组5号", Kind.HOME),
    ("宿舍3号楼201", "宿舍3号楼201", Kind.HOME),
    ("幸福小区5栋2单元302室", "幸福小区5栋2单元302室", Kind.HOME),
    ("家住青石县李家塔镇王家沟村，", "青石县李家塔镇王家沟村", Kind.HOME),
]


@pytest.mark.parametrize(("text", "number", "kind"), NUMBERS)
def test_number_account_or_home_is_found(text: str, number: str, kind: Kind) -> None:
    assert (kind, number) in {(mark.kind, mark.text) for mark in find_personal_data(text)}


NAMES = [
    ("矿长王建国违章指挥", ["王建国"]),
    ("王建国矿长和李强队长", ["王建国", "李强"]),
    ("我叫马小军，在综采二队", ["马小军"]),
    ("我叫扎西顿珠。", ["扎西顿珠"]),
    ("姓名：王　军", ["王　军"]),
    ("姓　名：马　超　性别：男", ["马　超"]),
    ("举报人：欧阳建平", ["欧阳建平"]),
    ("上官婉儿不知情", ["上官婉儿"]),
    ("张三、李四、王五和赵六签字", ["张三", "李四", "王五", "赵六"]),
    ("由马文涛组织，张晓峰、何平参与", ["马文涛", "张晓峰", "何平"]),
    ("死者叫牛得草，家属是白玉兰", ["牛得草", "白玉兰"]),
    ("班长李强带班下井", ["李强"]),
    ("刘老板的小舅子韩飞管着炸药库", ["韩飞"]),
    ("对张伟处以罚款", ["张伟"]),
    ("副矿长郑国庆安排张伟强制下井", ["郑国庆", "张伟"]),
    ("由调度员卢敏代签", ["卢敏"]),
    ("買買提·艾力在3103工作面", ["買買提·艾力"]),
    ("买买提·艾力在3103工作面", ["买买提·艾力"]),
    ("工人吾买尔江受伤", ["吾买尔江"]),
    ("外号二狗子的人带头", ["二狗子"]),
    ("绰号“铁蛋”", ["铁蛋"]),
    ("矿长劉建國", ["劉建國"]),
    ("王强、白雪、李明没有证", ["王强", "白雪", "李明"]),
    ("总工程师龙飞、财务部长尹丽华", ["龙飞", "尹丽华"]),
]


@pytest.mark.parametrize(("text", "names"), NAMES)
def test_name_is_found(text: str, names: list[str]) -> None:
    assert words(text, Kind.NAME) == names


FORMS = [
    ("老王和小李说", ["老王", "小李"]),
    ("王班长、李矿长、赵主任都知道", ["王班长", "李矿长", "赵主任"]),
    ("张队不让检查", ["张队"]),
    ("刘工签的字", ["刘工"]),
    ("陈师傅受伤", ["陈师傅"]),
    ("孙总、钱董、吴姐都知道", ["孙总", "钱董", "吴姐"]),
    ("打电话给方总", ["方总"]),
    ("欧阳队长来过", ["欧阳队长"]),
    ("那个姓胡的工头", ["姓胡的"]),
    ("阿强带着工人", ["阿强"]),
    ("大刘和老韩在", ["大刘", "老韩"]),
    ("队长老赵把探头包住了", ["老赵"]),
]


@pytest.mark.parametrize(("text", "forms"), FORMS)
def test_form_of_address_is_found(text: str, forms: list[str]) -> None:
    assert words(text, Kind.ADDRESS_FORM) == forms


@pytest.mark.parametrize(
    "text",
    [
        "（煤）移〔2026〕17号",
        "线索〔2026〕3号",
        "受理号SL20260301000123，线索编号LX-2026-000017",
        "编号140724202603010",
        "线索编号140724202603010012",
        "查询码1234 5678 9012 3456",
        "2026年3月1日至4月15日，2026-03-01 13:45:12",
        "举报电话12350，火警119，急救120，报警110",
        "甲烷浓度1.35%，风量1390立方米每分",
        "3103工作面长180米，标高+1250",
        "罚款13900000000元",
        "坐标112.12345678，37.12345678",
        "采掘1号、2号、3号工作面，共查处13起",
        "统一社会信用代码91140700MA0ABCDE1X",
        "赵某某已经走了，李某也走了，张××受伤，王*被处罚",
        "青石岭煤矿位于李家塔镇王家沟村",
        "张庄煤业有限公司承包",
        "王家岭煤矿、白家庄矿、李村煤矿、王庄煤业",
        "郭家河煤业、马家滩镇、张家口",
        "高压开关方案由安全科负责",
        "关闭石头巷道，金属探头白天停用",
        "水泵任务夏季马上完成",
        "严重施工成品常年段长温度周五于是",
        "时候到了，时有发生，常有冒顶",
        "该矿管理混乱，方法不当，金额巨大",
        "时任矿长和生产经理由安全矿长任命",
        "值班矿长、带班队长、班组长、区队长在甲方经理处",
        "电工、焊工、皮带工都走了，高工说支架不行",
        "老板、老师傅、老乡、老是、小时、小组、小煤窑",
        "周五夜班，于是老板关门，高处作业",
        "万一出事，钱没发，马达烧毁，方形支架",
        "请给我保密，联系人：匿名",
        "双回路、单轨吊、连采机、平硐、党支部、支护队",
        "叫应、叫停、叫苦",
        "安全帽、安监局、应急管理局、任何单位",
        "5号煤层、3号井、2号皮带、掘进3队",
        "立查立改，日清周结月考核",
        "电话打不通，微信群里通知，QQ群已解散",
        "晋煤监一〔2026〕5号",
        "",
        "　",
        "青石县、安泽县、阳泉市、和顺县、方山县",
        "温州、江西、黄河、水文地质",
        "电话138****5566，周XX、孙某",
    ],
)
def test_plain_words_and_public_numbers_are_left_alone(text: str) -> None:
    assert find_personal_data(text) == []


def test_known_names_are_found_where_nothing_else_tells() -> None:
    text = "水仙昨天没下井"
    assert find_personal_data(text) == []
    marks = find_personal_data(text, known_names=["水仙"])
    assert marks == [Mark(0, 2, Kind.NAME, "水仙")]


def test_a_name_told_once_is_found_again() -> None:
    assert words("我叫包平安。后来有人说包平安不干了", Kind.NAME) == ["包平安", "包平安"]


def test_allowed_words_are_left_alone() -> None:
    text = "值班电话0354-1234567，签发人：王建国"
    assert len(find_personal_data(text)) == 2
    assert find_personal_data(text, allowed=["03541234567", "王建国"]) == []


def test_redaction_hides_length_and_keeps_the_rest() -> None:
    text = "矿长王建国电话13900001234，身份证140724199001011234。"
    clean = redact(text, find_personal_data(text))
    assert clean == "矿长██电话███，身份证███。"


def test_redaction_ignores_a_mark_inside_another() -> None:
    marks = [Mark(0, 4, Kind.HOME, "一二三四"), Mark(1, 2, Kind.NAME, "二")]
    assert redact("一二三四五", marks) == "███五"


def test_summary_says_where_what_and_what_to_do() -> None:
    text = "班长李强，电话13900001234"
    sentence = "第 3 字起像是姓名；第 8 字起像是电话，请删去或改写。"
    assert summary_findings(find_personal_data(text)) == sentence
    assert summary_findings([]) == ""


def test_home_keeps_what_a_phone_inside_it_leaves() -> None:
    text = "住址：王家沟村3组5号13900001234"
    kinds = {mark.kind for mark in find_personal_data(text)}
    assert Kind.PHONE in kinds
    assert Kind.HOME in kinds


PIECES = [
    *"王李张欧阳老小矿长队说叫找、，。：·一三九幺零〇139０①x@ -.\n\u200b️⃣㏾⑩晋A某村组号",
    "微信",
    "我叫",
    "姓名",
    "个",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_marks_are_sorted_apart_and_true_to_the_text(text: str) -> None:
    place = 0
    for mark in find_personal_data(text, known_names=["王小"]):
        assert place <= mark.start < mark.end <= len(text)
        assert mark.text == text[mark.start : mark.end]
        place = mark.end


@settings(max_examples=60, deadline=None)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-", ".", "\u200b"]),
    st.sampled_from(["0123456789", "零一二三四五六七八九", "０１２３４５６７８９"]),
)
def test_no_phone_survives_redaction(number: str, gap: str, numerals: str) -> None:
    digits = [numerals[int(digit)] for digit in number]
    written = gap.join(["".join(digits[:3]), "".join(digits[3:7]), "".join(digits[7:])])
    text = f"我的电话{written}，请保密"
    assert redact(text, find_personal_data(text)) == "我的电话███，请保密"


def cpu_s(text: str) -> float:
    """CPU seconds of one reading, the better of two."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        find_personal_data(text)
        taken.append(time.process_time() - began)
    return min(taken)


def test_reading_grows_with_the_text_and_no_faster() -> None:
    sentence = "矿长王建国违章指挥，班长李强带班下井{}没有发现，电话13900001234，在3103工作面。\n"
    lines = [sentence.format(chr(0x4E00 + place % 5000)) for place in range(4000)]
    find_personal_data(sentence)
    short, long = "".join(lines[:1000]), "".join(lines)
    assert len(find_personal_data(long)) >= 2 * len(lines)
    assert cpu_s(long) <= 12 * cpu_s(short)  # four times the text; quadratic would be sixteen


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "一", "王", "a", "@", "a.", "微信", "个", "第", "住", "1o"]
)
def test_hostile_repetition_stays_linear(piece: str) -> None:
    assert cpu_s(piece * 20_000) <= 12 * cpu_s(piece * 5_000) + 0.1
