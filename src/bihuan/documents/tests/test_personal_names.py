"""Finding persons by their place in a sentence, when their names are words like any other."""

import pytest

from bihuan.documents.personal_data import find_personal_data


def marked(text: str) -> list[str]:
    return [mark.text for mark in find_personal_data(text)]


IN_A_SLOT = [
    ("技术员甘泉把探头挪了", ["甘泉"]),
    ("工人要长福反映井下缺风", ["要长福"]),
    ("联系都建平核实情况", ["都建平"]),
    ("罚款由解放代缴", ["解放"]),
    ("有个叫席梦的女工", ["席梦"]),
    ("供货人甘草春送来的棚子", ["甘草春"]),
    ("原告方圆起诉矿方", ["方圆"]),
    ("全名申明礼", ["申明礼"]),
    ("公示期间，段誉提出异议", ["段誉"]),
    ("据江上游供述，炸药埋在后山", ["江上游"]),
    ("举报人称班长雷鸣用棉纱堵探头", ["雷鸣"]),
    ("测风员党参连续七天没有下井", ["党参"]),
    ("我娃建国在井下", ["建国"]),
    ("尹小刀（皮带工）作证", ["尹小刀"]),
]
IN_A_LIST = [
    ("班长高兴和平安两人没有证", ["高兴", "平安"]),
    ("常胜、白云二人值班脱岗", ["常胜", "白云"]),
    ("康乐等五人联名举报", ["康乐"]),
    ("被救出的是甄有福、马前进、牛奔", ["甄有福", "马前进", "牛奔"]),
    ("管金、管银兄弟承包北翼", ["管金", "管银"]),
    ("经办：田苗；复核：金枝", ["田苗", "金枝"]),
]
FAMILIAR = [
    ("听说康老大把门堵了", ["康老大"]),
    ("汤二舅跟记者说了实话", ["汤二舅"]),
    ("门卫叫“老蔫”“胖墩”", ["老蔫", "胖墩"]),
    ("老宋、老阎都听见了", ["老宋", "老阎"]),
    ("我们队的强子受伤了", ["强子"]),
    ("小四川说阿庆嫂做饭", ["小四川", "阿庆嫂"]),
    ("殷大个子管着炸药库", ["殷大个子"]),
    ("侯站长和乐科都来过", ["侯站长", "乐科"]),
    ("工资让冷队领走了", ["冷队"]),
    ("任大夫开的假证明", ["任大夫"]),
]
RARE_OR_OTHER = [
    ("逯小军、亢喜来都能作证", ["逯小军", "亢喜来"]),
    ("伤者相里红已转院", ["相里红"]),
    ("马合木提·卡德尔没有培训证", ["马合木提·卡德尔"]),
    ("古丽娜尔有异议", ["古丽娜尔"]),
    ("李和平、张向东在场", ["李和平", "张向东"]),
]


@pytest.mark.parametrize(("text", "names"), [*IN_A_SLOT, *IN_A_LIST, *FAMILIAR, *RARE_OR_OTHER])
def test_person_is_found_by_the_place_in_the_sentence(text: str, names: list[str]) -> None:
    assert marked(text) == names


def test_given_name_alone_is_found_after_the_full_one() -> None:
    assert marked("石宽民反映断电，今天宽民又来了") == ["石宽民", "宽民"]


@pytest.mark.parametrize(
    "text",
    [
        "全名要写清楚",
        "确保井下安全，全部解放思想",
        "党参和甘草是药材，白云在天上",
        "安全科关闭了高压开关",
        "老空区、老窑、小煤矿、老鼠",
        "五六张卡、三项制度、两班人员",
        "举报人信息另行密封",
        "法定代表人变更为空",
    ],
)
def test_the_same_words_elsewhere_are_words(text: str) -> None:
    assert marked(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("照片中的男子为卓越。", ["卓越"]),
        ("康乐拒不配合询问", ["康乐"]),
        ("事故造成程明死亡、田有福轻伤", ["程明", "田有福"]),
        ("库管艾合买提别克没有证", ["艾合买提别克"]),
    ],
)
def test_person_is_told_by_what_follows(text: str, names: list[str]) -> None:
    assert marked(text) == names


def test_adverbs_beside_roles_are_words() -> None:
    assert marked("矿长高度重视，负责人严重失职，工人文化水平低") == []
    assert marked("青峰口采石场和白云凹石料矿都已停产") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("于欣负责采掘，段誉负责通风", ["于欣", "段誉"]),
        ("甲班：牛春旺 邰正 玉成", ["牛春旺", "邰正", "玉成"]),
        ("校对：温馨。", ["温馨"]),
        ("代考人充满仓收了好处费", ["充满仓"]),
        ("全福，班长；苗青，验收员", ["全福", "苗青"]),
        ("给予禹步通报批评", ["禹步"]),
        ("宁静是他闺女，在矿上吃空饷", ["宁静"]),
        ("监控里逯小龙翻过皮带", ["逯小龙"]),
        ("阿迪力、吐尔逊江没有培训合格证", ["阿迪力", "吐尔逊江"]),
    ],
)
def test_person_is_told_by_the_form_of_the_sentence(text: str, names: list[str]) -> None:
    assert marked(text) == names


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("另一位姓庞的没有接", ["姓庞的"]),
        ("宝根叔劝我别告了", ["宝根叔"]),
        ("王大拿放话要打人", ["王大拿"]),
        ("胖婶给我们送饭", ["胖婶"]),
        ("阿贵跟阿福在井口打卡", ["阿贵", "阿福"]),
        ("材料推给应股长", ["应股长"]),
    ],
)
def test_familiar_forms_are_found(text: str, forms: list[str]) -> None:
    assert marked(text) == forms


@pytest.mark.parametrize(
    "text",
    [
        "超员发生在哪个班次，请补充当班下井人数。",
        "由江苏人承包，方案里没有写明",
        "请安监股、安全股核实处理",
        "水泵房、水文孔、高冒区都已查过",
        "伤者住院十一天，住了十六个没登记的人",
        "保管人才能打开，举报内容已隐去",
    ],
)
def test_words_of_the_mine_are_no_names(text: str) -> None:
    assert marked(text) == []
