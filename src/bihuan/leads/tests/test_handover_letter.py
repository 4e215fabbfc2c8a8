"""The hand-over letter: the form's own title, nothing said twice, one page where it fits."""

import pytest
from tests.doors import Door, march
from tests.people import County

from bihuan.documents.letters import TITLE_CHARACTERS_PER_LINE, width_of
from bihuan.leads.letters import TITLE


def test_no_title_line_is_so_wide_that_the_printer_breaks_it() -> None:
    assert "".join(TITLE) == (
        "安全生产领域风险隐患大排查大整治“百日攻坚”督查检查或群众举报事项交办（移送）书"
    )
    assert max(map(width_of, TITLE)) <= TITLE_CHARACTERS_PER_LINE
    assert any("“百日攻坚”" in line for line in TITLE)


@pytest.mark.parametrize(
    ("summary", "told"),
    [
        (
            "反映兴旺煤矿夜班超定员组织生产，带班领导没有下井。",
            "反映兴旺煤矿夜班超定员组织生产，带班领导没有下井。",
        ),
        (
            "反映兴旺煤矿夜班井下人数超过规定，瓦斯传感器被堵。",
            "反映兴旺煤矿夜班井下人数超过规定，瓦斯传感器被堵。",
        ),
        (
            "来电人称兴旺煤矿夜班超定员组织生产。",
            "来电人称兴旺煤矿夜班超定员组织生产。",
        ),
        (
            "夜班下井人数超过规定。",
            "反映兴旺煤矿夜班超定员组织生产。夜班下井人数超过规定。",
        ),
    ],
)
def test_the_title_is_left_out_where_the_summary_says_it(
    county: County, summary: str, told: str
) -> None:
    door = Door(county)
    lead = door.register(door.open("intake", march(2)), march(2), summary=summary)
    door.classify(lead, march(2))
    lead = door.press("office", lead, "hand_over", march(2), letter_source="public")
    subject = lead.papers.get(copy="移送单位").content["paragraphs"][0]
    assert subject == f"2026年3月2日，我办接到群众举报：{told}"
