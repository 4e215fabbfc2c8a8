"""The title of the hand-over letter: the form's own, broken only between words."""

from bihuan.documents.letters import TITLE_CHARACTERS_PER_LINE, width_of
from bihuan.leads.letters import TITLE


def test_no_title_line_is_so_wide_that_the_printer_breaks_it() -> None:
    assert "".join(TITLE) == (
        "安全生产领域风险隐患大排查大整治“百日攻坚”督查检查或群众举报事项交办（移送）书"
    )
    assert max(map(width_of, TITLE)) <= TITLE_CHARACTERS_PER_LINE
    assert any("“百日攻坚”" in line for line in TITLE)
