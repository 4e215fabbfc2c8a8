"""What a receipt promises its reporter: how he is answered, and what the code is good for."""

from collections.abc import Collection

NOBODY_KNOWN = (
    "您没有留姓名电话，我们无法主动联系您：办结后凭查询码在这里看答复，"
    "工作人员有问题要问您，也只在这里问。"
)
WILL_CALL = "您要求办结后打电话答复，已经记下；进度随时凭查询码在这里看。"
KNOWN = "您没有要求打电话答复，办结后凭查询码在这里看答复。"
SEALED = "姓名电话已经加密封存，只有举报信息保管人能打开，打开时都写明理由并留下记录。"
PHRASE_KEPT = (
    "领奖口令已经设好：查证属实、决定给奖励的，凭查询码和这个口令领取。口令请自己记住，无法找回。"
)
NO_PHRASE = "没有设领奖口令，以后不能凭查询码领取奖励。"
GOOD_FOR = "查看进度和办理结果；补充照片、情况；回答工作人员的询问"


def contact_words(ways: Collection[str]) -> str:
    """How this reporter hears of his matter, true for what he left (`sent_forms.WAYS`)."""
    if "named" not in ways:
        return NOBODY_KNOWN
    return (WILL_CALL if "reply" in ways else KNOWN) + SEALED


def reward_words(ways: Collection[str]) -> str:
    """Whether a reward can be claimed with the code; nothing for who left his name."""
    if "named" in ways:
        return ""
    return PHRASE_KEPT if "phrase" in ways else NO_PHRASE


def good_for(ways: Collection[str]) -> str:
    """What the holder of the code may do."""
    return f"{GOOD_FOR}；查证属实的，凭领奖口令领取奖励。" if "phrase" in ways else f"{GOOD_FOR}。"
