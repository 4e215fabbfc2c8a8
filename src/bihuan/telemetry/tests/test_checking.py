"""What the check tells a mine's vendor: what is wrong, in which record and field."""

import pytest

from bihuan.telemetry.checking import Level, check, told
from bihuan.telemetry.tests.inboxes import MINE, POINT, at, definition, reading

pytestmark = pytest.mark.once
HEADS = {
    "CDDY": f"{MINE};青石岭煤矿;KJ000;安全监控系统;模拟厂家;2027-12-31;{at(0)}",
    "RYXX": f"{MINE};青石岭煤矿;500;KJ000;定位;模拟厂家;2027-12-31;{at(0)}",
}
AREA, CARD = f"{MINE}0001", f"{MINE}00001"
STATION = f"{AREA}000001"
PERSON = f"{CARD};测试甲;1;{at(0)};;{AREA};{at(0)};{STATION};{at(0)};三八制;-3;正常;0;1;"
GOOD = {
    "CDDY": definition(),
    "CDSS": reading(0, "0.5"),
    "TJSJ": f"{POINT};环境瓦斯;东翼;%CH4;{at(0)};{at(5)};1;{at(1)};0;{at(2)};0.5;{at(5)}",
    "YCBJ": f"{POINT};环境瓦斯;东翼;%CH4;001;{at(0)};;1;{at(1)};0;{at(2)};0.5;;;;;{at(5)}",
    "FZDY": f"{MINE}00001;变电所;0;0;0;{at(0)}",
    "FZSS": f"{MINE}00001;0;1;{at(0)}",
    "RYQY": f"重点区域;{AREA};25;采煤工作面",
    "RYJZ": f"{STATION};井口基站;0;0;0;井口",
    "JZSS": f"{STATION};0;9;{at(0)}",
    "RYXX": f"{CARD};测试甲;采煤工;;综采队;1990-01-01;;0;1",
    "RYSS": PERSON,
    "JBSJ": "F001;主通风机;;;;;;;;;;;;;",
    "TFJC": f"P1;0017;电流;F001;风机房;A;500;0;400;;;{at(0)}",
    "TFSS": f"P1;0017;电流;F001;210.5;A;0;{at(0)}",
    "JCYC": f"P1;0017;电流;F001;1;{at(0)};;1;;;;;",
}


def said(kind: str, *records: str, head: str = "", end: str = "~||") -> list[str]:
    """The findings of a file with these records, as a person reads them."""
    text = "~".join((head or HEADS.get(kind, f"{MINE};青石岭煤矿;{at(0)}"), *records)) + end
    return [str(one) for one in check(text.encode(), name=f"{MINE}_{kind}_20260301000500.txt")]


@pytest.mark.parametrize("kind", GOOD)
def test_nothing_is_said_of_what_is_right(kind: str) -> None:
    assert said(kind, GOOD[kind]) == []
    assert said(kind) == []


@pytest.mark.parametrize("kind", GOOD)
def test_every_field_that_must_be_there_is_missed(kind: str) -> None:
    empty = ";" * GOOD[kind].count(";")
    found = said(kind, empty)
    assert found
    assert any("必填" in one for one in found)
    short = said(kind, GOOD[kind].rpartition(";")[0])
    assert len(short) == 1
    assert f"应有{GOOD[kind].count(';') + 1}项" in short[0]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.txt", b"", "文件名不对"),
        (f"{MINE}_CDSS_20260301000500.txt", b"\xff", "编码不对"),
        (f"{MINE}_CDSS_20260301000500.txt", f"{MINE}~".encode(), "没有结尾的“||”"),
        (f"{MINE}_CDSS_20260301000500.txt", f"{MINE}~||||".encode(), "之后还有内容"),
        (f"{MINE}_CDSS_20260301000500.txt", b"1~||", "文件头第1项"),
    ],
)
def test_files_that_would_be_rejected(name: str, data: bytes, words: str) -> None:
    (found,) = check(data, name=name)
    assert found.level is Level.REJECTED
    assert words in found.sentence


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        (
            "CDSS",
            POINT,
            POINT[:-1],
            "【拒收】第1条记录，第1项 测点编码：“62082300920301MN00010000000”有27个字符",
        ),
        ("CDSS", POINT, "1" + POINT[1:], "应以文件头的煤矿编码 620823009203 开头"),
        ("CDSS", at(0), "2026-02-30 00:00:00", "【拒收】第1条记录，第7项 数据时间：“2026-02-30"),
        ("CDSS", at(0), "2026-03-02 00:05:01", "【拒收】第1条记录，第7项 数据时间：比文件名的时间"),
        ("CDSS", at(0), at("00:15:01"), "【不合要求】第1条记录，第7项 数据时间：比文件名的时间"),
        ("CDSS", ";0;2026", ";256;2026", "【拒收】第1条记录，第6项 测点状态：“256”不是测点状态"),
        ("CDSS", "0.5", "0,5", "【不合要求】第1条记录，第4项 测点值：“0,5”不是数"),
        ("CDSS", "0.5", "-9999", "没有数，状态却是正常"),
        ("CDSS", "0.5;", "0.5；", "里面有全角“；”"),
        ("CDSS", reading(0, "0.5"), " ", "第1条记录：是空的"),
        ("CDSS", "0.5", "\x07" * 50, "“�"),
        ("CDDY", ";01;", ";02;", "第2项 系统编码：“02”和测点编码第13到14位“01”不同"),
        ("CDDY", ";01;", ";09;", "不在可填的值里：01 安全监控系统、02 瓦斯抽放系统。"),
        ("CDDY", ";%CH4;", ";;", "第6项 测点数值单位：没有填写，MN测点必填"),
        ("CDDY", ";0001;", ";１;", "应为4位数字"),
        ("CDDY", ";1.0;;", ";1.0;1.5;", "第10项 上限解报门限：“1.5”不能和门限“1.0”配合"),
        ("CDDY", ";MN;", ";KG;", "没有填写，KG测点必填"),
        ("RYQY", ";25;", ";-25;", "应为不带符号的整数"),
        ("RYQY", "重点", "别的", "可填的值里：井口区域、重点区域、限制区域、其它区域。"),
        ("RYXX", "1990-01-01", "1990-02-30", "不是真实存在的日期"),
        ("RYXX", "1990-01-01", "90-1-1", "不是真实存在的日期"),
        ("FZSS", at(0), "2027-01-01 00:00:00", "【不合要求】第1条记录，第4项 数据时间：比文件名"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(kind: str, old: str, new: str, words: str) -> None:
    changed = GOOD[kind].replace(old, new)
    assert changed != GOOD[kind]
    assert any(words in one for one in said(kind, changed)), said(kind, changed)


def test_what_is_taken_though_it_is_not_the_rule() -> None:
    text = f"{MINE};青石岭煤矿;{at(0)}~\r\n{GOOD['CDSS']}~||"
    name = f"{MINE}_CDSS_20260301000500.txt"
    for data, words in (
        (text.encode("gb18030"), ["GB18030", "换行"]),
        (b"\xef\xbb\xbf" + text.encode(), ["BOM", "换行"]),
    ):
        found = check(data, name=name)
        assert [one.level for one in found] == [Level.NOTE] * 2
        assert not any(one.is_fault for one in found)
        assert all(word in str(one) for word, one in zip(words, found, strict=True))


def test_headers() -> None:
    assert "文件头有3项，应有7项" in said("CDDY", head=f"{MINE};x;{at(0)}")[0]
    assert "应是数据上传时间" in said("CDSS", head=f"{MINE};x;y")[0]


def test_what_nobody_knows_is_only_noted() -> None:
    (found,) = said("KGBH", "what;ever")
    assert found.startswith("【提示】KGBH（开关量变化）的字段顺序未见依据")
    assert "类型 ZZ9" in said("ZZ9")[0]


def test_a_reading_twice_in_a_file() -> None:
    assert said("CDSS", GOOD["CDSS"], reading(0, "0.6")) == [
        "【不合要求】第2条记录：和第1条是同一测点、同一时间，只有后一条算数。"
    ]


def test_the_page_is_short_and_counts() -> None:
    name = f"{MINE}_CDSS_20260301000500.txt"
    assert told([], name=name) == f"{name}：没有发现问题\n"
    text = "~".join((f"{MINE};x;{at(0)}", *["x"] * 300, "||"))
    page = told(check(text.encode(), name=name), name=name).splitlines()
    assert page[0] == f"{name}：拒收 300 处"
    assert page[-1] == "  另有 100 处没有列出。"
    assert len(page) == 202
