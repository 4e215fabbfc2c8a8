"""An invented hand-over letter that the tests of this folder share."""

from bihuan.documents.letters import Letter

WARNING = "如存在未如期办结的、“接而不办”或虚假办结的，我办将提级核查，从严追责问责。"
HANDED_OVER = Letter(
    org="临溪县应急管理局",
    title_lines=("安全生产领域风险隐患大排查大整治", "督查检查或群众举报事项交办（移送）书"),
    number="（煤）移〔2022〕1号",
    addressee="煤矿安全监管股",
    paragraphs=("现将青石岭煤矿有关事项移交你股室，请认真核查办理。", WARNING),
    fields=(("督办人", "王守安"), ("联系方式", "199 0000 0001")),
    attachments=("举报线索摘要", "现场检查记录"),
    sign="行动办公室（代章）",
    date_text="2022年3月1日",
    footer_note="（本文书一式两份）",
    copy_mark="备案",
    locked_paragraphs=frozenset({1}),
    attachments_label="附该事项有关材料",
)
