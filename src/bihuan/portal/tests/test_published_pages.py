"""Published results: search, filters, tabs, pages, tombstones, feeds, channels and hotline."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from django.test import Client
from tests.people import NOW, SINCE, County

from bihuan.disclosure.models import Snapshot
from bihuan.matters.models import Matter, Record
from bihuan.matters.search import normalise
from bihuan.matters.writing import engine_writes
from bihuan.portal.published import PAGE
from bihuan.portal.published_views import safe_cell
from bihuan.regulations.packs import set_value

SECRET = "可推知举报人的情节"


def publish(county: County, number: int, **changed: object) -> Snapshot:
    """One published item, as the release step freezes it."""
    title = str(changed.pop("title", f"反映兴旺煤矿第{number}号问题"))
    text = str(changed.pop("text", "群众反映该矿夜班人数超过规定。"))
    with engine_writes():
        matter = Matter.objects.create(
            id=10_000 + number, kind="publication_problem", title=title, stage="released",
            opened_at=NOW, moved_at=NOW,
        )  # fmt: skip
    values = {
        "matter": matter,
        "kind": "publication_problem",
        "number": f"公开〔2026〕{number}号",
        "title": title,
        "body": {"title": title, "text": text, "source": "群众举报"},
        "search_text": normalise(f"公开〔2026〕{number}号 {title} {text}"),
        "county": county.region,
        "township": county.regions["north"],
        "category": "major_hazard",
        "medium": "县政府网站",
        "published_on": date(2026, 3, 1),
        "released_at": NOW,
    }
    return Snapshot.objects.create(**(values | changed))


def withdrawn(county: County, number: int) -> Snapshot:
    return publish(
        county, number, title=SECRET, text=SECRET, withdrawn_at=NOW,
        withdrawn_reason="含可识别身份的内容，经审查撤下。",
    )  # fmt: skip


def test_search_filters_and_tabs(portal: County, visitor: Client) -> None:
    publish(portal, 1)
    publish(portal, 2, title="反映白云石料矿越界开采", township=portal.regions["south"])
    publish(portal, 3, kind="publication_result", category="concealed",
            published_on=date(2025, 12, 1))  # fmt: skip
    withdrawn(portal, 4)
    asked = {
        "": {1, 2, 3, 4},
        "?q=越界": {2},
        "?q=兴旺 夜班": {1, 3},
        "?q=〔2026〕3号": {3},
        f"?town={portal.regions['south'].pk}": {2},
        "?category=concealed": {3},
        "?year=2025": {3},
        "?tab=publication_result": {3},
        "?tab=withdrawn": {4},
        "?tab=nonsense&town=x&year=-1&after=a": {1, 2, 3, 4},
        f"?q={SECRET}": set(),
    }
    for query, numbers in asked.items():
        text = visitor.get(f"/published{query}").content.decode()
        shown = {number for number in range(1, 5) if f"公开〔2026〕{number}号" in text}
        assert shown == numbers, query
    assert "重大事故隐患" in visitor.get("/published").content.decode()


@pytest.mark.parametrize("address", ["/published", "/published.rss", "/published.csv",
                                     "/published.json", "/"])  # fmt: skip
def test_tombstone_keeps_number_and_reason_never_the_text(
    portal: County, visitor: Client, address: str
) -> None:
    gone = withdrawn(portal, 7)
    answer = visitor.get(address)
    text = (b"".join(answer) if answer.streaming else answer.content).decode()
    assert SECRET not in text
    if address != "/":
        assert "公开〔2026〕7号" in text
        assert "经审查撤下" in text
    page = visitor.get(f"/published/{gone.pk}").content.decode()
    assert SECRET not in page
    assert "本条已撤下" in page


def test_pages_by_key_show_each_once(portal: County, visitor: Client) -> None:
    for number in range(1, PAGE + 4):
        publish(portal, number)
    first = visitor.get("/published").content.decode()
    after = Snapshot.objects.order_by("-pk")[PAGE - 1].pk
    assert f"after={after}" in first
    second = visitor.get(f"/published?after={after}").content.decode()
    assert second.count("公开〔2026〕") == 3
    assert "上一页" in second


def test_queries_do_not_grow(
    portal: County, visitor: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(1, PAGE + 2):
        publish(portal, number)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        visitor.get("/published")


def test_feeds_hold_the_same(portal: County, visitor: Client) -> None:
    publish(portal, 1, text="=HYPERLINK(1)")
    root = ET.fromstring(visitor.get("/published.rss").content)  # noqa: S314  our own feed
    assert [one.findtext("guid") for one in root.iter("item")] == ["公开〔2026〕1号"]
    days = [one.findtext("pubDate") for one in root.iter("item")]
    assert days == ["Sun, 01 Mar 2026 00:00:00 +0800"]
    table = b"".join(visitor.get("/published.csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows[0]["公开内容"] == "'=HYPERLINK(1)"
    data = json.loads(visitor.get("/published.json?q=兴旺").content)
    assert [one["number"] for one in data["items"]] == ["公开〔2026〕1号"]
    assert data["next"] is None
    assert not json.loads(visitor.get("/published.json?q=白云").content)["items"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert safe_cell(f"{start}1") == f"'{start}1"
    assert safe_cell("1=") == "1="
    assert safe_cell(None) == ""


def test_one_item_shows_all_results_and_siblings(portal: County, visitor: Client) -> None:
    with engine_writes():
        lead = Matter.objects.create(
            id=77, kind="lead", title="线索", stage="closed", opened_at=NOW, moved_at=NOW
        )
    publish(portal, 1, about=lead)
    body = {"text": "罚款五万元。", "finding": "属实", "results": [["行政处罚", "50000元"]]}
    result = publish(portal, 2, about=lead, kind="publication_result", body=body)
    text = visitor.get(f"/published/{result.pk}").content.decode()
    assert "属实" in text
    assert "50000元" in text
    assert "公开〔2026〕1号" in text


def test_a_reward_is_written_as_every_sum(portal: County, visitor: Client) -> None:
    body = {"text": "举报一起重大事故隐患，已兑现奖励。", "amount": "150000.00"}
    case = publish(portal, 3, kind="publication_reward", body=body)
    text = visitor.get(f"/published/{case.pk}").content.decode()
    assert "150,000 元" in text
    assert "150000.00" not in text


def test_a_neighbours_item_is_not_here(portal: County, neighbour: County, visitor: Client) -> None:
    other = publish(neighbour, 9)
    assert "公开〔2026〕9号" not in visitor.get("/published").content.decode()
    assert visitor.get(f"/published/{other.pk}").status_code == 404


@pytest.mark.clause("LX-W5-6")
def test_hotline_is_shown_as_typed_with_24_hours(portal: County, visitor: Client) -> None:
    for address in ("/", "/tip-off", "/published"):
        assert "举报电话 未录入" in visitor.get(address).content.decode()
    set_value(
        "lead.hotline_number",
        value="0990-0000000",
        region=portal.region,
        by=portal.users["office_head"],
        reason="开通热线",
        now=NOW - timedelta(days=1),
    )
    text = visitor.get("/").content.decode()
    assert "0990-0000000（24小时）" in text.replace("24 小时", "24小时")


@pytest.mark.clause("LX-W2-1")
def test_closing_a_channel_hides_it_from_the_public_page(portal: County, visitor: Client) -> None:
    facts = {"name": "县局举报信箱", "address": "南山镇1号", "state": "open", "is_published": True}
    with engine_writes():
        channel = Record.objects.create(
            id=5, ledger="intake_channel", title="县局举报信箱", region=portal.region,
            facts=facts, valid_from=SINCE,
        )  # fmt: skip
    assert "县局举报信箱" in visitor.get("/").content.decode()
    with engine_writes():
        Record.objects.filter(pk=channel.pk).update(facts=facts | {"state": "closed"})
    assert "县局举报信箱" not in visitor.get("/").content.decode()


def test_a_withdrawal_stands_on_its_day_in_shanghai(portal: County, visitor: Client) -> None:
    gone = withdrawn(portal, 8)
    Snapshot.objects.filter(pk=gone.pk).update(withdrawn_at=NOW.replace(hour=17))
    assert "2026-03-02 撤下" in visitor.get(f"/published/{gone.pk}").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "?q=%00", "?q=a%00b&category=%00&town=%00&year=%00&tab=%00&after=%00",
        "?q=%ED%A0%80", "?q=%FF", "?category=%ED%A0%80", f"?category={'a' * 9000}",
        f"?after={'9' * 18}&town={'9' * 18}", f"?after={'9' * 5000}", "?year=0000", "?q=%",
    ],
)  # fmt: skip
def test_no_query_breaks_the_list(portal: County, visitor: Client, address: str) -> None:
    for name in ("", ".rss", ".csv", ".json"):
        answer = visitor.get(f"/published{name}{address}")
        assert answer.status_code == 200
        assert b"".join(answer)


@pytest.mark.parametrize("digits", [1, 18, 19, 20, 400])
def test_no_number_breaks_an_item(portal: County, visitor: Client, digits: int) -> None:
    assert visitor.get(f"/published/{'9' * digits}").status_code == 404


@pytest.mark.parametrize("address", ["/published/99999", "/nothing", "/published/x", "/tip-off/"])
def test_a_public_address_that_is_not_there_has_public_words(
    portal: County, visitor: Client, address: str
) -> None:
    answer = visitor.get(address)
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "地址可能抄错了" in text
    assert "办理范围" not in text
    assert "公众导航" in text
    assert "举报电话" in text
    assert not answer.cookies
    assert answer["Referrer-Policy"] == "no-referrer"
