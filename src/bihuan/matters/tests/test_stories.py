"""Entries of the trail in sentences: labels for keys, full stops where a clause ends, the clock."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bihuan.language.field import Field
from bihuan.language.parameter import Option
from bihuan.leads.children import REWARD
from bihuan.leads.loop import LEAD
from bihuan.matters.naming import Names
from bihuan.matters.stories import briefed, told
from bihuan.matters.trail import Line

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
_DAY = timedelta(days=1)


def options(asked: Field) -> tuple[Option, ...]:
    return asked.options


def line(step: str, *, seq: int = 1, at: datetime = NOON, **changes: object) -> Line:
    return Line(
        matter_id=1,
        seq=seq,
        happened_at=at,
        recorded_at=at,
        actor_id=1,
        actor="行动办 陈督办",
        acting_for="",
        step=step,
        stage_from="registered",
        stage_to="listed",
        basis="",
        changes=changes,
    )


def words_of(*lines: Line) -> list[str]:
    names = Names(LEAD, options=options)
    return [one.whole for one in told(list(lines), loop=LEAD, names=names)]


def test_reporter_hands_in_what_an_office_registers() -> None:
    number = {"columns": {"acceptance_number": [None, "JB2026-0001"]}}
    opened = line("open", **number)
    assert words_of(opened) == ["行动办 陈督办登记举报线索，受理号 JB2026-0001。"]
    filed = Line(**{**opened.__dict__, "actor": "举报人"})
    assert words_of(filed) == ["举报人提交举报，受理号 JB2026-0001。"]


def test_numbers_read_as_parts_of_their_sentences() -> None:
    number = {"columns": {"number": [None, "线索〔2026〕1号"]}}
    (registered,) = words_of(line("register", facts={"listed_on": [None, "2026-03-01"]}, **number))
    assert registered == "行动办 陈督办登记，编号为线索〔2026〕1号，列入3月1日问题线索清单。"
    (void,) = words_of(line("void", reason="重复编号。", **number))
    assert void == "行动办 陈督办作废线索〔2026〕1号的编号，理由：重复编号。"


def test_choice_is_told_by_its_label() -> None:
    found = line("record_findings", facts={"finding": [None, "partly"]})
    assert words_of(found) == ["行动办 陈督办填写核查情况：部分属实。"]


def test_reason_ends_its_clause_before_the_next_begins() -> None:
    marked = line("mark_crime", reason="伪造下井记录")
    assert words_of(marked) == [
        "行动办 陈督办标记涉嫌犯罪：伪造下井记录。须移送公安机关，移送前不公开。"
    ]


@given(st.sampled_from(["理由充分", "理由充分。", "是否属实？"]))
def test_sentence_never_ends_twice(reason: str) -> None:
    (words,) = words_of(line("void", reason=reason))
    assert words[-1] in "。？"
    assert "。。" not in words
    assert "？。" not in words


def test_short_list_stays_within_its_clause() -> None:
    facts = {"departments": [None, "南山镇\n人社局"], "visited_on": [None, "2026-02-27"]}
    (words,) = words_of(line("record_joint_visit", facts=facts))
    assert words == "行动办 陈督办会同南山镇、人社局于2月27日联合检查。"


def test_due_day_is_the_day_before_midnight() -> None:
    clocks = {"feedback": [0, "2026-02-28T16:00:00+00:00", "2026-03-08T16:00:00+00:00"]}
    facts = {"handover_letter_number": [None, "（煤）移〔2026〕1号"]}
    (words,) = words_of(line("hand_over", facts=facts, clocks=clocks))
    assert "以（煤）移〔2026〕1号交办" in words
    assert words.endswith("限3月8日前反馈。")


def test_clock_speaks_for_itself() -> None:
    fired = line("clock.remind", clock="feedback", rung=-1, label="提醒承办人次日到期")
    assert words_of(fired) == ["反馈期限：提醒承办人次日到期。"]


def test_correction_tells_before_and_after() -> None:
    corrected = line("correct", facts={"finding": ["true", "untrue"]}, reason="录入有误")
    assert words_of(corrected) == [
        "行动办 陈督办更正：是否属实由“属实”改为“不属实”。理由：录入有误。"
    ]


def test_unknown_step_is_still_told() -> None:
    assert words_of(line("step_of_an_older_version")) == ["行动办 陈督办办理。"]


def test_acting_head_is_named_with_the_paper() -> None:
    acting = line("sign")
    acting = Line(**{**acting.__dict__, "acting_for": "煤矿安全股股长（代理，任字1号）"})
    assert words_of(acting) == ["行动办 陈督办（代理煤矿安全股股长）审核签字。"]
    (sentence,) = told([acting], loop=LEAD, names=Names(LEAD, options=options))
    assert sentence.sub == "代理依据：任字1号"


def test_no_bracket_stands_within_another() -> None:
    post = "煤矿安全股股长（代理，关于煤矿安全股工作的通知（应急〔2026〕7号））"
    acting = Line(**{**line("sign").__dict__, "acting_for": post})
    (sentence,) = told([acting], loop=LEAD, names=Names(LEAD, options=options))
    assert sentence.whole.count("（") == 1
    assert sentence.sub == "代理依据：关于煤矿安全股工作的通知（应急〔2026〕7号）"


def test_money_is_told_as_everywhere() -> None:
    reward = Line(**{**line("pay").__dict__, "changes": {"facts": {"amount": [None, "150000.00"]}}})
    names = Names(REWARD, options=options)
    (sentence,) = told([reward], loop=REWARD, names=names)
    assert "奖励150,000 元" in sentence.whole


def test_report_says_each_day_and_subject_once() -> None:
    names = Names(LEAD, options=options)
    lines = [
        line("open", seq=1),
        line("accept_report", seq=2),
        Line(**{**line("note", seq=3).__dict__, "stage_to": "registered"}),
        line("recheck", seq=4, at=NOON + _DAY),
    ]
    sentences = told(lines, loop=LEAD, names=names)
    assert [one.on for one in sentences] == [date(2026, 3, 1)] * 3 + [date(2026, 3, 2)]
    assert briefed(sentences, standing="目前待办。") == (
        "2026年3月1日，行动办 陈督办登记举报线索。认可反馈，转入公开。"
        "3月2日，行动办 陈督办发起回访复核。目前待办。"
    )
