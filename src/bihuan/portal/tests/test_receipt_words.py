"""The receipt tells every reporter what is true for what he left, and the code before all."""

import re

import pytest
from django.test import Client
from tests.people import County

from bihuan.matters.models import Matter
from bihuan.portal.tests.conftest import typed

NAMED = {"who": "named", "name": "欧阳举贤", "phone": "19900004417"}
PHRASE = "七里坡的老槐树下"


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("times", [1, 2], ids=["at once", "sent again"])
@pytest.mark.parametrize(
    ("changed", "told", "untold"),
    [
        (
            {},
            ["无法主动联系您", "办结后凭查询码在这里看答复", "没有设领奖口令"],
            ["凭领奖口令领取"],
        ),
        ({"reply": "yes"}, ["无法主动联系您"], ["打电话答复"]),
        ({"phrase": PHRASE}, ["领奖口令已经设好", "凭领奖口令领取奖励"], ["没有设领奖口令"]),
        (NAMED, ["没有要求打电话答复", "只有举报信息保管人能打开"], ["无法主动", "领奖口令"]),
        (NAMED | {"reply": "yes"}, ["办结后打电话答复，已经记下"], ["没有要求", "领奖口令"]),
        (NAMED | {"phrase": PHRASE}, ["没有要求打电话答复"], ["领奖口令"]),
    ],
)
def test_receipt_is_true_for_what_was_left(
    portal: County,
    visitor: Client,
    changed: dict[str, str],
    told: list[str],
    untold: list[str],
    times: int,
) -> None:
    sent = typed(**changed)
    for _ in range(times):
        page = visitor.post("/tip-off", sent).content.decode()
    seen = words_of(page.split("<main")[1].split("</aside>")[0])
    assert [words for words in told if words not in seen] == []
    assert [words for words in untold if words in seen] == []
    assert "唯一途径" not in seen
    assert Matter.objects.count() == 1


def test_code_stands_above_the_number(portal: County, visitor: Client) -> None:
    page = visitor.post("/tip-off", typed()).content.decode().split("<main")[1]
    number = Matter.objects.get().acceptance_number
    assert page.index('class="code"') < page.index(number)
    assert "受理号不能用来查询" in page


def test_only_who_leaves_a_telephone_is_asked_about_a_call(portal: County, visitor: Client) -> None:
    form = visitor.get("/tip-off").content.decode()
    reply = form[: form.index('name="reply"')].rpartition('<div class="field')[2]
    assert 'data-when="who=named"' in reply
    assert "办结后凭查询码在这里看答复" in form
